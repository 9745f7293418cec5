import type { Bus } from '../bus/connect.ts';
import { publishAttempts } from '../bus/service-bus.ts';
import { removeUnusedAttachments } from '../db/attachments.ts';
import { removeOldChanges } from '../db/changes.ts';
import type { Database } from '../db/database.ts';
import { oldestDueSeconds } from '../db/dispatch-due.ts';
import { revealEmails } from '../db/reveal-emails.ts';
import { parkUnclaimed, republishUnclaimed } from '../db/unclaimed-attempts.ts';
import type { Logger } from '../runtime/logger.ts';
import {
  oldestDueSeconds as oldestDueGauge,
  parkedAttempts,
  republishedAttempts,
} from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

const second = 1000;
/** An attempt that nobody claimed for so long is published again: the broker may have lost it. */
const unclaimedSeconds = 30;

/** Publishes again what nobody claimed, and gives up what was overtaken too often; the row refuses a doubled claim. */
export function createRepublishSweep(database: Database, bus: Bus, logger: Logger): WorkerLoop {
  return new WorkerLoop('republish', logger, async () => {
    const parked = await parkUnclaimed(database, unclaimedSeconds);
    parkedAttempts.inc(parked.length);
    for (const attempt of parked)
      logger.error(attempt, 'parked: no worker claimed it, though later ones were');
    const attempts = await republishUnclaimed(database, unclaimedSeconds);
    republishedAttempts.inc(attempts.length);
    if (attempts.length > 0) logger.info({ count: attempts.length }, 'publishing again');
    await publishAttempts(bus, attempts);
    return 5 * second;
  });
}

/** Measures what an operator must see even while nothing can be published. */
export function createOldestDueGauge(database: Database, logger: Logger): WorkerLoop {
  return new WorkerLoop('gauge', logger, async () => {
    oldestDueGauge.set(await oldestDueSeconds(database));
    return 5 * second;
  });
}

/** Lists the emails that have waited long enough to be shown. */
export function createRevealSweep(database: Database, logger: Logger): WorkerLoop {
  return new WorkerLoop('reveal', logger, async () =>
    Math.max(250, Math.min((await revealEmails(database)) ?? second, second)),
  );
}

/** Removes what nobody needs any more. */
export function createCleanUpSweep(database: Database, logger: Logger): WorkerLoop {
  return new WorkerLoop('clean-up', logger, async () => {
    await removeOldChanges(database);
    await removeUnusedAttachments(database);
    return 60 * second;
  });
}
