import { onReconnect, type Bus } from '../bus/connect.ts';
import { ensureTopology } from '../bus/topology.ts';
import { connectorsForWorkers } from '../db/connectors.ts';
import { listen, type Database } from '../db/database.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

const everyMs = 30_000;

/** Keeps the bus as the database says: streams, consumers, and what workers may know of each connector. */
export class ConnectorPublisher implements Service {
  readonly #database: Database;
  readonly #bus: Bus;
  readonly #loop: WorkerLoop;
  readonly #publish: () => Promise<void>;

  constructor(database: Database, bus: Bus, logger: Logger) {
    this.#database = database;
    this.#bus = bus;
    this.#publish = async () => ensureTopology(bus, await connectorsForWorkers(database));
    this.#loop = new WorkerLoop('connectors', logger, async () => {
      await this.#publish();
      return everyMs;
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
}
