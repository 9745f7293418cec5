import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** What a scripted mail server says. A reply of `drop` cuts the connection, `silence` says nothing. */
export interface Script {
  greeting?: string;
  /** Extensions in the EHLO reply. */
  extensions?: string[];
  /** The reply to a command; `undefined`: the usual one. `count` counts connections from 1. */
  command?: (line: string, count: number) => string | undefined;
  /** Called with all bytes of the body so far, final dot excluded until it comes; a reply ends the data. */
  data?: (bytes: Buffer, count: number) => string | undefined;
  /** The reply to a whole message. */
  message?: (bytes: Buffer) => string;
}

/** A mail server for tests, whose every word is scripted; speaks plain text only. */
export class ScriptedSmtpServer {
  /** Commands and events in the order they came: `EHLO`, `MAIL`, ..., `message`. */
  readonly events: string[] = [];
  /** Whole messages, as sent: dots still stuffed, without the final one. */
  readonly messages: Buffer[] = [];
  /** Everything after the last 354, whether ended or not. */
  lastData: Buffer = Buffer.alloc(0);
  connections = 0;
  readonly sockets = new Set<Socket>();
  readonly #script: Script;
  readonly #server: Server;

  constructor(script: Script = {}) {
    this.#script = script;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    const count = this.connections;
    // Otherwise the second of two short replies waits 40 ms for the client's acknowledgement.
    socket.setNoDelay(true);
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => {});
    let pending: Buffer = Buffer.alloc(0);
    let inData = false;
    const say = (reply: string): void => {
      if (reply === 'drop') socket.destroy();
      else if (reply !== 'silence') socket.write(`${reply}\r\n`);
    };
    say(this.#script.greeting ?? '220 scripted ESMTP');
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        if (inData) {
          const end = pending.subarray(0, 3).equals(Buffer.from('.\r\n'))
            ? 0
            : pending.indexOf('\r\n.\r\n') + 2;
          const ended = end !== 1;
          this.lastData = ended ? pending.subarray(0, end) : pending;
          const early = this.#script.data?.(this.lastData, count);
          if (early !== undefined) {
            say(early);
            return;
          }
          if (!ended) return;
          inData = false;
          this.events.push('message');
          this.messages.push(Buffer.from(this.lastData));
          pending = pending.subarray(end + 3);
          say(this.#script.message?.(this.lastData) ?? '250 2.0.0 OK queued as 1');
        } else {
          const at = pending.indexOf('\r\n');
          if (at < 0) return;
          const line = pending.subarray(0, at).toString();
          pending = pending.subarray(at + 2);
          const verb = line.split(' ')[0] ?? '';
          this.events.push(verb);
          const reply = this.#script.command?.(line, count) ?? this.#usual(verb);
          say(reply);
          if (verb === 'DATA' && reply.startsWith('354')) inData = true;
          if (verb === 'QUIT') socket.end();
        }
      }
    });
  }

  #usual(verb: string): string {
    if (verb === 'EHLO') {
      const lines = ['scripted', ...(this.#script.extensions ?? [])];
      return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n');
    }
    if (verb === 'DATA') return '354 Go ahead';
    if (verb === 'QUIT') return '221 2.0.0 Bye';
    return '250 2.1.0 OK';
  }
}
