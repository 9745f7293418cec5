import { setMaxListeners } from 'node:events';
import type { ClaimReply, ClaimRequest, ConnectorSettings } from '@portal-outbox/contracts';
import type { AttemptBatch, AttemptMessage } from '../bus/worker-attempts.ts';
import type { WorkerBus } from '../bus/worker-bus.ts';
import type { Logger } from '../runtime/logger.ts';
import { ConnectionPool } from './connection-pool.ts';
import { deliverAttempt, type Delivery } from './deliver-attempt.ts';
import { LoginGate } from './login-gate.ts';
import type { OutcomeKeeper } from './outcome-keeper.ts';
import { requestClaim } from './request-claim.ts';
import { cleanReply } from './smtp-reply.ts';

/** One pull waits so long for attempts before it is made anew: the broker may still answer one whose worker is gone. */
const fetchMs = 5000;
/** Pause after a pull that failed: no bus, or the consumer is not there yet. */
const pauseMs = 1000;
/** Well below `attemptTimes.ackWait`. */
const keepMs = 20_000;
const credentialsAnswerMs = 5000;
/** A message that could not be tried, or was not begun when its worker stopped, comes back when no such pull is left. */
const giveBackMs = 5000;

export interface LaneParts {
  bus: WorkerBus;
  keeper: OutcomeKeeper;
  workerId: string;
  logger: Logger;
}

/** An attempt in hand, and whether the bus still has to be told what became of its message. */
interface InHand {
  message: AttemptMessage;
  answered: boolean;
}

/**
 * The work of one connector in one revision of its settings. It holds up to one attempt more for each connection than it
 * is sending, so that a connection never waits for the bus, and pulls many at a time.
 */
export class ConnectorLane {
  readonly settings: ConnectorSettings;
  readonly #parts: LaneParts;
  readonly #gate: LoginGate;
  readonly #pool: ConnectionPool;
  readonly #abandon = new AbortController();
  readonly #cut = new AbortController();
  /** Claims asked for whose outcome is not known yet. */
  readonly #claimTokens = new Set<string>();
  /** Attempts that wait for a connection; nothing is claimed yet. */
  readonly #waiting: InHand[] = [];
  readonly #inHand = new Set<InHand>();
  #keeping: NodeJS.Timeout | undefined;
  #active = 0;
  #retired = false;
  #batch: AttemptBatch | null = null;
  #wake: (() => void) | null = null;
  #running: Promise<void> | null = null;

