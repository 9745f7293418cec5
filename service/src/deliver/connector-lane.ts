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

/** One pull waits so long for attempts before it is made anew. */
const fetchMs = 20_000;
/** Pause after a pull that failed: no bus, or the consumer is not there yet. */
const pauseMs = 1000;
/** Well below `attemptTimes.ackWait`. */
const keepMs = 20_000;
const credentialsAnswerMs = 5000;
/** A message that could not be tried comes back after this time. */
const giveBackMs = 5000;

export interface LaneParts {
  bus: WorkerBus;
  keeper: OutcomeKeeper;
  workerId: string;
  logger: Logger;
}

/** The work of one connector in one revision of its settings: pulls as many attempts as it has free connections. */
export class ConnectorLane {
  readonly settings: ConnectorSettings;
  readonly #parts: LaneParts;
  readonly #gate: LoginGate;
  readonly #pool: ConnectionPool;
  readonly #abandon = new AbortController();
  readonly #cut = new AbortController();
  /** Claims asked for whose outcome is not known yet. */
  readonly #claimTokens = new Set<string>();
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
    while (!this.#retired) {
      // After a refused login nothing helps but new settings, and those bring a new lane.
      if (this.#gate.closed || this.#active >= this.settings.maxConnections) await this.#change();
      else if (!(await this.#pull())) await this.#change(pauseMs);
    }
    while (this.#active > 0) await this.#change();
  }

  async #pull(): Promise<boolean> {
    const { bus, logger } = this.#parts;
    const { connectorId, maxConnections } = this.settings;
    try {
      this.#batch = await bus.fetchAttempts(connectorId, maxConnections - this.#active, fetchMs);
      if (this.#retired) this.#batch.stop();
      for await (const message of this.#batch) {
        if (this.#retired || this.#gate.closed) message.giveBack(this.#retired ? 0 : giveBackMs);
        else void this.#work(message);
      }
      return true;
    } catch (error) {
      logger.debug({ err: error, connectorId }, 'no attempts to be had');
      return false;
    } finally {
      this.#batch = null;
    }
  }

  async #work(message: AttemptMessage): Promise<void> {
    const { keeper, workerId, logger } = this.#parts;
    const keeping = setInterval(() => message.keep(), keepMs);
    let answered = false;
    const done = (finish: () => void): void => {
      clearInterval(keeping);
      if (!answered) finish();
      answered = true;
    };
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
          if (reply) done(() => message.acknowledge());
          return reply;
        },
      });
      this.#log(message, delivery);
      if (delivery) void keeper.report(delivery).then(() => done(() => message.acknowledge()));
      else done(() => message.giveBack(this.#abandon.signal.aborted ? 0 : giveBackMs));
      // From here on the keeper holds the claim.
      if (delivery?.claimToken) this.#claimTokens.delete(delivery.claimToken);
    } catch (error) {
      logger.error({ err: error, attemptId: message.attempt.attemptId }, 'attempt broke');
      done(() => message.giveBack(giveBackMs));
    } finally {
      this.#active -= 1;
      if (this.#gate.closed) this.#batch?.stop();
      this.#wake?.();
    }
  }

  async #claim(request: ClaimRequest): Promise<ClaimReply | null> {
    this.#claimTokens.add(request.claimToken);
    const reply = await requestClaim(
      (it, timeoutMs) => this.#parts.bus.askForClaim(this.settings.connectorId, it, timeoutMs),
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
