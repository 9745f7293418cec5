import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ClaimedContent, ClaimedMessage, Mailbox } from '@portal-outbox/contracts';
import MailComposer from 'nodemailer/lib/mail-composer';
import { bytesAtHand, readContent, readText } from './read-content.ts';

/**
 * The message as bytes (RFC 5322, MIME), the same at every attempt: Message-ID, date and boundaries included. Ends
 * only when every part was read and verified. Throws where anything is not as promised.
 */
export async function* composeMessage(
  message: ClaimedMessage,
  emailId: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  assertHeaders(message);
  // Small parts prove themselves before the first byte leaves.
  const text = message.text && (await readText(message.text, signal));
  const html = message.html && (await readText(message.html, signal));
  let unverified = 0;
  const read = (content: ClaimedContent): Buffer | Readable => {
    const atHand = bytesAtHand(content);
    if (atHand !== null) return atHand;
    unverified += 1;
    const pieces = readContent(content, signal, () => (unverified -= 1));
    return Readable.from(pieces, { objectMode: false });
  };
  const composed = new MailComposer({
    disableFileAccess: true,
    disableUrlAccess: true,
    baseBoundary: createHash('sha256').update(emailId).digest('hex').slice(0, 32),
    messageId: message.messageId,
    date: new Date(message.date),
    from: address(message.from),
    ...(message.replyTo && { replyTo: address(message.replyTo) }),
    to: message.to.map(address),
    cc: message.cc.map(address),
    subject: message.subject,
    ...(message.inReplyTo && { inReplyTo: message.inReplyTo }),
    ...(message.references.length > 0 && { references: message.references }),
    headers: importanceHeaders[message.importance],
    ...(text !== null && { text }),
    ...(html !== null && { html }),
    attachments: message.attachments.map((attachment) => ({
      filename: attachment.fileName,
      contentType: attachmentType(attachment.contentType),
      contentTransferEncoding: 'base64',
      ...(attachment.contentId && { cid: attachment.contentId }),
      content: read(attachment.content),
    })),
  }).compile();
  if (unverified === 0) {
    const whole = await composed.build();
    for (let at = 0; at < whole.length; at += pieceBytes) yield whole.subarray(at, at + pieceBytes);
    return;
  }
  const stream = composed.createReadStream();
  signal.addEventListener('abort', () => stream.destroy(), { once: true });
  yield* gather(stream);
  if (unverified > 0) throw new Error(`${unverified} parts did not go into the message`);
}

/** Each piece is a write to the socket, and what was written last is what nobody knows about when the connection breaks. */
const pieceBytes = 64 * 1024;

/** Many small pieces as few large ones. */
async function* gather(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    gathered.push(piece);
    size += piece.length;
    if (size < pieceBytes) continue;
    yield Buffer.concat(gathered);
    gathered = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(gathered);
}

const importanceHeaders = {
  high: { 'X-Priority': '1 (Highest)', Importance: 'high' },
  normal: {},
  low: { 'X-Priority': '5 (Lowest)', Importance: 'low' },
};

const address = (mailbox: Mailbox) => ({ name: mailbox.name, address: mailbox.address });

/**
 * Attachments go as base64, byte by byte. message/* and multipart/* may not (RFC 2046 5.2.1, RFC 2045 6.4) and would
 * have their line ends changed: they go as plain bytes, their file name says what they are.
 */
function attachmentType(contentType: string): string {
  const valid = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(\s*;.*)?$/.test(contentType);
  return valid && !/^(message|multipart)\//i.test(contentType) ? contentType : 'application/octet-stream';
}

/** The service refuses control characters at the door; this is the second wall (CWE-93). */
function assertHeaders(message: ClaimedMessage): void {
  const mailboxes = [message.from, message.replyTo, ...message.to, ...message.cc];
  const values = [
    message.messageId,
    message.subject,
    message.inReplyTo,
    ...message.references,
    ...mailboxes.flatMap((mailbox) => [mailbox?.name, mailbox?.address]),
    ...message.attachments.flatMap((it) => [it.fileName, it.contentType, it.contentId]),
  ];
  // oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
  if (values.some((value) => /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value ?? ''))) {
    throw new Error('control characters in a header');
  }
  if (Number.isNaN(Date.parse(message.date))) throw new Error('not a date');
}
