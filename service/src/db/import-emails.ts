import { foldReply, limits, type ImportedEmail } from '@portal-outbox/contracts';
import { laneOf } from '../outbox/lanes.ts';
import { toInstant } from '../runtime/clock.ts';
import type { Sql } from './database.ts';
import { insertParts, recordColumns, toRecord } from './email-parts.ts';
import { keepMessages } from './failure-messages.ts';
import { readImported, readImportFacts, type ImportFacts } from './import-facts.ts';
import { storableText } from './storable-text.ts';
import { findEmailProblems, type EmailProblems } from './submission-problems.ts';

/** An email of an import, with the ids that it gets if it is new. */
export interface NewImport {
  id: string;
  messageId: string;
  email: ImportedEmail;
}

export type ImportResult =
  { status: 'created' | 'exists'; id: string } | ({ status: 'invalid' } & EmailProblems);

/**
 * Keeps the emails that are new, as Failed and migrated (M11). Run it in a transaction. Answers in the order given; the
 * same external id twice is one email.
 */
export async function importEmails(
  tx: Sql,
  portalId: string,
  imports: readonly NewImport[],
): Promise<ImportResult[]> {
  const facts = await readImportFacts(
    tx,
    portalId,
    imports.map((it) => it.email),
  );
  const ids = new Map(facts.known);
  const problems = new Map<string, EmailProblems>();
  const fresh = new Map<string, NewImport>();
  for (const it of imports) {
    const { externalId } = it.email;
    if (ids.has(externalId) || fresh.has(externalId)) continue;
    const found = findProblems(it.email, portalId, facts);
    if (found === null) fresh.set(externalId, it);
    else problems.set(it.id, found);
  }
  for (const [externalId, id] of await insert(tx, portalId, [...fresh.values()], facts)) {
    ids.set(externalId, id);
  }
  return imports.map((it) => {
    const found = problems.get(it.id);
    if (found !== undefined) return { status: 'invalid', ...found };
    const id = ids.get(it.email.externalId);
    if (id === undefined) throw new Error('An imported email has no id.');
    return { status: id === it.id ? 'created' : 'exists', id };
  });
}

/** Pages that are open reload: an import of a million is not a million changes. */
export async function notePortalChanged(sql: Sql, portalId: string): Promise<void> {
  await sql`
    with noted as (insert into outbox_change (portal_id) values (${portalId}))
    select pg_notify('outbox_change', '')`;
}

function findProblems(email: ImportedEmail, portalId: string, facts: ImportFacts): EmailProblems | null {
  const problems = findEmailProblems(email, portalId, facts);
  const dates = [
    { field: '/submittedAt', at: email.submittedAt },
    { field: '/failure/at', at: email.failure.at },
  ].flatMap(({ field, at }) => {
    const instant = at === undefined ? 0 : Date.parse(at);
    if (instant < 0) return { field, detail: 'Give an instant since 1970.' };
    return instant > facts.latest.getTime() ? { field, detail: 'Give an instant that has passed.' } : [];
  });
  if (dates.length === 0) return problems;
  const invalid = problems?.code === 'invalid' ? problems.problems : [];
  return { code: 'invalid', problems: [...dates, ...invalid] };
}

/** One statement for everything. Returns the id of each external id, which is another's if that was faster. */
async function insert(
  tx: Sql,
  portalId: string,
  imports: readonly NewImport[],
  facts: ImportFacts,
): Promise<Map<string, string>> {
  if (imports.length === 0) return new Map();
  const rows = imports.map(({ email, ...ids }, place) => ({
    ...toRecord(ids, email, portalId, facts.sizes),
    place,
    ...historyOf(email),
  }));
  const bodies = imports.map(({ email }) => email);
  const won = await tx<{ externalId: string }[]>`
    with given as materialized (
      select * from jsonb_to_recordset(${tx.json(rows)}) as it (
        place integer, external_id text, lane smallint, submitted_at timestamptz, failed_at timestamptz,
        failure text, folded_failure text, attempts integer, ${recordColumns(tx)})
    ), won as (
      -- In order: two imports of the same file at once wait for each other instead of locking each other out.
      insert into imported_email (portal_id, external_id, email_id)
      select portal_id, external_id, id from given order by external_id
      on conflict do nothing
      returning external_id
    ), email as materialized (
      select given.* from given join won using (external_id)
    ), ${insertParts(tx, tx`submitted_at`, bodies)}, kept as (
      insert into outbox_email (
        id, portal_id, connector_id, state, migrated, due_at, lane, listed, list_at, submitted_at, first_failed_at,
        last_attempt_at, last_cause, last_reply, failure_key, send_count, author_id, from_name, from_address,
        first_recipient_name, first_recipient_address, recipient_count, subject, importance, packet_ref,
        packet_type, attachment_count, size)
      select id, portal_id, connector_id, 'failed', true, submitted_at, lane, true, now(), submitted_at, failed_at,
             failed_at, 'migrated', failure, failure_key('migrated', folded_failure), attempts, author_id, from_name, from_address,
             recipients -> 0 ->> 1, recipients -> 0 ->> 2, jsonb_array_length(recipients), subject, importance,
             packet_ref, packet_type, jsonb_array_length(attachments), size
      from email
    ), message as (
      ${keepMessages(tx, tx`(select portal_id, 'migrated' as cause, folded_failure as reply from email) it`)}
    )
    select external_id as "externalId" from won`;
  const ids = new Map(imports.map((it) => [it.email.externalId, it.id]));
  const mine = new Set(won.map((row) => row.externalId));
  const raced = imports.map((it) => it.email.externalId).filter((externalId) => !mine.has(externalId));
  if (raced.length === 0) return ids;
  // Somebody else committed them meanwhile: now they are to be seen.
  for (const externalId of raced) ids.delete(externalId);
  return new Map([...ids, ...(await readImported(tx, portalId, raced))]);
}

/** What the older system says of it. */
function historyOf({ externalId, importance, submittedAt, failure, attempts }: ImportedEmail) {
  const message = storableText(failure.message).slice(0, limits.replyCharacters).toWellFormed();
  return {
    external_id: externalId,
    lane: laneOf(importance, 'again'),
    submitted_at: toInstant(Date.parse(submittedAt)),
    failed_at: failure.at === undefined ? null : toInstant(Date.parse(failure.at)),
    failure: message,
    folded_failure: foldReply(message),
    attempts,
  };
}
