import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { EmailDraft } from '../stack/portal-client.ts';

/** A message as the service takes it, its files not uploaded yet. */
export type ReadDraft = Omit<EmailDraft, 'connectorId' | 'authorId' | 'attachments'> & {
  attachments: ReadAttachment[];
};

export interface ReadAttachment {
  fileName: string;
  contentType: string;
  contentId?: string;
  bytes: Uint8Array;
}

/** Parses one message (RFC 5322). What is missing or wrong in it stays so: the service says what it thinks of it. */
export async function readEmailDraft(content: Uint8Array): Promise<ReadDraft> {
  const email = await PostalMime.parse(content, {
    attachmentEncoding: 'arraybuffer',
    // A forwarded message stays a file of its own, byte by byte.
    forceRfc822Attachments: true,
  });
  const [from] = mailboxes(email.from ? [email.from] : []);
  const [replyTo] = mailboxes(email.replyTo);
  const inReplyTo = messageIds(email.inReplyTo).at(-1);
  return {
    from: from ?? { name: '', address: '' },
    ...(replyTo && { replyTo }),
    to: mailboxes(email.to),
    cc: mailboxes(email.cc),
    bcc: mailboxes(email.bcc),
    subject: oneLine(email.subject ?? ''),
    ...bodies(email),
    ...(inReplyTo !== undefined && { inReplyTo }),
    references: messageIds(email.references).slice(-50),
    attachments: email.attachments.map(readAttachment),
  };
}

function bodies({ text, html }: Email): { text?: string; html?: string } {
  if (text === undefined && html === undefined) return { text: '' };
  return { ...(text !== undefined && { text }), ...(html !== undefined && { html }) };
}

/** Groups (RFC 5322 3.4) stand for their members. */
function mailboxes(addresses: readonly Address[] = []): { name: string; address: string }[] {
  return addresses
    .flatMap((each) => each.group ?? [each])
    .map(({ name, address }) => ({ name: oneLine(name), address: address ?? '' }));
}

function messageIds(text = ''): string[] {
  return text.match(/<[^\s<>]+@[^\s<>]+>/g) ?? [];
}

function readAttachment(attachment: Attachment, index: number): ReadAttachment {
  const { content } = attachment;
  const contentId = attachment.contentId?.replace(/^<|>$/g, '') ?? '';
  // Only what the HTML shows is inline; many programs give every file a Content-ID.
  const isInline = attachment.related === true && /^[^\s<>]+$/.test(contentId);
  return {
    fileName: oneLine(attachment.filename ?? '') || `${index + 1}${extensions[attachment.mimeType] ?? ''}`,
    contentType: /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(attachment.mimeType)
      ? attachment.mimeType
      : 'application/octet-stream',
    ...(isInline && { contentId }),
    bytes: typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content),
  };
}

/** For parts without a file name. */
const extensions: Readonly<Record<string, string>> = {
  'message/rfc822': '.eml',
  'text/calendar': '.ics',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
};

/** Folded headers may leave tabs and line breaks behind, which mean a space. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
