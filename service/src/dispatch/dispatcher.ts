import type { Bus } from '../bus/connect.ts';
import type { SendAttempt } from '@portal-outbox/contracts';
import { publishAttempt } from '../bus/service-bus.ts';
import { inTransaction, listen, type Database, type Sql } from '../db/database.ts';
import { countDue, countInFlight, dispatchDue, lockDueConnector, untilNextDue } from '../db/dispatch-due.ts';
import { shareSlots, totalOf } from '../outbox/lanes.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';
import type { OpenConnections } from './open-connections.ts';

/** Wait when due mail has no slot: settling wakes the loop, this is the fallback. */
const fullWindowMs = 1000;
/** While more is due than fits, a refill waits for this part of the window to be free, or for so long: fewer, larger ones. */
const refillPart = 1 / 4;
const refillMs = 50;

interface Dispatched {
  connectorId: string;
  attempts: SendAttempt[];
  /** There are free slots, too few to be worth a refill yet. */
  refillSoon: boolean;
}

/** Moves due emails to the bus: one connector at a time, under its row's lock. Commit first, then publish. */
export class Dispatcher implements Service {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #connections: OpenConnections;
  readonly #logger: Logger;
  readonly #loop: WorkerLoop;
  /** Publications under way: the next batch is dispatched meanwhile. */
  readonly #publishing = new Set<Promise<void>>();
  readonly #refilledAt = new Map<string, number>();

  constructor(database: Database, bus: Bus, connections: OpenConnections, logger: Logger) {
    this.#database = database;
    this.#bus = bus;
    this.#connections = connections;
    this.#logger = logger;
    this.#loop = new WorkerLoop('dispatch', logger, () => this.#dispatchAll());
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
    let refillSoon = false;
    for (;;) {
      const dispatched = await inTransaction(this.#database, (tx) => this.#dispatchConnector(tx, seen));
      if (dispatched === null) break;
      seen.push(dispatched.connectorId);
      refillSoon ||= dispatched.refillSoon;
      const publishing = this.#publish(dispatched.attempts);
      this.#publishing.add(publishing);
      void publishing.finally(() => this.#publishing.delete(publishing));
    }
    const nextMs = await untilNextDue(this.#database);
    if (nextMs === null) return Infinity;
    return nextMs > 0 ? nextMs : refillSoon ? refillMs : fullWindowMs;
  }

  async #dispatchConnector(tx: Sql, seen: readonly string[]): Promise<Dispatched | null> {
    const connector = await lockDueConnector(tx, seen);
    if (connector === null) return null;
    const window = connector.probing ? 1 : this.#connections.windowOf(connector.id);
    const [inFlight, due] = await Promise.all([
      countInFlight(tx, connector.id),
      countDue(tx, connector.id, window),
    ]);
    const slots = window - totalOf(inFlight);
    const tooFew = slots < window * refillPart && slots < totalOf(due);
    const sinceRefillMs = monotonicMs() - (this.#refilledAt.get(connector.id) ?? -Infinity);
    const refillSoon = slots > 0 && tooFew && sinceRefillMs < refillMs;
    if (slots <= 0 || refillSoon) return { connectorId: connector.id, attempts: [], refillSoon };
    this.#refilledAt.set(connector.id, monotonicMs());
    const share = shareSlots(slots, due, inFlight);
    return { connectorId: connector.id, attempts: await dispatchDue(tx, connector.id, share), refillSoon };
  }

  async #publish(attempts: readonly SendAttempt[]): Promise<void> {
    const published = await Promise.allSettled(
      attempts.map((attempt) => publishAttempt(this.#bus, attempt, 1)),
    );
    const failed = published.find((result) => result.status === 'rejected');
    // Nothing is lost: the sweep publishes again what nobody claimed.
    if (failed) this.#logger.warn({ err: failed.reason as unknown }, 'could not publish every attempt');
  }
}
