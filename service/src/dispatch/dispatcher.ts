import type { Bus } from '../bus/connect.ts';
import type { SendAttempt } from '@portal-outbox/contracts';
import { publishAttempts } from '../bus/service-bus.ts';
import { inTransaction, listen, type Database, type Sql } from '../db/database.ts';
import {
  countDue,
  countInFlight,
  dispatchDue,
  findLongestDueLane,
  lockDueConnector,
  untilNextDue,
} from '../db/dispatch-due.ts';
import { keepCredit } from '../db/send-limits.ts';
import { noEmails, shareSlots, totalOf, type LaneCounts } from '../outbox/lanes.ts';
import { planRelease, windowOf } from '../outbox/send-rate.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';
import type { LiveWorkers } from './live-workers.ts';

/** Wait when due mail has no slot: settling wakes the loop, this is the fallback. */
const fullWindowMs = 1000;
/** While more is due than fits, a refill waits for this part of the window to be free, or for so long: fewer, larger ones. */
const refillPart = 1 / 4;
const refillMs = 50;
const paceMs = 16;

interface Dispatched {
  connectorId: string;
  attempts: SendAttempt[];
  /** There are free slots, too few to be worth a refill yet. */
  refillSoon: boolean;
  /** Until the connector's rate lets more go; `null`: the rate holds nothing back. */
  waitMs: number | null;
}

/** Moves due emails to the bus: one connector at a time, under its row's lock. Commit first, then publish. */
export class Dispatcher implements Service {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #workers: LiveWorkers;
  readonly #logger: Logger;
  readonly #loop: WorkerLoop;
  /** Publications under way: the next batch is dispatched meanwhile. */
  readonly #publishing = new Set<Promise<void>>();
  readonly #refilledAt = new Map<string, number>();
  /** Emails of each connector that this process has dealt slots to. */
  readonly #dealt = new Map<string, number>();

  constructor(database: Database, bus: Bus, workers: LiveWorkers, logger: Logger) {
    this.#database = database;
    this.#bus = bus;
    this.#workers = workers;
    this.#logger = logger;
    this.#loop = new WorkerLoop('dispatch', logger, () => this.#dispatchAll(), paceMs);
  }

  async start(): Promise<void> {
    await listen(this.#database, 'outbox_due', () => this.#loop.wake());
    await this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await Promise.all(this.#publishing);
  }

  wake(): void {
    this.#loop.wake();
  }

  async #dispatchAll(): Promise<number> {
    // What cannot be published would only wait in a state that says it was.
    if (this.#bus.isClosed()) return fullWindowMs;
    const seen: string[] = [];
    let fallbackMs = fullWindowMs;
    for (;;) {
      const dispatched = await inTransaction(this.#database, (tx) => this.#dispatchConnector(tx, seen));
      if (dispatched === null) break;
      seen.push(dispatched.connectorId);
      fallbackMs = Math.min(fallbackMs, dispatched.refillSoon ? refillMs : (dispatched.waitMs ?? Infinity));
      const publishing = this.#publish(dispatched.attempts);
      this.#publishing.add(publishing);
      void publishing.finally(() => this.#publishing.delete(publishing));
    }
    const nextMs = await untilNextDue(this.#database);
    if (nextMs === null) return Infinity;
    return nextMs > 0 ? nextMs : fallbackMs;
  }

  async #dispatchConnector(tx: Sql, seen: readonly string[]): Promise<Dispatched | null> {
    const connector = await lockDueConnector(tx, seen);
    if (connector === null) return null;
    const workers = this.#workers.countOf(connector.id);
    const window = windowOf(connector, workers);
    const [inFlight, due] = await Promise.all([
      countInFlight(tx, connector.id),
      countDue(tx, connector.id, window),
    ]);
    const free = window - totalOf(inFlight);
    const tooFew = free < window * refillPart && free < totalOf(due);
    const sinceRefillMs = monotonicMs() - (this.#refilledAt.get(connector.id) ?? -Infinity);
    const refillSoon = free > 0 && tooFew && sinceRefillMs < refillMs;
    const { slots, credit, waitMs } = planRelease(connector, workers, totalOf(inFlight));
    const nothing = { connectorId: connector.id, attempts: [], refillSoon, waitMs };
    if (slots === 0 || refillSoon) return nothing;
    this.#refilledAt.set(connector.id, monotonicMs());
    const turn = this.#dealt.get(connector.id) ?? 0;
    const share = connector.probing
      ? await shareProbe(tx, connector.id)
      : shareSlots(slots, due, inFlight, turn);
    const attempts = await dispatchDue(tx, connector.id, share);
    this.#dealt.set(connector.id, turn + attempts.length);
    if (credit !== null) await keepCredit(tx, connector.id, credit - attempts.length);
    return { ...nothing, attempts };
  }

  async #publish(attempts: readonly SendAttempt[]): Promise<void> {
    try {
      await publishAttempts(
        this.#bus,
        attempts.map((attempt) => ({ ...attempt, publication: 1 })),
      );
    } catch (error) {
      // Nothing is lost: the sweep publishes again what nobody claimed.
      this.#logger.warn({ err: error }, 'could not publish every attempt');
    }
  }
}

/** One email, whatever its importance. */
async function shareProbe(tx: Sql, connectorId: string): Promise<LaneCounts> {
  const lane = await findLongestDueLane(tx, connectorId);
  return lane === null ? noEmails() : { ...noEmails(), [lane]: 1 };
}
