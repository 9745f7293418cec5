import type { Importance } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

/** All of a claimed email but the bytes of its attachments. */
export interface ClaimedContentRow {
  emailId: string;
  messageId: string;
  date: Date;
  from: { name: string; address: string };
  replyTo: { name: string; address: string } | null;
  recipients: { kind: 'to' | 'cc' | 'bcc'; name: string; address: string }[];
  subject: string;
  importance: Importance;
  inReplyTo: string | null;
  references: string[];
  text: string | null;
  html: string | null;
  attachments: {
    attachmentId: string;
    position: number;
    fileName: string;
    contentType: string;
    contentId: string | null;
    size: number;
    sha256: string;
  }[];
}

/** The content of `e`, a row of outbox_email, and `c`, its row of email_content. */
export const contentColumns = (sql: Sql) => sql`
  c.message_id as "messageId", c.date,
  json_build_object('name', e.from_name, 'address', e.from_address) as "from",
  case when c.reply_to_address is not null
    then json_build_object('name', coalesce(c.reply_to_name, ''), 'address', c.reply_to_address) end as "replyTo",
  case when e.id is not null then (
    select json_agg(json_build_object('kind', r.kind, 'name', r.name, 'address', r.address) order by r.position)
    from email_recipient r where r.email_id = e.id) end as recipients,
  e.subject, e.importance, c.in_reply_to as "inReplyTo", c.reference_ids as "references", c.text, c.html,
  case when e.attachment_count > 0 then (
    select json_agg(json_build_object(
      'attachmentId', a.id, 'position', ea.position, 'fileName', ea.file_name, 'contentType', ea.content_type,
      'contentId', ea.content_id, 'size', a.size, 'sha256', a.sha256) order by ea.position)
    from email_attachment ea join attachment a on a.id = ea.attachment_id where ea.email_id = e.id
  ) else '[]' end as attachments`;
