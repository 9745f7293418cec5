import type { EmailSubmission } from '@portal-outbox/contracts';
import { limits } from '@portal-outbox/contracts';
import { laneOf } from '../outbox/lanes.ts';
import { estimateMessageSize } from '../outbox/message-size.ts';
import type { Sql } from './database.ts';
import { undoUntil } from './preferences.ts';
import { bodyBytes, findProblems, type FieldProblem } from './submission-problems.ts';
import { inPortal, keyOf, readSubmissionFacts, type SubmissionFacts } from './submission-facts.ts';

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
  const rows = submissions
    .flatMap((submission) => submission.emails.map((email) => rowOf(submission, email, facts)))
    .map((row, place) => ({ ...row, place }));
  // Apart from the JSON: PostgreSQL would take their bytes in hand several times more.
  const submitted = submissions.flatMap((submission) => submission.emails.map((email) => email.submission));
  const texts = submitted.map(({ text }) => text ?? null);
  const htmls = submitted.map(({ html }) => html ?? null);
  // A microsecond apart, so that the order of submission can be read from the rows.
  const won = await tx<{ portalId: string; key: string }[]>`
    with won as (
      insert into submission (portal_id, idempotency_key, body_sha256, email_ids)
      select portal_id, key, body_sha256, array(select jsonb_array_elements_text(email_ids)::uuid)
      from jsonb_to_recordset(${tx.json(keys)}) as it (portal_id uuid, key text, body_sha256 text, email_ids jsonb)
      on conflict do nothing
      returning portal_id, idempotency_key
    ), email as materialized (
      select it.*, undo.until as undo_until, greatest(now(), it.send_at, undo.until) as due_at
      from jsonb_to_recordset(${tx.json(rows)}) as it (
        place integer, id uuid, portal_id uuid, key text, connector_id uuid, lane smallint, send_at timestamptz, author_id text,
        from_name text, from_address text, subject text, importance text, packet_ref text, packet_type text,
        size bigint, recipients jsonb, attachments jsonb, message_id text, reply_to_name text,
        reply_to_address text, in_reply_to text, reference_ids jsonb)
      join won on (won.portal_id, won.idempotency_key) = (it.portal_id, it.key)
      cross join lateral (select ${undoUntil(tx, tx`it.portal_id`, tx`it.author_id`)} as until) undo
    ), content as (
      insert into email_content (email_id, portal_id, message_id, date, reply_to_name, reply_to_address, in_reply_to,
                                 reference_ids, text, html)
      select id, portal_id, message_id, greatest(now(), send_at), reply_to_name, reply_to_address, in_reply_to,
             array(select jsonb_array_elements_text(reference_ids)), (${texts}::text[])[place + 1],
             (${htmls}::text[])[place + 1]
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
        id, portal_id, connector_id, state, due_at, held, lane, listed, list_at, submitted_at, author_id, from_name,
        from_address, first_recipient_name, first_recipient_address, recipient_count, subject, importance,
        packet_ref, packet_type, attachment_count, size)
      select id, portal_id, connector_id, 'waiting', due_at,
             coalesce(undo_until > greatest(now(), send_at), false), lane, due_at > now(), now() + make_interval(secs => ${limits.listedAfterSeconds}),
             now() + place * interval '1 microsecond', author_id, from_name, from_address, recipients -> 0 ->> 1, recipients -> 0 ->> 2,
             jsonb_array_length(recipients), subject, importance, packet_ref, packet_type,
             jsonb_array_length(attachments), size
      from email
    )
    select portal_id as "portalId", idempotency_key as key from won`;
  return new Set(won.map(keyOf));
}

function rowOf(
  { portalId, key }: Submission,
  { id, messageId, submission }: NewEmail,
  { sizes }: SubmissionFacts,
) {
  const { to, cc, bcc, attachments } = submission;
  const recipients = [
    ...to.map((it) => ['to', it.name, it.address]),
    ...cc.map((it) => ['cc', it.name, it.address]),
    ...bcc.map((it) => ['bcc', it.name, it.address]),
  ];
  const attached = attachments.reduce((sum, it) => sum + (sizes.get(inPortal(portalId, it.id)) ?? 0), 0);
  return {
    id,
    portal_id: portalId,
    key,
    connector_id: submission.connectorId,
    lane: laneOf(submission.importance, 'fresh'),
    send_at: sendAt(submission),
    author_id: submission.authorId,
    from_name: submission.from.name,
    from_address: submission.from.address,
    subject: submission.subject,
    importance: submission.importance,
    packet_ref: submission.packet?.ref ?? null,
    packet_type: submission.packet?.type ?? null,
    size: estimateMessageSize(bodyBytes(submission), attached),
    recipients,
    attachments,
    message_id: messageId,
    reply_to_name: submission.replyTo?.name ?? null,
    reply_to_address: submission.replyTo?.address ?? null,
    in_reply_to: submission.inReplyTo ?? null,
    reference_ids: submission.references,
  };
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
