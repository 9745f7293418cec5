import type { AttemptRecord, EmailDetail, RecipientKind, RecipientState } from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from './outbox-rows.ts';
import { visibleByDirectory } from './visible-emails.ts';

const shownTextCharacters = 100_000;

/** Everything about one email that is in the outbox; `null` when this reader may not see it. */
export async function readEmail(sql: Sql, scope: ReadScope, id: string): Promise<EmailDetail | null> {
  const [row] = await sql<OutboxRow[]>`
    ${outboxRows(sql)} where ${visibleByDirectory(sql, scope)} and e.id = ${id} and e.state <> 'cancelled'`;
  if (row === undefined) return null;
  const [contents, recipients, attachments] = await Promise.all([
    sql<
      {
        message_id: string;
        reply_to_name: string | null;
        reply_to_address: string | null;
        text: string | null;
        has_html: boolean;
      }[]
    >`
      select message_id, reply_to_name, reply_to_address, left(text, ${shownTextCharacters}) as text,
             html is not null as has_html
      from email_content where email_id = ${id}`,
    sql<{ kind: RecipientKind; name: string; address: string; state: RecipientState; reply: string }[]>`
      select kind, name, address, state, reply from email_recipient where email_id = ${id} order by position`,
    sql<EmailDetail['attachments']>`
      select ea.position, ea.file_name as "fileName", ea.content_type as "contentType", a.size,
             ea.content_id is not null as inline
      from email_attachment ea join attachment a on a.id = ea.attachment_id
      where ea.email_id = ${id} order by ea.position`,
  ]);
  const content = contents[0];
  return {
    email: toOutboxEmail(row),
    messageId: content?.message_id ?? '',
    replyTo:
      content?.reply_to_address == null
        ? null
        : { name: content.reply_to_name ?? '', address: content.reply_to_address },
    recipients: [...recipients],
    text: content?.text ?? null,
    hasHtml: content?.has_html ?? false,
    attachments: [...attachments],
  };
}

/** Whether this reader may see the email: in the outbox, cancelled or sent. */
export async function mayRead(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  const rows = await sql`
    select from outbox_email e where ${visibleByDirectory(sql, scope)} and e.id = ${id}
    union all
    select from email_archive e where ${visibleByDirectory(sql, scope)} and e.id = ${id}`;
  return rows.length > 0;
}

type AttemptRow = Omit<AttemptRecord, 'startedAt' | 'endedAt'> & { startedAt: Date; endedAt: Date | null };

/** Every attempt of an email, newest first (B4), the one under way too. The caller has checked that the reader may see it. */
export async function readAttempts(sql: Sql, emailId: string): Promise<AttemptRecord[]> {
  const rows = await sql<AttemptRow[]>`
    select attempt_no as "attemptNo", coalesce(claimed_at, started_at) as "startedAt", ended_at as "endedAt",
           duration_ms as "durationMs", worker_id as "workerId", result, phase, code,
           enhanced_code as "enhancedCode", reply, cause
    from send_attempt where email_id = ${emailId}
    union all
    select attempt_no, last_attempt_at, null, null, worker_id, null, null, null, null, '', null
    from outbox_email where id = ${emailId} and state = 'claimed'
    order by "attemptNo" desc, "startedAt" desc
    limit 200`;
  return rows.map((row) => ({
    ...row,
    startedAt: row.startedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  }));
}

/** The HTML part as submitted: hostile, to be sanitised before a browser sees it. */
export async function readHtml(sql: Sql, portalId: string, emailId: string): Promise<string | null> {
  const [row] = await sql<{ html: string | null }[]>`
    select html from email_content where email_id = ${emailId} and portal_id = ${portalId}`;
  return row?.html ?? null;
}

/** Text or HTML as submitted, for a worker that has claimed the email. */
export async function readBodyPart(sql: Sql, emailId: string, part: 'text' | 'html'): Promise<string | null> {
  const [row] = await sql<{ body: string | null }[]>`
    select ${part === 'text' ? sql`text` : sql`html`} as body from email_content where email_id = ${emailId}`;
  return row?.body ?? null;
}
