import type { Bus } from '../bus/connect.ts';
import { readOutcomeProgress } from '../bus/service-bus.ts';
import { inTransaction, readDatabaseTime, type Database } from '../db/database.ts';
import { loseClaims } from '../db/lose-claims.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { lostLeases, waitingOutcomes } from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';
import { SettlingProgress } from './settling-progress.ts';

/**
 * Ends claims whose worker has gone silent. A lease runs out only while settling has been up and caught up for one whole
 * lease: an outcome that waits on the bus or could not reach it, and a renewal that could not reach the database, must
 * not become "may have been sent".
 */
export function createLeaseSweep(
  database: Database,
  bus: Bus,
  leaseSeconds: number,
  logger: Logger,
): WorkerLoop {
  const leaseMs = leaseSeconds * 1000;
  // Renewals come many times a lease; what stands still for a quarter of it has cost none of them.
  const settling = new SettlingProgress(leaseMs / 4);
  return new WorkerLoop('leases', logger, async () => {
    const [progress, lookedAt] = await Promise.all([
      readOutcomeProgress(bus).catch(() => null),
      readDatabaseTime(database),
    ]);
    waitingOutcomes.set(progress?.waiting ?? Number.NaN);
    const caughtUpMs = settling.look(lookedAt && progress, monotonicMs());
    if (lookedAt !== null && caughtUpMs >= leaseMs) {
      // Should anything stand still from here on, only what had run out before is lost.
      const lost = await inTransaction(database, (tx) => loseClaims(tx, Math.random, lookedAt));
      lostLeases.inc(lost);
      if (lost > 0) logger.warn({ lost }, 'workers went silent: these emails may have been sent');
    }
    return Math.min(1000, leaseMs / 10);
  });
}
