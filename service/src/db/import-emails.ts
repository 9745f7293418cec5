import { limits, type ImportedEmail } from '@portal-outbox/contracts';
import { laneOf } from '../outbox/lanes.ts';
import { estimateMessageSize } from '../outbox/message-size.ts';
import { toInstant } from '../runtime/clock.ts';
import type { Sql } from './database.ts';
import { readImported, readImportFacts, type ImportFacts } from './import-facts.ts';
import { storableText } from './storable-text.ts';
import { inPortal } from './submission-facts.ts';
import { bodyBytes, findEmailProblems, type EmailProblems } from './submission-problems.ts';

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
  const rows = imports.map((it) => rowOf(it, portalId, facts));
  const won = await tx<{ externalId: string }[]>`
    with given as materialized (
      select * from jsonb_to_recordset(${tx.json(rows)}) as it (
        id uuid, external_id text, connector_id uuid, lane smallint, submitted_at timestamptz, failed_at timestamptz,
        failure text, attempts integer, author_id text, from_name text, from_address text, subject text,
        importance text, packet_ref text, packet_type text, size bigint, recipients jsonb, attachments jsonb,
        message_id text, reply_to_name text, reply_to_address text, in_reply_to text, reference_ids jsonb, text text,
        html text)
    ), won as (
      -- In order: two imports of the same file at once wait for each other instead of locking each other out.
      insert into imported_email (portal_id, external_id, email_id)
      select ${portalId}, external_id, id from given order by external_id
      on conflict do nothing
      returning external_id
    ), email as materialized (
      select given.* from given join won using (external_id)
    ), content as (
      insert into email_content (email_id, portal_id, message_id, date, reply_to_name, reply_to_address, in_reply_to,
                                 reference_ids, text, html)
      select id, ${portalId}, message_id, submitted_at, reply_to_name, reply_to_address, in_reply_to,
             array(select jsonb_array_elements_text(reference_ids)), text, html
      from email
    ), recipient as (
      insert into email_recipient (email_id, position, kind, name, address)
      select email.id, nth - 1, it ->> 0, it ->> 1, it ->> 2
      from email, jsonb_array_elements(recipients) with ordinality as r (it, nth)
    ), attached as (
      insert into email_attachment (email_id, position, attachment_id, file_name, content_type, content_id)
      select email.id, nth - 1, (it ->> 'id')::uuid, it ->> 'fileName', it ->> 'contentType', it ->> 'contentId'
      from email, jsonb_array_elements(attachments) with ordinality as a (it, nth)
    ), kept as (
      insert into outbox_email (
        id, portal_id, connector_id, state, migrated, due_at, lane, listed, list_at, submitted_at, first_failed_at,
        last_attempt_at, last_cause, last_reply, send_count, author_id, from_name, from_address,
        first_recipient_name, first_recipient_address, recipient_count, subject, importance, packet_ref,
        packet_type, attachment_count, size)
      select id, ${portalId}, connector_id, 'failed', true, submitted_at, lane, true, now(), submitted_at, failed_at,
             failed_at, 'migrated', failure, attempts, author_id, from_name, from_address,
             recipients -> 0 ->> 1, recipients -> 0 ->> 2, jsonb_array_length(recipients), subject, importance,
             packet_ref, packet_type, jsonb_array_length(attachments), size
      from email
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

function rowOf({ id, messageId, email }: NewImport, portalId: string, { sizes }: ImportFacts) {
  const { to, cc, bcc, attachments, failure } = email;
  const recipients = [
    ...to.map((it) => ['to', it.name, it.address]),
    ...cc.map((it) => ['cc', it.name, it.address]),
    ...bcc.map((it) => ['bcc', it.name, it.address]),
  ];
  const attached = attachments.reduce((sum, it) => sum + (sizes.get(inPortal(portalId, it.id)) ?? 0), 0);
  return {
    id,
    external_id: email.externalId,
    connector_id: email.connectorId,
    lane: laneOf(email.importance, 'again'),
    submitted_at: toInstant(Date.parse(email.submittedAt)),
    failed_at: failure.at === undefined ? null : toInstant(Date.parse(failure.at)),
    failure: storableText(failure.message).slice(0, limits.replyCharacters).toWellFormed(),
    attempts: email.attempts,
    author_id: email.authorId,
    from_name: email.from.name,
    from_address: email.from.address,
    subject: email.subject,
    importance: email.importance,
    packet_ref: email.packet?.ref ?? null,
    packet_type: email.packet?.type ?? null,
    size: estimateMessageSize(bodyBytes(email), attached),
    recipients,
    attachments,
    message_id: messageId,
    reply_to_name: email.replyTo?.name ?? null,
    reply_to_address: email.replyTo?.address ?? null,
    in_reply_to: email.inReplyTo ?? null,
    reference_ids: email.references,
    text: email.text ?? null,
    html: email.html ?? null,
  };
}
