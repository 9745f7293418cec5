import type { Bus } from '../bus/connect.ts';
import type { AttemptOutcome } from '@portal-outbox/contracts';
import { consumeOutcomes, publishSettled, type ReceivedOutcome } from '../bus/service-bus.ts';
import {
  findWitnessed,
  lockConnectors,
  noteHealth,
  noteTrouble,
  putBehindProbes,
  refusesCredentials,
} from '../db/connector-health.ts';
import { inTransaction, isDataError, repeatOnDeadlock, type Database, type Sql } from '../db/database.ts';
import { noteSlowDown } from '../db/send-limits.ts';
import { settleAttempts, type SettledAttempts } from '../db/settle-attempts.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { deadLetters, settledAttempts } from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

const largestBatch = 500;
/** Messages received before those before are settled. */
const messagesAhead = 200;
/** So many free slots are worth filling while more are about to become free. */
const slotsWorthFilling = 8;
const paceMs = 25;

export interface SettlerOptions {
  /** Pause of a connector after its first trouble, in seconds. */
  firstProbeSeconds: number;
  /** 0 ≤ random < 1, for jitter. */
  random: () => number;
  /** Called when slots have become free: at once when nothing else waits to be settled, else when there are several. */
  settled: () => void;
}

/** Applies outcomes in batches; a batch forms while the one before is being written. */
export class OutcomeSettler implements Service {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #options: SettlerOptions;
  readonly #loop: WorkerLoop;
  /** In the order received, by attempt and worker: nobody's word takes the place of another's. */
  readonly #received = new Map<string, ReceivedOutcome>();
  /** Slots that became free since the dispatcher was told. */
  #freed = 0;
  #stopConsuming: () => Promise<void> = () => Promise.resolve();

  constructor(database: Database, bus: Bus, logger: Logger, options: SettlerOptions) {
    this.#database = database;
    this.#bus = bus;
    this.#logger = logger;
    this.#options = options;
    this.#loop = new WorkerLoop('settle', logger, () => this.#settleReceived(), paceMs);
  }

