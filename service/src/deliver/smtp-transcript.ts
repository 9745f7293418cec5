import type { SmtpPhase } from '@portal-outbox/contracts';
import { parseSmtpReply } from './smtp-reply.ts';

/**
 * Which reply answered which command of one SMTP session, read from nodemailer's transaction log. Its own results
 * say less: not whether MAIL FROM was answered when a connection broke, nor what each recipient was told.
 */
export class SmtpTranscript {
  /** The step that is waited for, or that was reached last. */
  phase: SmtpPhase = 'connect';
  /** Raw replies of the present message; `null` and missing entries were not answered. */
  mailReply: string | null = null;
  recipientReplies: string[] = [];
  dataReply: string | null = null;

  readonly #onPhase: () => void;
  /** Commands not answered yet: several at once where the server offers PIPELINING (RFC 2920). */
  #awaited: (SmtpPhase | null)[] = [];

  /** `onPhase` is called at each step: time limits start anew. */
  constructor(onPhase: () => void) {
    this.#onPhase = onPhase;
  }

  /** Forgets the message before. */
  beginMessage(): void {
    this.mailReply = null;
    this.recipientReplies = [];
    this.dataReply = null;
    this.#awaited = [];
    this.enter('mail');
  }

  /** The server waits for data, and the message has not been read to its end. */
  get inData(): boolean {
    return this.dataReply !== null && /^[23]/.test(this.dataReply) && this.phase !== 'final_dot';
  }

  enter(phase: SmtpPhase): void {
    this.phase = phase;
    this.#onPhase();
  }

  /** A logger as nodemailer wants it; everything but the transaction log is dropped. */
  logger(): Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', LogFunction> {
    const log: LogFunction = (entry, message) => {
      if (entry.tnx === 'client') this.#sent(String(message));
      else if (entry.tnx === 'server') this.#received(String(message));
      else if (entry.tnx === 'network' && entry.remotePort !== undefined) this.enter('greeting');
    };
    return { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
  }

  #sent(command: string): void {
    const step = phaseOfCommand(command);
    this.#awaited.push(step);
    // Of pipelined commands the first is waited for first.
    if (step && this.#awaited.length === 1) this.enter(step);
  }

  #received(reply: string): void {
    if (this.#awaited.length === 0 || !parseSmtpReply(reply)) return;
    const answered = this.#awaited.shift();
    if (answered === 'mail') this.mailReply = reply;
    if (answered === 'rcpt') this.recipientReplies.push(reply);
    if (answered === 'data') this.dataReply = reply;
    const next = this.#awaited[0];
    if (next) this.enter(next);
  }
}

type LogFunction = (entry: { tnx?: unknown; remotePort?: unknown }, ...rest: unknown[]) => void;

function phaseOfCommand(command: string): SmtpPhase | null {
  const verb = command.slice(0, 10).toUpperCase();
  if (verb.startsWith('EHLO') || verb.startsWith('HELO')) return 'greeting';
  if (verb.startsWith('STARTTLS')) return 'tls';
  if (verb.startsWith('AUTH')) return 'login';
  if (verb.startsWith('MAIL FROM')) return 'mail';
  if (verb.startsWith('RCPT TO')) return 'rcpt';
  if (verb.startsWith('DATA')) return 'data';
  return null;
}
