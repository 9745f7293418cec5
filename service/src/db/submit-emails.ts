import type { EmailSubmission } from '@portal-outbox/contracts';
import { limits } from '@portal-outbox/contracts';
import { laneOf } from '../outbox/lanes.ts';
import type { Sql } from './database.ts';
import { insertParts, recordColumns, toRecord } from './email-parts.ts';
import { undoUntil } from './preferences.ts';
import { findProblems, type FieldProblem } from './submission-problems.ts';
import { keyOf, readSubmissionFacts, type SubmissionFacts } from './submission-facts.ts';

export type SubmitResult =
  | { kind: 'created'; ids: string[] }
  /** The same key and body as before: the answer of then. */
  | { kind: 'repeated'; ids: string[] }
  | { kind: 'key_reused' }
  | { kind: 'invalid' | 'too_large'; problems: FieldProblem[] };

export interface NewEmail {
  id: string;
  messageId: string;
  submission: EmailSubmission;
}

/** One request's emails: kept all or none, once per portal and key. */
export interface Submission {
  portalId: string;
  key: string;
  bodySha256: string;
  emails: readonly NewEmail[];
}

/**
 * Keeps the emails of submissions that arrived together; no two of them with the same portal and key. Run it in a
 * transaction. Answers every one; what is not `created` has written nothing.
 */
export async function submitEmails(
  tx: Sql,
  submissions: readonly Submission[],
): Promise<Map<Submission, SubmitResult>> {
  const facts = await readSubmissionFacts(tx, submissions);
  const results = new Map<Submission, SubmitResult>();
  for (const submission of submissions) {
    const decided = repeated(submission, facts) ?? findProblems(submission, facts);
    if (decided !== null) results.set(submission, decided);
  }
  const fresh = submissions.filter((submission) => !results.has(submission));
  if (fresh.length === 0) return results;
  const created = await insert(tx, fresh, facts);
  const raced = fresh.filter((submission) => !created.has(keyOf(submission)));
  // Somebody else committed the same key meanwhile: now it is to be seen.
  const later = raced.length === 0 ? facts : await readSubmissionFacts(tx, raced);
  for (const submission of fresh) {
    const kept: SubmitResult = { kind: 'created', ids: submission.emails.map((email) => email.id) };
    const isOurs = created.has(keyOf(submission));
    results.set(submission, isOurs ? kept : (repeated(submission, later) ?? { kind: 'key_reused' }));
  }
  return results;
}

function repeated(submission: Submission, { known }: SubmissionFacts): SubmitResult | null {
  const before = known.get(keyOf(submission));
  if (before === undefined) return null;
  return before.bodySha256 === submission.bodySha256
    ? { kind: 'repeated', ids: before.ids }
    : { kind: 'key_reused' };
}

/** One statement for everything: rows, content, recipients, attachments. Returns the keys that were new. */
async function insert(
  tx: Sql,
  submissions: readonly Submission[],
  facts: SubmissionFacts,
): Promise<Set<string>> {
  const keys = submissions.map(({ portalId, key, bodySha256, emails }) => ({
    portal_id: portalId,
    key,
    body_sha256: bodySha256,
    email_ids: emails.map((email) => email.id),
  }));
  const emails = submissions.flatMap(({ portalId, key, emails: own }) =>
    own.map((email) => ({ portalId, key, ...email })),
  );
  const rows = emails.map(({ portalId, key, submission, ...ids }, place) => ({
    ...toRecord(ids, submission, portalId, facts.sizes),
    place,
    key,
    lane: laneOf(submission.importance, 'fresh'),
    send_at: sendAt(submission),
  }));
  const bodies = emails.map(({ submission }) => submission);
  // Submitted a microsecond apart, so that the order of submission can be read from the rows.
  const won = await tx<{ portalId: string; key: string }[]>`
    with won as (
      -- In order: two processes with the same keys wait for each other instead of locking each other out.
      insert into submission (portal_id, idempotency_key, body_sha256, email_ids)
      select portal_id, key, body_sha256, array(select jsonb_array_elements_text(email_ids)::uuid)
      from jsonb_to_recordset(${tx.json(keys)}) as it (portal_id uuid, key text, body_sha256 text, email_ids jsonb)
      order by portal_id, key
      on conflict do nothing
      returning portal_id, idempotency_key
    ), email as materialized (
      select it.*, undo.until as undo_until, greatest(now(), it.send_at, undo.until) as due_at
      from jsonb_to_recordset(${tx.json(rows)}) as it (
        place integer, key text, lane smallint, send_at timestamptz, ${recordColumns(tx)})
      join won on (won.portal_id, won.idempotency_key) = (it.portal_id, it.key)
      cross join lateral (select ${undoUntil(tx, tx`it.portal_id`, tx`it.author_id`)} as until) undo
    ), ${insertParts(tx, tx`greatest(now(), send_at)`, bodies)}, kept as (
      insert into outbox_email (
        id, portal_id, connector_id, state, due_at, held, lane, listed, list_at, submitted_at, author_id, from_name,
        from_address, first_recipient_name, first_recipient_address, recipient_count, subject, importance,
        packet_ref, packet_type, attachment_count, size)
      select id, portal_id, connector_id, 'waiting', due_at,
             coalesce(undo_until > greatest(now(), send_at), false), lane, due_at > now(),
             now() + make_interval(secs => ${limits.listedAfterSeconds}),
             now() + place * interval '1 microsecond', author_id, from_name, from_address,
             recipients -> 0 ->> 1, recipients -> 0 ->> 2, jsonb_array_length(recipients), subject, importance,
             packet_ref, packet_type, jsonb_array_length(attachments), size
      from email
    )
    select portal_id as "portalId", idempotency_key as key from won`;
  return new Set(won.map(keyOf));
}

const latestInstant = Date.UTC(9999, 0);

/**
 * The instant in UTC: offsets that JavaScript knows and PostgreSQL does not are gone, and so are years that PostgreSQL
 * writes differently. What is long past means at once, and nothing is taken that lies so far ahead.
 */
function sendAt(submission: EmailSubmission): string | null {
  if (submission.sendAt === undefined) return null;
  const instant = Math.min(Math.max(Date.parse(submission.sendAt), 0), latestInstant);
  return new Date(instant).toISOString();
}
