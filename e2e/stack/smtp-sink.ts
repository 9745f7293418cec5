import { EventEmitter } from 'node:events';
import getPort from 'get-port';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { readMessage, type ReceivedMessage } from './received-message.ts';
import { SmtpRuleBook, type SmtpRule, type SmtpRuleAnswer, type SmtpRulePhase } from './smtp-rules.ts';

export interface SmtpSinkOptions {
  port?: number;
  /** Messages whose bytes are kept, the newest; the counts of `acceptedCount` are kept for ever. Default 1,000. */
  messagesKept?: number;
}

/** One step of one conversation. `connection` is the same for all steps of a connection. */
export type SmtpLogEntry = { at: Date; connection: string } & (
  | { type: 'connect' | 'login' | 'close' }
  | { type: 'mail'; sender: string }
  | { type: 'rcpt'; sender: string; recipient: string }
  | { type: 'data'; sender: string; recipients: string[] }
  /** A refusal, or the answer after the final dot. */
  | { type: 'reply'; phase: SmtpRulePhase; sender: string; recipients: string[]; reply: string }
);

interface SmtpSinkEvents {
  log: [SmtpLogEntry];
  connection: [SmtpLogEntry];
  refused: [Extract<SmtpLogEntry, { type: 'reply' }>];
  /** The final dot was read; the answer is not given yet. */
  received: [ReceivedMessage];
  /** Its `reply` is settled. */
  answered: [ReceivedMessage];
}

const sizeLimit = 50 * 1024 * 1024;
const logEntriesKept = 20_000;
type Done = (error?: Error | null) => void;

/**
 * A real mail server that keeps what it receives and answers as told: by rules on the recipient, and by
 * switches. STARTTLS with the library's own test certificate; any user and password may log in.
 */
export class SmtpSink extends EventEmitter<SmtpSinkEvents> {
  readonly host = '127.0.0.1';
  readonly port: number;
  /** The newest last. */
  readonly messages: ReceivedMessage[] = [];
  readonly log: SmtpLogEntry[] = [];
  private readonly rules = new SmtpRuleBook();
  private readonly accepted = new Map<string, number>();
  private readonly messagesKept: number;
  private server: SMTPServer | null = null;
  /** Connections between MAIL and the end of the message. */
  private readonly busy = new Set<string>();
  private held: (() => void)[] = [];
  private holding = false;
  private loginsRefused = false;
  private dropsLeft = 0;
  private received = 0;

  constructor(port: number, messagesKept: number) {
    super();
    this.port = port;
    this.messagesKept = messagesKept;
  }

  get isUp(): boolean {
    return this.server !== null;
  }

  /** How often the server took a message with this Message-ID upon itself. */
  acceptedCount(messageId: string): number {
    return this.accepted.get(messageId) ?? 0;
  }

  /** Message-IDs that the server took, with their counts. */
  acceptedCounts(): ReadonlyMap<string, number> {
    return this.accepted;
  }

  /** Puts a rule before all others; the returned function takes it away again. */
  script(rule: SmtpRule): () => void {
    return this.rules.add(rule);
  }

  /** From now on refuses every login, or accepts them again. Idle connections are closed so that it shows at once. */
  refuseLogins(refuse: boolean): void {
    this.loginsRefused = refuse;
    if (refuse) this.cut((id) => !this.busy.has(id));
  }

  /** From now on no message is answered after its final dot, until `release`. */
  pauseAfterData(): void {
    this.holding = true;
  }

  /** Gives the answers that are being held, and holds no more. */
  release(): void {
    this.holding = false;
    const held = this.held;
    this.held = [];
    for (const answer of held) answer();
  }

  /** Takes the next `count` messages and cuts their connections instead of answering. */
  dropAfterFinalDot(count = 1): void {
    this.dropsLeft = count;
  }

