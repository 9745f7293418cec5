import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ConnectorSettings, SmtpPhase } from '@portal-outbox/contracts';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { smtpOptions } from './smtp-options.ts';
import { SmtpTranscript } from './smtp-transcript.ts';
import { phaseLimitsMs, type PhaseLimits } from './phase-limits.ts';

/** How a step ended when it did not go well. */
export interface SmtpFault {
  phase: SmtpPhase;
  /** The mail server's reply, raw; `null` when the step ended without one. */
  reply: string | null;
  /** Code of the system, of Node or of nodemailer, most telling first; `closed` when this side closed. */
  codes: string[];
  /** For the log. */
  message: string;
}

/**
 * One SMTP connection. Every step resolves, to a fault or to `null` or a reply; nothing of a broken connection is
 * thrown. All time limits are kept here, by phase: nodemailer knows only one for a whole session.
 */
export class SmtpSession {
  /** Messages begun on this connection. */
  messages = 0;
  readonly transcript: SmtpTranscript;
  readonly #connection: SMTPConnection;
  readonly #limits: PhaseLimits;
  readonly #onEnded: (session: SmtpSession) => void;
  #alive = true;
  #timer: NodeJS.Timeout | undefined;
  /** Ends the step under way. */
  #interrupt: ((fault: SmtpFault) => void) | null = null;

  /** `onEnded` is called once, whichever side ends the connection. */
  constructor(
    settings: ConnectorSettings,
    onEnded: (session: SmtpSession) => void = () => {},
    limits: PhaseLimits = phaseLimitsMs,
  ) {
    this.#onEnded = onEnded;
    this.#limits = limits;
    this.transcript = new SmtpTranscript(() => this.#watch());
    this.#connection = new SMTPConnection({
      ...smtpOptions(settings),
      transactionLog: true,
      logger: this.transcript.logger(),
    });
    this.#connection.on('error', (error: unknown) => this.#end(this.#fault(error)));
    // After a 421 nodemailer ends first and tells the reason right after, in the same turn.
    this.#connection.on('end', () => queueMicrotask(() => this.#end(this.#fault({ code: 'ECONNECTION' }))));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** The server offered AUTH (RFC 4954). */
  get offersLogin(): boolean {
    return this.#connection.allowsAuth;
  }

  /** Connects, greets and secures the connection. */
  connect(): Promise<SmtpFault | null> {
    return this.#step<null>((resolve) => {
      this.transcript.enter('connect');
      this.#connection.connect((error) => resolve(error ? this.#fault(error) : null));
    });
  }

  login(username: string, password: string): Promise<SmtpFault | null> {
    return this.#step<null>((resolve) => {
      this.transcript.enter('login');
      const credentials = { user: username, pass: password };
      this.#connection.login({ user: username, credentials }, (error) =>
        resolve(error ? this.#fault(error) : null),
      );
    });
  }

  /**
   * Sends one message. `body` is read only after the server's positive answer to DATA; it says by entering the
   * phases `body` and `final_dot` how far it is. Returns the server's final reply.
   */
  async send(
    envelope: { from: string; to: string[]; size: number },
    body: Readable,
  ): Promise<string | SmtpFault> {
    this.messages += 1;
    const ended = await this.#step<string>((resolve) => {
      this.transcript.beginMessage();
      // nodemailer writes into the envelope that it is given.
      this.#connection.send({ ...envelope, to: [...envelope.to] }, body, (error, info) => {
        resolve(error || !info ? this.#fault(error) : info.response);
        // A reply or an error of the stream in the middle of the data: nodemailer leaves the connection open and
        // would go on to write. In the same turn, nothing more is written and the final dot never comes.
        if (this.transcript.inData) this.close();
      });
    });
    return ended;
  }

  /** Clears what the server knows of a refused message. Closes the connection when that fails. */
  async reset(): Promise<boolean> {
    const fault = await this.#step<null>((resolve) => {
      this.#connection.reset((error) => resolve(error ? this.#fault(error) : null));
      this.#watch(resetLimitMs);
    });
    if (fault) this.close();
    return fault === null;
  }

  /** Says goodbye and waits for the answer, 1 s at most. */
  async quit(): Promise<void> {
    if (!this.#alive) return;
    const ended = this.#step<null>(() => {
      this.#connection.quit();
      this.#watch(quitLimitMs);
    });
    await ended;
    this.close();
  }

  /** Starts the time limit of the present phase anew: something was moved. */
  progress(): void {
    this.#watch();
  }

  /**
   * What this turn of the event loop has to write leaves in one piece. nodemailer has no option for that: where its inside
   * has changed, nothing is gathered.
   */
  gatherWrites(): void {
    const { _socket: socket } = this.#connection as unknown as { _socket?: Partial<Socket> };
    socket?.cork?.();
    setImmediate(() => socket?.uncork?.());
  }

  /** Closes at once. What was not written yet never will be. */
  close(): void {
    this.#end({ ...this.#fault({ code: 'closed' }), message: 'closed by this side' });
  }

  async #step<Result>(
    start: (resolve: (result: Result | SmtpFault) => void) => void,
  ): Promise<Result | SmtpFault> {
    if (!this.#alive) return this.#fault({ code: 'ECONNECTION' });
    try {
      return await new Promise<Result | SmtpFault>((resolve) => {
        this.#interrupt = resolve;
        start(resolve);
      });
    } finally {
      this.#interrupt = null;
      clearTimeout(this.#timer);
    }
  }

  #watch(limitMs = this.#limits[this.transcript.phase]): void {
    clearTimeout(this.#timer);
    if (!this.#alive) return;
    this.#timer = setTimeout(() => this.#end(this.#fault({ code: 'ETIMEDOUT' })), limitMs);
  }

  #end(fault: SmtpFault): void {
    if (!this.#alive) return;
    this.#alive = false;
    clearTimeout(this.#timer);
    this.#interrupt?.(fault);
    // Destroys the socket (`socketCloseTimeout: 0`), so that nothing buffered is written any more.
    this.#connection.close();
    this.#onEnded(this);
  }

  #fault(error: unknown): SmtpFault {
    const it = (error ?? {}) as {
      code?: string;
      originalCode?: string;
      command?: string;
      response?: string;
      responseCode?: number;
      message?: string;
    };
    const codes = [it.originalCode, it.code].filter((code) => code !== undefined);
    const limit = /^Message size larger than allowed (\d+)/.exec(it.message ?? '')?.[1];
    if (limit) codes.unshift('too_large');
    if (it.code === 'EENVELOPE' && it.command === 'API') codes.unshift('bad_envelope');
    // Only a reply of the server decides; a number that a library makes up never does.
    const reply = it.responseCode && it.response ? it.response : null;
    return {
      phase: this.transcript.phase,
      reply,
      codes,
      message: limit ? `SIZE ${limit}` : (it.message ?? ''),
    };
  }
}

const resetLimitMs = 2000;
const quitLimitMs = 1000;
