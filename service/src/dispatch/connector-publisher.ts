import { onReconnect, type Bus } from '../bus/connect.ts';
import { publishAttempts } from '../bus/service-bus.ts';
import { ensureTopology } from '../bus/topology.ts';
import { connectorsForWorkers } from '../db/connectors.ts';
import { listen, type Database } from '../db/database.ts';
import { republishUnclaimed, unclaimedAtOnce } from '../db/unclaimed-attempts.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { republishedAttempts } from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

const everyMs = 30_000;
/** While the bus is away; its return ends the wait. */
const retryMs = 1000;

/**
 * Keeps the bus as the database says: streams, consumers, and what workers may know of each connector. Where the bus has
 * lost its attempts, everything that nobody has claimed is published again at once.
 */
export class ConnectorPublisher implements Service {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #logger: Logger;
  readonly #loop: WorkerLoop;

  constructor(database: Database, bus: Bus, logger: Logger) {
    this.#database = database;
    this.#bus = bus;
    this.#logger = logger;
    this.#loop = new WorkerLoop('connectors', logger, async () => {
      try {
        await this.#publish();
        return everyMs;
      } catch (error) {
        logger.warn({ err: error }, 'the bus is not as it should be');
        return retryMs;
      }
    });
  }

  /** Resolves once the bus is as it should be. */
  async start(): Promise<void> {
    await this.#publish();
    await listen(this.#database, 'connector_change', () => this.#loop.wake());
    void onReconnect(this.#bus, () => this.#loop.wake());
    await this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  async #publish(): Promise<void> {
    const connectors = await connectorsForWorkers(this.#database);
    const { attemptsStreamCreated } = await ensureTopology(this.#bus, connectors);
    if (attemptsStreamCreated) await this.#publishUnclaimed();
  }

  /** Everything that was published before now, each email once. */
  async #publishUnclaimed(): Promise<void> {
    const began = monotonicMs();
    let count = 0;
    let found: number;
    do {
      const attempts = await republishUnclaimed(this.#database, (monotonicMs() - began) / 1000);
      found = attempts.length;
      count += found;
      republishedAttempts.inc(found);
      // What fails is published again by the sweep.
      await publishAttempts(this.#bus, attempts).catch(() => {});
    } while (found === unclaimedAtOnce);
    if (count > 0) this.#logger.warn({ count }, 'the bus had lost its attempts: published again');
  }
}
