import { connect, type Socket } from 'node:net';

export interface HttpTarget {
  host: string;
  port: number;
  path: string;
  /** Apart from Host, Content-Length and Content-Type. */
  headers: Record<string, string>;
  /** JSON; `{{n}}` in body and headers is replaced by the number of the email. ASCII. */
  body: string;
}

interface Answer {
  status: number;
  body: string;
}

/** One HTTP/1.1 connection that stays open and carries one request at a time. */
export class HttpLine {
  readonly #target: HttpTarget;
  readonly #head: string[];
  readonly #body: string[];
  #socket: Socket | undefined;
  #text = '';
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;

  constructor(target: HttpTarget) {
    this.#target = target;
    const headers = Object.entries(target.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `POST ${target.path} HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\nContent-Type: application/json\r\n`;
    this.#head = `${head}${headers.join('')}`.split('{{n}}');
    this.#body = target.body.split('{{n}}');
  }

  /** Again is harmless. */
  async open(): Promise<void> {
    if (this.#socket !== undefined) return;
    const socket = connect({ host: this.#target.host, port: this.#target.port, noDelay: true });
    this.#socket = socket;
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#read(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The service closed the connection.')));
  }

  post(number: number): Promise<Answer> {
    const body = this.#body.join(String(number));
    const head = this.#head.join(String(number));
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket?.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`, 'latin1');
    });
  }

  close(): void {
    this.#socket?.removeAllListeners('close');
    this.#socket?.destroy();
  }

  #read(chunk: string): void {
    this.#text += chunk;
    const headEnd = this.#text.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.#text.slice(0, headEnd).toLowerCase();
    const body = this.#text.slice(headEnd + 4);
    const length = /\r\ncontent-length: *(\d+)/.exec(head)?.[1];
    const complete = length === undefined ? body.endsWith('0\r\n\r\n') : body.length >= Number(length);
    if (!complete) return;
    this.#text = '';
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error);
    this.#waiting = null;
  }
}
