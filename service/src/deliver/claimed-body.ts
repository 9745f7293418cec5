import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ClaimReply, ClaimedMessage } from '@portal-outbox/contracts';
import { monotonicMs, now } from '../runtime/clock.ts';
import { composeMessage } from './compose-message.ts';
import type { SmtpSession } from './smtp-session.ts';

/** What became of the claim: `silent` was not answered in time, `stale` was granted too long ago to be used. */
export type ClaimState = 'not_asked' | 'asked' | 'granted' | 'refused' | 'silent' | 'stale';

export interface BodyParts {
  session: SmtpSession;
  emailId: string;
  /** Asks for the claim; `null`: no answer. */
  claim: (token: string) => Promise<ClaimReply | null>;
  compose?: typeof composeMessage;
  elapsed?: () => number;
}

/**
 * The body of one message as a stream that claims the email when it is first read, which nodemailer does when the
 * server has answered DATA with 354. It ends only when the whole message was read and verified. In every other case
 * the connection is closed first, then the stream breaks: the final dot is never written.
 */
export class ClaimedBody {
  readonly stream: Readable;
  readonly claimToken = randomUUID();
  claim: ClaimState = 'not_asked';
  /** A byte of the message may have been written. */
  started = false;
  /** All of the message was handed over: the final dot may have been written. */
  ended = false;
  /** Why the message could not be read, where it was that. */
  failure: Error | null = null;
  readonly #parts: BodyParts;
  readonly #elapsed: () => number;
  readonly #abort = new AbortController();
  #answered: Promise<void> = Promise.resolve();

  constructor(parts: BodyParts) {
    this.#parts = parts;
    this.#elapsed = parts.elapsed ?? elapsedMs();
    // Lazy: nothing runs before the first read. A generator that returned would end the data, so it only ever throws.
    this.stream = Readable.from(this.#read(), { objectMode: false });
    this.stream.on('error', () => {});
  }

  /** Ends the reading, and waits until a claim that was asked for is answered or given up. */
  async stop(): Promise<void> {
    if (!this.ended) this.#abort.abort();
    this.stream.destroy();
    await this.#answered;
  }

  async *#read(): AsyncGenerator<Buffer> {
    const { session, emailId } = this.#parts;
    // nodemailer takes a 250 to DATA as well; then the server does not wait for data.
    if (!session.transcript.dataReply?.startsWith('3')) throw this.#cut('no 354');
    const askedAt = this.#elapsed();
    const reply = await this.#askForClaim();
    if (reply === null || !reply.granted) throw this.#cut('not claimed');
    // A process that was frozen: the lease may have run out, and with it the right to write.
    const stale = (): boolean => this.#elapsed() - askedAt >= reply.leaseSeconds * 1000;
    // One piece is kept back until the next has come, so that the last one leaves together with the final dot.
    let kept: Buffer | null = null;
    for await (const piece of this.#compose(reply.message, emailId)) {
      if (kept !== null) yield this.#release(kept, stale);
      kept = piece;
    }
    if (kept === null) throw this.#cut('nothing to send');
    const last = this.#release(kept, stale);
    session.gatherWrites();
    yield last;
    if (!session.alive) throw this.#cut('connection lost');
    this.ended = true;
    session.transcript.enter('final_dot');
  }

  /** A piece of the message, from here on possibly written. */
  #release(piece: Buffer, stale: () => boolean): Buffer {
    const { session } = this.#parts;
    if (!this.started && stale()) {
      this.claim = 'stale';
      throw this.#cut('the lease has run out');
    }
    if (!session.alive) throw this.#cut('connection lost');
    if (!this.started) session.transcript.enter('body');
    this.started = true;
    session.progress();
    return piece;
  }

  async #askForClaim(): Promise<ClaimReply | null> {
    this.claim = 'asked';
    const answer = this.#parts.claim(this.claimToken).then((reply) => {
      this.claim = reply === null ? 'silent' : reply.granted ? 'granted' : 'refused';
      return reply;
    });
    this.#answered = answer.then(
      () => {},
      () => {},
    );
    return await answer;
  }

  async *#compose(message: ClaimedMessage, emailId: string): AsyncGenerator<Buffer> {
    try {
      yield* (this.#parts.compose ?? composeMessage)(message, emailId, this.#abort.signal);
    } catch (error) {
      // A transfer that we stopped ourselves, or that broke after the connection did, is no failure of the content.
      if (!this.#abort.signal.aborted && this.#parts.session.alive) this.failure = error as Error;
      throw this.#cut('content');
    }
  }

  #cut(reason: string): Error {
    this.#parts.session.close();
    return new Error(`message not ended: ${reason}`);
  }
}

/** Monotonic time stands still while the machine sleeps, wall time may be set back: the later of the two. */
function elapsedMs(): () => number {
  const monotonicStart = monotonicMs();
  const wallStart = now();
  return () => Math.max(monotonicMs() - monotonicStart, now() - wallStart);
}
