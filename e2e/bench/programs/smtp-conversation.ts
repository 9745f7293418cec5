import type { Socket } from 'node:net';

type Receive = (recipients: readonly string[], bytes: number) => void;

const lineEnd = '\r\n';
const dot = Buffer.from('\r\n.\r\n');
/** What the data may begin in the middle of: the line end before the first line belongs to `DATA`. */
const beforeData = Buffer.from(lineEnd);

/** The server's side of one SMTP connection (RFC 5321). Content is counted and thrown away. */
export class SmtpConversation {
  readonly #socket: Socket;
  readonly #replyDelayMs: number;
  readonly #receive: Receive;
  #rest: Buffer = Buffer.alloc(0);
  /** The last bytes of the data so far; `null` outside of data. */
  #tail: Buffer | null = null;
  #bytes = 0;
  #hasSender = false;
  #recipients: string[] = [];

  constructor(socket: Socket, replyDelayMs: number, receive: Receive) {
    this.#socket = socket;
    this.#replyDelayMs = replyDelayMs;
    this.#receive = receive;
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => this.#read(chunk));
    this.#reply('220 bench ESMTP');
  }

  #read(chunk: Buffer): void {
    let left: Buffer | null = chunk;
    while (left !== null)
      left = this.#tail === null ? this.#readLine(left) : this.#readData(left, this.#tail);
  }

  /** Returns what follows the line, `null` when there is no whole line yet. */
  #readLine(chunk: Buffer): Buffer | null {
    const all = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = all.indexOf(lineEnd);
    if (end < 0) {
      this.#rest = all;
      return null;
    }
    this.#rest = Buffer.alloc(0);
    this.#obey(all.toString('latin1', 0, end));
    const after = end + lineEnd.length;
    return after === all.length ? null : all.subarray(after);
  }

  #readData(chunk: Buffer, tail: Buffer): Buffer | null {
    // The end may lie across two chunks.
    const seam = Buffer.concat([tail, chunk.subarray(0, dot.length - 1)]);
    const inSeam = seam.indexOf(dot);
    const inChunk = inSeam >= 0 ? inSeam - tail.length : chunk.indexOf(dot);
    if (inSeam < 0 && inChunk < 0) {
      this.#bytes += chunk.length;
      this.#tail = Buffer.concat([tail, chunk.subarray(1 - dot.length)]).subarray(1 - dot.length);
      return null;
    }
    const after = inChunk + dot.length;
    this.#tail = null;
    this.#receive(this.#recipients, this.#bytes + after);
    this.#clear();
    this.#reply('250 2.0.0 Accepted');
    return after >= chunk.length ? null : chunk.subarray(after);
  }

  #obey(line: string): void {
    const verb = line.slice(0, 4).toUpperCase();
    switch (verb) {
      case 'EHLO':
        this.#clear();
        return this.#reply('250-bench\r\n250-8BITMIME\r\n250 SIZE 52428800');
      case 'HELO':
      case 'RSET':
        this.#clear();
        return this.#reply('250 bench');
      case 'NOOP':
        return this.#reply('250 2.0.0 OK');
      case 'MAIL':
        if (this.#hasSender) return this.#reply('503 5.5.1 Sender already given');
        this.#hasSender = true;
        return this.#reply('250 2.1.0 OK');
      case 'RCPT':
        if (!this.#hasSender) return this.#reply('503 5.5.1 MAIL first');
        this.#recipients.push(line.slice(line.indexOf('<') + 1, line.indexOf('>')));
        return this.#reply('250 2.1.5 OK');
      case 'DATA':
        if (this.#recipients.length === 0) return this.#reply('503 5.5.1 RCPT first');
        this.#tail = beforeData;
        return this.#reply('354 End data with <CR><LF>.<CR><LF>');
      case 'QUIT':
        return this.#reply('221 2.0.0 Bye', true);
      default:
        return this.#reply('502 5.5.1 Unknown command');
    }
  }

  #clear(): void {
    this.#hasSender = false;
    this.#recipients = [];
    this.#bytes = 0;
  }

  #reply(text: string, last = false): void {
    const write = () => (last ? this.#socket.end(`${text}\r\n`) : this.#socket.write(`${text}\r\n`));
    // Equal delays keep the order of the replies.
    if (this.#replyDelayMs > 0) setTimeout(write, this.#replyDelayMs);
    else write();
  }
}