  async start(): Promise<void> {
    this.#stopConsuming = await consumeOutcomes(this.#bus, this.#logger, messagesAhead, (outcome) => {
      this.#take(outcome);
      this.#loop.wake();
    });
    await this.#loop.start();
  }

  /** Settles what was received. What cannot be is not acknowledged, so it comes again, to whoever runs then. */
  async stop(): Promise<void> {
    await this.#stopConsuming();
    await this.#loop.stop();
    while (this.#received.size > 0) await this.#settleReceived();
  }

  /** The same outcome again, because it was not settled in time, takes the place of the first. */
  #take(received: ReceivedOutcome): void {
    this.#received.get(keyOf(received))?.acknowledge();
    this.#received.set(keyOf(received), received);
  }

  async #settleReceived(): Promise<number> {
    const batch = takeOnePerEmail(this.#received.values(), largestBatch);
    if (batch.length === 0) return Infinity;
    for (const received of batch) this.#received.delete(keyOf(received));
    try {
      await this.#settle(batch);
    } catch (error) {
      if (!isDataError(error)) {
        // Unless it has come again meanwhile.
        for (const received of batch) if (!this.#received.has(keyOf(received))) this.#take(received);
        throw error;
      }
      // One bad outcome must not hold up the others.
      for (const single of batch) await this.#settleAlone(single);
    }
    this.#freed += batch.length;
    if (this.#received.size === 0 || this.#freed >= slotsWorthFilling) {
      this.#freed = 0;
      this.#options.settled();
    }
    return this.#received.size > 0 ? 0 : Infinity;
  }

  async #settleAlone(received: ReceivedOutcome): Promise<void> {
    try {
      await this.#settle([received]);
    } catch (error) {
      if (!isDataError(error)) throw error;
      const { attemptId, emailId, workerId } = received.outcome;
      this.#logger.error({ err: error, attemptId, emailId, workerId }, 'an outcome cannot be settled');
      deadLetters.inc({ reason: 'refused by the database' });
      // It would fail again, and while it waits no lease runs out. Its worker forgets it, so that the claim runs out with its
      // lease, "may have been sent"; what was not claimed is published again.
      received.acknowledge();
      publishSettled(this.#bus, workerId, [attemptId]);
    }
  }

  async #settle(batch: readonly ReceivedOutcome[]): Promise<void> {
    const outcomes = batch.map((received) => received.outcome);
    const { applied, throttled, recovered } = outcomes.some((it) => it.result === 'connector_trouble')
      ? await this.#settleWithTrouble(outcomes)
      : await repeatOnDeadlock(() => settleAttempts(this.#database, outcomes, this.#options.random));
    for (const { outcome, acknowledge } of batch) {
      acknowledge();
      const known = applied.has(outcome.attemptId);
      settledAttempts.inc({ result: known ? outcome.result : 'dropped' });
      const { attemptId, emailId, attemptNo, result, phase, code, cause, workerId } = outcome;
      const entry = { attemptId, emailId, attemptNo, result, phase, code, cause, workerId };
      this.#logger.debug(entry, known ? 'settled' : 'dropped an outcome that is not the row’s');
    }
    for (const [workerId, attemptIds] of groupByWorker(outcomes))
      publishSettled(this.#bus, workerId, attemptIds);
    await this.#noteConnectors(throttled, recovered);
  }

  /** Trouble pauses or disables its connector in the transaction that settles its emails. */
  async #settleWithTrouble(outcomes: readonly AttemptOutcome[]): Promise<SettledAttempts> {
    const troubled = outcomes.filter(({ result }) => result === 'connector_trouble');
    return await inTransaction(this.#database, async (tx) => {
      // Connectors before emails is the order in which everybody locks.
      await lockConnectors(tx, connectorIdsOf(outcomes));
      const settled = await settleAttempts(tx, outcomes, this.#options.random);
      // What does not apply, or speaks of an attempt long past, says nothing of the connector as it is now.
      const current = (outcome: AttemptOutcome): boolean => settled.current.has(outcome.attemptId);
      await noteHealth(tx, settled.recovered);
      const met = troubled.filter(current);
      await this.#noteTroubles(tx, [...met, ...(await findRefused(tx, troubled, current))]);
      await putBehindProbes(
        tx,
        met.map((outcome) => outcome.emailId),
      );
      return { ...settled, recovered: [] };
    });
  }

  /** The outcomes are settled already; should this fail, the mail servers will say it again. */
  async #noteConnectors(throttled: readonly string[], recovered: readonly string[]): Promise<void> {
    try {
      if (recovered.length > 0) {
        await inTransaction(this.#database, async (tx) => {
          await lockConnectors(tx, recovered);
          await noteHealth(tx, recovered);
        });
      }
      for (const [connectorId, perMinute] of await noteSlowDown(this.#database, throttled)) {
        this.#logger.warn({ connectorId, perMinute }, 'the mail server asks to slow down');
      }
    } catch (error) {
      this.#logger.error({ err: error, throttled, recovered }, 'what the mail servers said is not noted');
    }
  }

  async #noteTroubles(tx: Sql, troubled: readonly AttemptOutcome[]): Promise<void> {
    const { firstProbeSeconds, random } = this.#options;
    for (const outcome of troubled) {
      const trouble = {
        connectorId: outcome.connectorId,
        revision: outcome.connectorRevision,
        cause: outcome.cause,
        reply: outcome.reply,
      };
      const what = await noteTrouble(tx, trouble, firstProbeSeconds, random());
      if (what !== 'unchanged') {
        this.#logger.warn({ connectorId: trouble.connectorId, cause: trouble.cause }, `connector ${what}`);
      }
    }
  }
}

/** Refused credentials that an attempt met whose email was cancelled or called back meanwhile. */
async function findRefused(
  tx: Sql,
  troubled: readonly AttemptOutcome[],
  current: (outcome: AttemptOutcome) => boolean,
): Promise<AttemptOutcome[]> {
  const refused = troubled.filter((outcome) => refusesCredentials(outcome.cause) && !current(outcome));
  if (refused.length === 0) return [];
  const witnessed = await findWitnessed(tx, refused);
  return refused.filter((outcome) => witnessed.has(outcome.attemptId));
}

function keyOf({ outcome }: ReceivedOutcome): string {
  return `${outcome.attemptId} ${outcome.workerId}`;
}

function takeOnePerEmail(received: Iterable<ReceivedOutcome>, most: number): ReceivedOutcome[] {
  const byEmail = new Map<string, ReceivedOutcome>();
  for (const one of received) {
    if (byEmail.size === most) break;
    if (!byEmail.has(one.outcome.emailId)) byEmail.set(one.outcome.emailId, one);
  }
  return [...byEmail.values()];
}

function groupByWorker(outcomes: readonly AttemptOutcome[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { workerId, attemptId } of outcomes) {
    groups.set(workerId, [...(groups.get(workerId) ?? []), attemptId]);
  }
  return groups;
}

function connectorIdsOf(outcomes: readonly AttemptOutcome[]): string[] {
  return [...new Set(outcomes.map((outcome) => outcome.connectorId))];
}
