import { createHash } from 'node:crypto';
import PostalMime from 'postal-mime';

/** A message whose final dot the mail server has read. Everything in it is hostile. */
export interface ReceivedMessage {
  /** Counts from 1 in the order of the final dots. */
  number: number;
  at: Date;
  /** With its angle brackets. */
  messageId: string;
  subject: string;
  from: string;
  to: string[];
  text: string;
  html: string;
  attachments: ReceivedAttachment[];
  envelope: { from: string; to: string[] };
  raw: Buffer;
  /** The server took it upon itself, whether or not its answer got through. */
  accepted: boolean;
  /** The answer after the final dot; `null` while it is held and when the connection was cut instead. */
  reply: string | null;
}

export interface ReceivedAttachment {
  fileName: string;
  contentType: string;
  contentId: string | null;
  size: number;
  sha256: string;
}

/** Parses a message as it came over the wire. */
export async function readMessage(
  raw: Buffer,
): Promise<Omit<ReceivedMessage, 'number' | 'at' | 'envelope' | 'accepted' | 'reply'>> {
  const email = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' });
  return {
    messageId: email.messageId ?? '',
    subject: email.subject ?? '',
    from: email.from?.address ?? '',
    to: (email.to ?? []).flatMap((it) => (it.address === undefined ? [] : [it.address])),
    text: email.text ?? '',
    html: email.html ?? '',
    attachments: email.attachments.map((it) => {
      const bytes = typeof it.content === 'string' ? Buffer.from(it.content) : new Uint8Array(it.content);
      return {
        fileName: it.filename ?? '',
        contentType: it.mimeType,
        contentId: it.contentId ?? null,
        size: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      };
    }),
    raw,
  };
}