  constructor(settings: ConnectorSettings, parts: LaneParts) {
    this.settings = settings;
    // Every attempt in hand listens.
    setMaxListeners(0, this.#abandon.signal, this.#cut.signal);
    this.#parts = parts;
    const { connectorId, revision } = settings;
    const request = { workerId: parts.workerId, revision };
    this.#gate = new LoginGate(() => parts.bus.askForCredentials(connectorId, request, credentialsAnswerMs));
    this.#pool = new ConnectionPool(settings, this.#gate);
  }

  get openConnections(): number {
    return this.#pool.size;
  }

  get claimTokens(): string[] {
    return [...this.#claimTokens];
  }

  start(): void {
    this.#keeping ??= setInterval(() => this.#keep(), keepMs);
    this.#running ??= this.#run();
  }

  /** Pulls no more, finishes what is in hand and says goodbye. Resolves when nothing is left. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#batch?.stop();
    this.#wake?.();
    await this.#running;
    await this.#pool.close();
  }

  /** Lets go of what is not claimed yet. */
  abandon(): void {
    this.#abandon.abort();
  }

  /** Breaks off what is still under way. */
  cut(): void {
    this.#cut.abort();
  }

  async #run(): Promise<void> {
    const { maxConnections } = this.settings;
    while (!this.#retired) {
      const room = 2 * maxConnections - this.#active - this.#waiting.length;
      // After a refused login nothing helps but new settings, and those bring a new lane.
      if (this.#gate.closed || room < Math.ceil(maxConnections / 2)) await this.#change();
      else if (!(await this.#pull(room))) await this.#change(pauseMs);
    }
    this.#giveBackWaiting();
    while (this.#active > 0) await this.#change();
    clearInterval(this.#keeping);
  }

  async #pull(most: number): Promise<boolean> {
    const { bus, logger } = this.#parts;
    const { connectorId } = this.settings;
    try {
      this.#batch = await bus.fetchAttempts(connectorId, most, fetchMs);
      if (this.#retired) this.#batch.stop();
      for await (const message of this.#batch) this.#take(message);
      return true;
    } catch (error) {
      logger.debug({ err: error, connectorId }, 'no attempts to be had');
      return false;
    } finally {
      this.#batch = null;
    }
  }

  #take(message: AttemptMessage): void {
    const inHand = { message, answered: false };
    this.#inHand.add(inHand);
    this.#waiting.push(inHand);
    this.#begin();
  }

  /** Gives waiting attempts to free connections. */
  #begin(): void {
    if (this.#retired || this.#gate.closed) return this.#giveBackWaiting();
    while (this.#active < this.settings.maxConnections) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      void this.#work(next);
    }
  }

  #giveBackWaiting(): void {
    for (const inHand of this.#waiting.splice(0))
      this.#answer(inHand, () => inHand.message.giveBack(giveBackMs));
  }

  /** Tells the bus once what became of a message. */
  #answer(inHand: InHand, tell: () => void): void {
    if (!inHand.answered) tell();
    inHand.answered = true;
    this.#inHand.delete(inHand);
  }

  #keep(): void {
    for (const { message } of this.#inHand) message.keep();
  }

  async #work(inHand: InHand): Promise<void> {
    const { keeper, workerId, logger } = this.#parts;
    const { message } = inHand;
    this.#active += 1;
    try {
      const delivery = await deliverAttempt(message.attempt, {
        settings: this.settings,
        workerId,
        pool: this.#pool,
        abandon: this.#abandon.signal,
        cut: this.#cut.signal,
        onFault: ({ phase, codes, message: words }) => {
          const fault = { phase, codes, words: cleanReply(words) };
          logger.info(
            { attemptId: message.attempt.attemptId, connectorId: this.settings.connectorId, fault },
            'fault',
          );
        },
        claim: async (request) => {
          const reply = await this.#claim(request);
          // Granted or refused, the database has decided: nobody needs the message any more.
          if (reply) this.#answer(inHand, () => message.acknowledge());
          return reply;
        },
      });
      this.#log(message, delivery);
      if (delivery)
        void keeper.report(delivery).then(() => this.#answer(inHand, () => message.acknowledge()));
      else this.#answer(inHand, () => message.giveBack(giveBackMs));
      // From here on the keeper holds the claim.
      if (delivery?.claimToken) this.#claimTokens.delete(delivery.claimToken);
    } catch (error) {
      logger.error({ err: error, attemptId: message.attempt.attemptId }, 'attempt broke');
      this.#answer(inHand, () => message.giveBack(giveBackMs));
    } finally {
      this.#active -= 1;
      this.#begin();
      if (this.#gate.closed) this.#batch?.stop();
      this.#wake?.();
    }
  }

  async #claim(request: ClaimRequest): Promise<ClaimReply | null> {
    this.#claimTokens.add(request.claimToken);
    const reply = await requestClaim(
      (it) => this.#parts.bus.askForClaim(this.settings.connectorId, it),
      request,
    );
    if (reply && !reply.granted) this.#claimTokens.delete(request.claimToken);
    return reply;
  }

  #log(message: AttemptMessage, delivery: Delivery): void {
    const { attemptId, emailId, connectorId } = message.attempt;
    if (!delivery) {
      this.#parts.logger.info({ attemptId, emailId, connectorId }, 'attempt given back');
      return;
    }
    const { result, phase, code, cause, durationMs } = delivery;
    this.#parts.logger.info(
      { attemptId, emailId, connectorId, result, phase, code, cause, durationMs },
      'attempt',
    );
  }

  /** Waits until something has changed, `limitMs` at most. */
  async #change(limitMs?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = limitMs === undefined ? undefined : setTimeout(resolve, limitMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
