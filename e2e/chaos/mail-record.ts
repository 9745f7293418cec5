import { createHash } from 'node:crypto';
import { readMessage } from '../stack/received-message.ts';
import { readAddress } from './email-plan.ts';

/** One MAIL with what followed, as the mail server saw it. Times are milliseconds of this machine's clock. */
export interface MailTransaction {
  /** Number of the email, as its addresses tell. */
  email: number;
  connection: string;
  mailAt: number;
  /** Accepted at RCPT. */
  recipients: string[];
  /** Refused at RCPT with this reply. */
  refusals: { address: string; reply: string }[];
  dataAt: number | null;
  /** When the final dot was read; `null` when it never was. */
  finalDotAt: number | null;
  /** Answer to the final dot as it was meant, whether or not it got through. */
  reply: string | null;
  /** The connection was cut by the mail server, before it had said all. */
  hungUp: boolean;
  message: ArrivedMessage | null;
}

export interface ArrivedMessage {
  messageId: string;
  /** Number in the subject. */
  email: number;
  text: string;
  html: string;
  fileHashes: string[];
}

/** Everything that the mail server has seen, in order. What it says decides. */
export class MailRecord {
  readonly transactions: MailTransaction[] = [];
  #reading: Promise<void> = Promise.resolve();
  #byEmail = new Map<number, MailTransaction[]>();

  begin(connection: string): MailTransaction {
    const transaction: MailTransaction = {
      email: 0,
      connection,
      mailAt: Date.now(),
      recipients: [],
      refusals: [],
      dataAt: null,
      finalDotAt: null,
      reply: null,
      hungUp: false,
      message: null,
    };
    this.transactions.push(transaction);
    return transaction;
  }

  /** Notes whose transaction it is, at its first RCPT. */
  name(transaction: MailTransaction, address: string): void {
    if (transaction.email !== 0) return;
    transaction.email = readAddress(address)?.number ?? -1;
    const known = this.#byEmail.get(transaction.email);
    if (known) known.push(transaction);
    else this.#byEmail.set(transaction.email, [transaction]);
  }

  /** Parses a message behind the conversation, one after the other: the bytes are not kept. */
  keep(transaction: MailTransaction, raw: Buffer): void {
    this.#reading = this.#reading.then(async () => {
      transaction.message = await readArrived(raw);
    });
  }

  /** Resolves when every message is parsed. */
  async read(): Promise<void> {
    await this.#reading;
  }

  of(email: number): readonly MailTransaction[] {
    return this.#byEmail.get(email) ?? [];
  }

  /** Transactions in which the server took the message upon itself: the final dot was read and not refused. */
  takenOf(email: number): MailTransaction[] {
    return this.of(email).filter(isTaken);
  }
}

export function isTaken(
  transaction: MailTransaction,
): transaction is MailTransaction & { finalDotAt: number } {
  return transaction.finalDotAt !== null && !(transaction.reply !== null && /^[45]/.test(transaction.reply));
}

async function readArrived(raw: Buffer): Promise<ArrivedMessage> {
  const { messageId, subject, text, html, attachments } = await readMessage(raw);
  return {
    messageId,
    email: Number(/\d+/.exec(subject)?.[0] ?? -1),
    text: hashText(text),
    html: hashText(html),
    fileHashes: attachments.map((it) => it.sha256),
  };
}

/** Line ends are the transport's business, and so is one at the very end. */
export function hashText(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n').trimEnd()).digest('hex');
}
