import { carryOutChunk, endOperation, gatherEmails, openOperations } from '../db/bulk-chunks.ts';
import { lookAfterRetried, untilNextLook } from '../db/bulk-mail.ts';
import { removeOldBulk } from '../db/bulk-operations.ts';
import { inTransaction, listen, type Database } from '../db/database.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { bulkEmails } from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

/** While something is open: what a process that has died was at is taken over within this time. */
const takeOverMs = 1000;
/** What failed is left alone for so long, so that it holds up nothing else. */
const failedMs = 5000;
const cleanUpMs = 3600_000;
/** So many queries are gathered at the same time: a large one must not delay the moment of the next. */
const gatherers = 2;

/**
 * Carries out bulk operations in the background, also those of a process that has died: what is left to do is in the
 * database alone, and each transaction takes the next emails that nobody else is acting on. Operations take turns.
 */
export class BulkRunner implements Service {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #gathering: readonly WorkerLoop[];
  readonly #carrying: WorkerLoop;
  readonly #looking: WorkerLoop;
  readonly #cleaning: WorkerLoop;
  /** Until when operations that failed just now are left alone. */
  readonly #failedUntil = new Map<string, number>();
  #stopped = false;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
    this.#gathering = Array.from(
      { length: gatherers },
      () => new WorkerLoop('bulk gathering', logger, () => this.#gather()),
    );
    this.#carrying = new WorkerLoop('bulk', logger, () => this.#carryOut());
    this.#looking = new WorkerLoop('bulk mail', logger, () => this.#look());
    this.#cleaning = new WorkerLoop('bulk clean-up', logger, async () => {
      await removeOldBulk(database);
      return cleanUpMs;
    });
  }

  async start(): Promise<void> {
    await listen(this.#database, 'bulk_work', () => this.#wake());
    for (const loop of this.#loops()) await loop.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#loops().map((loop) => loop.stop()));
  }

  #loops(): WorkerLoop[] {
    return [...this.#gathering, this.#carrying, this.#looking, this.#cleaning];
  }

  #wake(): void {
    for (const loop of [...this.#gathering, this.#carrying, this.#looking]) loop.wake();
  }

  async #gather(): Promise<number> {
    const open = await openOperations(this.#database, 'gathering');
    await this.#forEach(open, (id) => inTransaction(this.#database, (tx) => gatherEmails(tx, id)));
    return open.length > 0 ? takeOverMs : Infinity;
  }

  /** Some emails of each operation, in turns. */
  async #carryOut(): Promise<number> {
    const open = await openOperations(this.#database, 'running');
    let acted = false;
    await this.#forEach(open, async (id) => {
      const carriedOut = await inTransaction(this.#database, (tx) => carryOutChunk(tx, id));
      if (carriedOut === null) return await endOperation(this.#database, id);
      acted = true;
      bulkEmails.inc({ action: carriedOut.action, result: 'done' }, carriedOut.done);
      bulkEmails.inc({ action: carriedOut.action, result: 'skipped' }, carriedOut.skipped);
    });
    if (acted) return 0;
    return open.length > 0 ? takeOverMs : Infinity;
  }

  async #look(): Promise<number> {
    while (!this.#stopped && (await inTransaction(this.#database, (tx) => lookAfterRetried(tx)))) continue;
    return Math.max(0, (await untilNextLook(this.#database)) ?? Infinity);
  }

  /** One that fails does not keep the others. */
  async #forEach(operations: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
    for (const id of operations) {
      if (this.#stopped || monotonicMs() < (this.#failedUntil.get(id) ?? 0)) continue;
      try {
        await work(id);
        this.#failedUntil.delete(id);
      } catch (error) {
        this.#failedUntil.set(id, monotonicMs() + failedMs);
        this.#logger.error({ err: error, operation: id }, 'a bulk operation failed; it goes on later');
      }
    }
  }
}
