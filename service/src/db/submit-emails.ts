import { createHash } from 'node:crypto';
import type { EmailSubmission } from '@portal-outbox/contracts';
import { limits } from '@portal-outbox/contracts';
import { laneOf } from '../outbox/lanes.ts';
import { estimateMessageSize } from '../outbox/message-size.ts';
import { knownConnectors } from './connectors.ts';
import type { Sql } from './database.ts';
import { readSettings } from './settings.ts';

export interface FieldProblem {
  /** JSON pointer into the request's body. */
  field: string;
  detail: string;
}

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

interface AttachmentRow {
  id: string;
  size: number;
}

/** Keeps the emails, all or none. Run it in a transaction: it writes nothing unless it returns `created`. */
export async function submitEmails(
  tx: Sql,
  portalId: string,
  idempotencyKey: string,
  body: Buffer,
  emails: readonly NewEmail[],
): Promise<SubmitResult> {
  const bodySha256 = createHash('sha256').update(body).digest('hex');
  const known = await readSubmission(tx, portalId, idempotencyKey, bodySha256);
  if (known !== null) return known;

  const attachmentIds = emails.flatMap((email) => email.submission.attachments.map((it) => it.id));
  // Locked, so that the clean-up of unused attachments cannot take one away meanwhile.
  const attachments = await tx<AttachmentRow[]>`
    select id, size from attachment
    where portal_id = ${portalId} and sha256 is not null and id = any(${[...new Set(attachmentIds)].toSorted()}::uuid[])
    order by id for share`;
  const sizes = new Map(attachments.map((row) => [row.id, row.size]));
  const invalid = await findProblems(tx, portalId, emails, sizes);
  if (invalid !== null) return invalid;

  const written = await tx`
    insert into submission (portal_id, idempotency_key, body_sha256, email_ids)
    values (${portalId}, ${idempotencyKey}, ${bodySha256}, ${emails.map((email) => email.id)}::uuid[])
    on conflict do nothing returning 1`;
  if (written.length === 0) {
    const raced = await readSubmission(tx, portalId, idempotencyKey, bodySha256);
    return raced ?? { kind: 'key_reused' };
  }
  await insertParts(tx, portalId, emails);
  await insertRows(tx, portalId, emails, sizes);
  return { kind: 'created', ids: emails.map((email) => email.id) };
}

async function readSubmission(
  tx: Sql,
  portalId: string,
  key: string,
  bodySha256: string,
): Promise<SubmitResult | null> {
  const [row] = await tx<{ body_sha256: string; email_ids: string[] }[]>`
    select body_sha256, email_ids from submission
    where portal_id = ${portalId} and idempotency_key = ${key}`;
  if (row === undefined) return null;
  return row.body_sha256 === bodySha256 ? { kind: 'repeated', ids: row.email_ids } : { kind: 'key_reused' };
}

