import type { Bus } from '../bus/connect.ts';
import { countWaitingOutcomes } from '../bus/service-bus.ts';
import { loseClaims } from '../db/claim-attempts.ts';
import type { Database } from '../db/database.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

/**
 * Ends claims whose worker has gone silent. A lease runs out only while settling has been up and caught up for one whole
 * lease: an outcome that waits on the bus, or could not reach it, must not become "may have been sent".
 */
export function createLeaseSweep(
  database: Database,
  bus: Bus,
  leaseSeconds: number,
  logger: Logger,
): WorkerLoop {
  const leaseMs = leaseSeconds * 1000;
  let caughtUpSince: number | null = null;
  return new WorkerLoop('leases', logger, async () => {
    const waiting = await countWaitingOutcomes(bus).catch(() => null);
    if (waiting !== 0) {
      caughtUpSince = null;
      return 1000;
    }
    caughtUpSince ??= monotonicMs();
    if (monotonicMs() - caughtUpSince >= leaseMs) {
      const lost = await loseClaims(database);
      if (lost > 0) logger.warn({ lost }, 'workers went silent: these emails may have been sent');
    }
    return Math.min(1000, leaseMs / 10);
  });
}
