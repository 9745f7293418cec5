import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import getPort from 'get-port';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { MailServer } from '../stack/mail-server.ts';
import { readAddress, treatments, type Treatment } from './email-plan.ts';
import { MailRecord, type MailTransaction } from './mail-record.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Where the mail server hangs up. */
export type DropPoint = 'mail' | 'rcpt' | 'body' | 'final_dot';

/** A real SMTP conversation with pauses in it, that records all it reads and hangs up when it is told to. */
export class RecordingMailServer {
  readonly record = new MailRecord();
  readonly #random: SeededRandom;
  readonly #port: number;
  readonly #server: SMTPServer;
  readonly #current = new Map<string, MailTransaction>();
  /** Addresses and emails that were deferred once. */
  readonly #deferred = new Set<string>();
  readonly #drops = new Map<DropPoint, { left: number; done: () => void }>();

  private constructor(port: number, random: SeededRandom) {
    this.#port = port;
    this.#random = random;
    this.#server = new SMTPServer({
      name: 'mail.chaos.test',
      logger: false,
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onAuth: (auth, _session, done) => done(null, { user: auth.username ?? '' }),
      onMailFrom: (_address, session, done) => void this.#mail(session, done),
      onRcptTo: ({ address }, session, done) => void this.#rcpt(address, session, done),
      onData: (stream, session, done) => void this.#data(stream, session, done),
    });
    // A client that breaks off is normal here.
    this.#server.on('error', () => undefined);
  }

  static async start(random: SeededRandom): Promise<RecordingMailServer> {
    const server = new RecordingMailServer(await getPort(), random);
    await new Promise<void>((resolve) => server.#server.listen(server.#port, '127.0.0.1', () => resolve()));
    return server;
  }

  get address(): MailServer['address'] {
    return { host: '127.0.0.1', port: this.#port, security: 'none', username: null, password: null };
  }

  /** Hangs up on the next `count` conversations that get to `point`. Resolves when it has. */
  drop(point: DropPoint, count: number): Promise<void> {
    return new Promise((done) => this.#drops.set(point, { left: count, done }));
  }

  stopDropping(point: DropPoint): void {
    this.#drops.get(point)?.done();
    this.#drops.delete(point);
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#server.connections) connection._socket.destroy();
    await closed;
  }

  async #mail(session: SMTPServerSession, done: Done): Promise<void> {
    const transaction = this.record.begin(session.id);
    this.#current.set(session.id, transaction);
    await this.#think();
    if (this.#hangUp(session, transaction, 'mail')) return;
    done();
  }

  async #rcpt(address: string, session: SMTPServerSession, done: Done): Promise<void> {
    const transaction = this.#transaction(session);
    this.record.name(transaction, address);
    await this.#think();
    if (this.#hangUp(session, transaction, 'rcpt')) return;
    const reply = this.#once(address, 'rcptOnce') ?? this.#treatment(address).rcpt ?? null;
    if (reply === null) transaction.recipients.push(address);
    else transaction.refusals.push({ address, reply });
    done(reply === null ? null : refusal(reply));
  }

  async #data(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    const transaction = this.#transaction(session);
    transaction.dataAt = Date.now();
    const chunks: Buffer[] = [];
    // It hangs up but reads on, so that its record knows of everything that the other side has written.
    if (this.#counts('body')) {
      transaction.hungUp = true;
      setImmediate(() => this.#socket(session)?.end());
    }
    try {
      for await (const chunk of stream) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    transaction.finalDotAt = Date.now();
    const raw = Buffer.concat(chunks);
    this.record.keep(transaction, raw);
    if (transaction.hungUp) return;
    await this.#think();
    const [address = ''] = transaction.recipients;
    const reply = this.#once(address, 'dataOnce') ?? this.#treatment(address).data ?? null;
    // What it would have refused was refused, though nobody heard it.
    transaction.reply = reply ?? '250 2.0.0 Accepted';
    if (this.#hangUp(session, transaction, 'final_dot')) return;
    if (reply === null) (done as (error: null, text: string) => void)(null, '2.0.0 Accepted');
    else done(refusal(reply));
  }

  /** A few milliseconds, now and then half a second: enough that something is always under way. */
  async #think(): Promise<void> {
    const ms = this.#random.chance(0.04) ? this.#random.between(200, 900) : this.#random.between(2, 60);
    await pause(ms);
  }

  #transaction(session: SMTPServerSession): MailTransaction {
    return this.#current.get(session.id) ?? this.record.begin(session.id);
  }

  #treatment(address: string): Treatment {
    return treatments[readAddress(address)?.treatment ?? 'to'];
  }

  #once(address: string, when: 'rcptOnce' | 'dataOnce'): string | null {
    const reply = this.#treatment(address)[when];
    if (reply === undefined || this.#deferred.has(address)) return null;
    this.#deferred.add(address);
    return reply;
  }

  #hangUp(session: SMTPServerSession, transaction: MailTransaction, point: DropPoint): boolean {
    if (!this.#counts(point)) return false;
    transaction.hungUp = true;
    this.#socket(session)?.destroy();
    return true;
  }

  #counts(point: DropPoint): boolean {
    const drop = this.#drops.get(point);
    if (drop === undefined) return false;
    drop.left -= 1;
    if (drop.left === 0) {
      this.#drops.delete(point);
      drop.done();
    }
    return true;
  }

  #socket(session: SMTPServerSession): Socket | undefined {
    for (const connection of this.#server.connections) {
      if (connection.session.id === session.id) return connection._socket;
    }
    return undefined;
  }
}

type Done = (error?: Error | null) => void;

/** The library wants the code apart from the text. */
function refusal(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}
