import type { EmailSubmission } from '@portal-outbox/contracts';
import { foldedTexts } from '../outbox/folded-texts.ts';
import { estimateMessageSize } from '../outbox/message-size.ts';
import type { Sql } from './database.ts';
import { inPortal } from './submission-facts.ts';
import { bodyBytes } from './submission-problems.ts';

/** What every new email is written from, as one JSON record; text and HTML travel beside it. */
export type EmailRecord = ReturnType<typeof toRecord>;

/** @param sizes bytes of attachments, by `inPortal` */
export function toRecord(
  { id, messageId }: { id: string; messageId: string },
  email: Omit<EmailSubmission, 'sendAt'>,
  portalId: string,
  sizes: ReadonlyMap<string, number>,
) {
  const { to, cc, bcc, attachments } = email;
  const recipients = [
    ...to.map((it) => ['to', it.name, it.address]),
    ...cc.map((it) => ['cc', it.name, it.address]),
    ...bcc.map((it) => ['bcc', it.name, it.address]),
  ];
  const attached = attachments.reduce((sum, it) => sum + (sizes.get(inPortal(portalId, it.id)) ?? 0), 0);
  return {
    id,
    portal_id: portalId,
    connector_id: email.connectorId,
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
    folded: foldedTexts(email),
  };
}

/** The columns of an `EmailRecord`, for `jsonb_to_recordset`. */
export const recordColumns = (sql: Sql) => sql`
  id uuid, portal_id uuid, connector_id uuid, author_id text, from_name text, from_address text, subject text,
  importance text, packet_ref text, packet_type text, size bigint, recipients jsonb, attachments jsonb,
  message_id text, reply_to_name text, reply_to_address text, in_reply_to text, reference_ids jsonb, folded jsonb`;

/**
 * Statements of a WITH that write content, recipients and attachments of the records in `email`, each with its `place`
 * in the lists of texts and HTMLs.
 *
 * @param date of the Date header, from columns of `email`
 */
export const insertParts = (
  sql: Sql,
  date: ReturnType<Sql>,
  emails: readonly Pick<EmailSubmission, 'text' | 'html'>[],
) => sql`
  content as (
    insert into email_content (email_id, portal_id, message_id, date, reply_to_name, reply_to_address, in_reply_to,
                               reference_ids, folded, text, html)
    -- Bodies apart from the JSON: PostgreSQL would take their bytes in hand several times more.
    select id, portal_id, message_id, ${date}, reply_to_name, reply_to_address, in_reply_to,
           array(select jsonb_array_elements_text(reference_ids)),
           array(select jsonb_array_elements_text(folded)),
           (${emails.map(({ text }) => text ?? null)}::text[])[place + 1],
           (${emails.map(({ html }) => html ?? null)}::text[])[place + 1]
    from email
  ), recipient as (
    insert into email_recipient (email_id, position, kind, name, address)
    select email.id, nth - 1, it ->> 0, it ->> 1, it ->> 2
    from email, jsonb_array_elements(recipients) with ordinality as r (it, nth)
  ), attached as (
    insert into email_attachment (email_id, position, attachment_id, file_name, content_type, content_id)
    select email.id, nth - 1, (it ->> 'id')::uuid, it ->> 'fileName', it ->> 'contentType', it ->> 'contentId'
    from email, jsonb_array_elements(attachments) with ordinality as a (it, nth)
  )`;