  /** Stops listening and cuts every connection. */
  async down(): Promise<void> {
    const { server } = this;
    if (server === null) return;
    this.server = null;
    this.held = [];
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of server.connections) connection._socket.destroy();
    await closed;
  }

  /** Listens again, on the same port. */
  async up(): Promise<void> {
    if (this.server !== null) return;
    const server = new SMTPServer({
      name: 'mail.sink.test',
      logger: false,
      size: sizeLimit,
      authOptional: true,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onConnect: (session, done) => this.step('connect', session, [], { type: 'connect' }, done),
      onAuth: (auth, session, done) => {
        this.step('login', session, [], { type: 'login' }, (error) =>
          error ? done(error) : done(null, { user: auth.username ?? 'someone' }),
        );
      },
      onMailFrom: (address, session, done) => {
        this.step('mail', session, [], { type: 'mail', sender: address.address }, done);
      },
      onRcptTo: (address, session, done) => {
        const entry = { type: 'rcpt', sender: senderOf(session), recipient: address.address } as const;
        this.step('rcpt', session, [address.address], entry, done);
      },
      onData: (stream, session, done) => {
        this.busy.add(session.id);
        void this.takeMessage(stream, session, done);
      },
      onClose: (session) => {
        this.busy.delete(session.id);
        this.write({ ...stamp(session), type: 'close' });
      },
    });
    // A client that cuts its connection is normal here.
    server.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.server.once('error', reject);
      server.listen(this.port, this.host, () => resolve());
    });
    this.server = server;
  }

  private step(
    phase: SmtpRulePhase,
    session: SMTPServerSession,
    recipients: string[],
    entry: StepEntry,
    done: Done,
  ): void {
    this.write({ ...stamp(session), ...entry });
    const sender = 'sender' in entry ? entry.sender : '';
    const answer =
      phase === 'login' && this.loginsRefused
        ? { reply: '535 5.7.8 Authentication credentials invalid', action: null }
        : this.rules.answer(phase, sender, recipients);
    this.act(answer, session, () => {
      const reply = answer?.reply ?? null;
      if (reply !== null) this.write({ ...stamp(session), type: 'reply', phase, sender, recipients, reply });
      done(reply === null ? null : refusal(reply));
    });
  }

  private async takeMessage(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: Done,
  ): Promise<void> {
    const sender = senderOf(session);
    const recipients = session.envelope.rcptTo.map((it) => it.address);
    this.write({ ...stamp(session), type: 'data', sender, recipients });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of stream) chunks.push(chunk as Buffer);
    } catch {
      // Cut before the final dot: nothing was received, and nobody is there to answer.
      return;
    }
    const answer = stream.sizeExceeded
      ? { reply: '552 5.3.4 Message too big', action: null }
      : this.rules.answer('data', sender, recipients);
    const drop = answer === null && this.dropsLeft > 0;
    if (drop) this.dropsLeft -= 1;
    const message: ReceivedMessage = {
      ...(await readMessage(Buffer.concat(chunks))),
      number: (this.received += 1),
      at: new Date(),
      envelope: { from: sender, to: recipients },
      accepted: answer?.reply === undefined || answer.reply === null,
      reply: null,
    };
    this.keep(message);
    const effective = drop
      ? ({ reply: null, action: 'drop' } as const)
      : this.holding
        ? ({ reply: answer?.reply ?? null, action: 'hold' } as const)
        : answer;
    this.act(effective, session, () => {
      message.reply = answer?.reply ?? `250 2.0.0 Accepted as ${message.number}`;
      this.busy.delete(session.id);
      this.write({
        ...stamp(session),
        type: 'reply',
        phase: 'data',
        sender,
        recipients,
        reply: message.reply,
      });
      this.emit('answered', message);
      if (message.accepted) (done as (error: null, text: string) => void)(null, message.reply.slice(4));
      else done(refusal(message.reply));
    });
  }

  private act(answer: SmtpRuleAnswer | null, session: SMTPServerSession, go: () => void): void {
    if (answer?.action === 'drop') this.cut((id) => id === session.id);
    else if (answer?.action === 'hold') this.held.push(go);
    else go();
  }

  private keep(message: ReceivedMessage): void {
    if (message.accepted) this.accepted.set(message.messageId, this.acceptedCount(message.messageId) + 1);
    this.messages.push(message);
    if (this.messages.length > this.messagesKept) this.messages.shift();
    this.emit('received', message);
  }

  private write(entry: SmtpLogEntry): void {
    this.log.push(entry);
    if (this.log.length > logEntriesKept) this.log.shift();
    this.emit('log', entry);
    if (entry.type === 'connect') this.emit('connection', entry);
    if (entry.type === 'reply' && !entry.reply.startsWith('2')) this.emit('refused', entry);
  }

  private cut(which: (id: string) => boolean): void {
    for (const connection of this.server?.connections ?? []) {
      if (which(connection.session.id)) connection._socket.destroy();
    }
  }
}

/** Starts the mail server on a free port of 127.0.0.1. `down()` stops it. */
export async function startSmtpSink(options: SmtpSinkOptions = {}): Promise<SmtpSink> {
  const sink = new SmtpSink(options.port ?? (await getPort()), options.messagesKept ?? 1000);
  await sink.up();
  return sink;
}

type StepEntry =
  | { type: 'connect' | 'login' }
  | { type: 'mail'; sender: string }
  | { type: 'rcpt'; sender: string; recipient: string };

function stamp(session: SMTPServerSession): { at: Date; connection: string } {
  return { at: new Date(), connection: session.id };
}

function senderOf(session: SMTPServerSession): string {
  return session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
}

/** The library wants the code apart from the text. */
function refusal(reply: string): Error {
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}