async function findProblems(
  tx: Sql,
  portalId: string,
  emails: readonly NewEmail[],
  sizes: ReadonlyMap<string, number>,
): Promise<SubmitResult | null> {
  const connectorIds = [...new Set(emails.map((email) => email.submission.connectorId))];
  const connectors = await knownConnectors(tx, portalId, connectorIds);
  const settings = await readSettings(tx, portalId);
  const tooFar = await tx<{ index: number }[]>`
    select (ordinality - 1)::int as index
    from unnest(${emails.map((email) => sendAt(email.submission))}::timestamptz[]) with ordinality as it (send_at)
    where send_at > now() + make_interval(days => ${limits.scheduleDays})`;
  const problems: FieldProblem[] = tooFar.map(({ index }) => ({
    field: `/emails/${index}/sendAt`,
    detail: 'Give an instant at most a year ahead.',
  }));
  const tooLarge: FieldProblem[] = [];
  for (const [index, { submission }] of emails.entries()) {
    if (!connectors.has(submission.connectorId)) {
      problems.push({ field: `/emails/${index}/connectorId`, detail: 'No connector has this id.' });
    }
    let bytes = bodyBytes(submission);
    for (const [position, { id }] of submission.attachments.entries()) {
      const size = sizes.get(id);
      bytes += size ?? 0;
      if (size !== undefined) continue;
      problems.push({
        field: `/emails/${index}/attachments/${position}/id`,
        detail: 'No attachment has this id. Upload it first; unused ones are removed after 24 hours.',
      });
    }
    if (bytes > settings.maxEmailBytes) {
      const detail = `Body and attachments have ${bytes} bytes, at most ${settings.maxEmailBytes} are allowed.`;
      tooLarge.push({ field: `/emails/${index}`, detail });
    }
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  return tooLarge.length > 0 ? { kind: 'too_large', problems: tooLarge } : null;
}

async function insertRows(
  tx: Sql,
  portalId: string,
  emails: readonly NewEmail[],
  sizes: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = emails.map(({ id, submission }) => {
    const { to, cc, bcc, attachments } = submission;
    const recipients = to.length + cc.length + bcc.length;
    const attached = attachments.reduce((sum, it) => sum + (sizes.get(it.id) ?? 0), 0);
    return {
      id,
      connector_id: submission.connectorId,
      lane: laneOf(submission.importance, 'fresh'),
      send_at: sendAt(submission),
      author_id: submission.authorId,
      from_name: submission.from.name,
      from_address: submission.from.address,
      first_recipient_name: to[0]?.name ?? '',
      first_recipient_address: to[0]?.address ?? '',
      recipient_count: recipients,
      subject: submission.subject,
      importance: submission.importance,
      packet_ref: submission.packet?.ref ?? null,
      packet_type: submission.packet?.type ?? null,
      attachment_count: attachments.length,
      size: estimateMessageSize(bodyBytes(submission), attached, recipients),
    };
  });
  // In order of submission within one request: clock_timestamp() rises from row to row, now() does not.
  await tx`
    insert into outbox_email (
      id, portal_id, connector_id, state, due_at, lane, listed, list_at, submitted_at, author_id, from_name,
      from_address, first_recipient_name, first_recipient_address, recipient_count, subject, importance,
      packet_ref, packet_type, attachment_count, size)
    select id, ${portalId}, connector_id, 'waiting', greatest(now(), send_at), lane,
           coalesce(send_at > now(), false), now() + make_interval(secs => ${limits.listedAfterSeconds}),
           clock_timestamp(), author_id, from_name, from_address, first_recipient_name, first_recipient_address,
           recipient_count, subject, importance, packet_ref, packet_type, attachment_count, size
    from jsonb_to_recordset(${tx.json(rows)}) as row (
      id uuid, connector_id uuid, lane smallint, send_at timestamptz, author_id text, from_name text,
      from_address text, first_recipient_name text, first_recipient_address text, recipient_count integer,
      subject text, importance text, packet_ref text, packet_type text, attachment_count integer, size bigint)`;
}

/** Content, recipients and attachments: before the row, so that whoever sees the row finds its parts. */
async function insertParts(tx: Sql, portalId: string, emails: readonly NewEmail[]): Promise<void> {
  const contents = emails.map(({ id, messageId, submission }) => ({
    email_id: id,
    message_id: messageId,
    date: sendAt(submission),
    reply_to_name: submission.replyTo?.name ?? null,
    reply_to_address: submission.replyTo?.address ?? null,
    in_reply_to: submission.inReplyTo ?? null,
    reference_ids: submission.references,
    text: submission.text ?? null,
    html: submission.html ?? null,
  }));
  const recipients = emails.flatMap(({ id, submission }) =>
    [
      ...submission.to.map((it) => ({ kind: 'to', ...it })),
      ...submission.cc.map((it) => ({ kind: 'cc', ...it })),
      ...submission.bcc.map((it) => ({ kind: 'bcc', ...it })),
    ].map((it, position) => ({ email_id: id, position, ...it })),
  );
  const attachments = emails.flatMap(({ id, submission }) =>
    submission.attachments.map((it, position) => ({
      email_id: id,
      position,
      attachment_id: it.id,
      file_name: it.fileName,
      content_type: it.contentType,
      content_id: it.contentId ?? null,
    })),
  );
  await tx`
    insert into email_content (email_id, portal_id, message_id, date, reply_to_name, reply_to_address, in_reply_to,
                               reference_ids, text, html)
    select email_id, ${portalId}, message_id, greatest(now(), date), reply_to_name, reply_to_address, in_reply_to,
           array(select jsonb_array_elements_text(reference_ids)), text, html
    from jsonb_to_recordset(${tx.json(contents)}) as row (
      email_id uuid, message_id text, date timestamptz, reply_to_name text, reply_to_address text,
      in_reply_to text, reference_ids jsonb, text text, html text)`;
  await tx`
    insert into email_recipient (email_id, position, kind, name, address)
    select email_id, position, kind, name, address
    from jsonb_to_recordset(${tx.json(recipients)}) as row (
      email_id uuid, position smallint, kind text, name text, address text)`;
  if (attachments.length === 0) return;
  await tx`
    insert into email_attachment (email_id, position, attachment_id, file_name, content_type, content_id)
    select email_id, position, attachment_id, file_name, content_type, content_id
    from jsonb_to_recordset(${tx.json(attachments)}) as row (
      email_id uuid, position smallint, attachment_id uuid, file_name text, content_type text, content_id text)`;
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

function bodyBytes(submission: EmailSubmission): number {
  return Buffer.byteLength(submission.text ?? '') + Buffer.byteLength(submission.html ?? '');
}
