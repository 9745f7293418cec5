import type { Bus } from '../bus/connect.ts';
import { publishAttempt } from '../bus/service-bus.ts';
import { removeUnusedAttachments } from '../db/attachments.ts';
import { removeOldChanges } from '../db/changes.ts';
import type { Database } from '../db/database.ts';
import { oldestDueSeconds, republishUnclaimed } from '../db/dispatch-due.ts';
import { revealEmails } from '../db/reveal-emails.ts';
import type { Logger } from '../runtime/logger.ts';
import { oldestDueSeconds as oldestDueGauge } from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

const second = 1000;
/** An attempt that nobody claimed for so long is published again: the broker may have lost it. */
const unclaimedSeconds = 30;

/** Publishes again what nobody claimed; the row refuses a doubled claim. */
export function createRepublishSweep(database: Database, bus: Bus, logger: Logger): WorkerLoop {
  return new WorkerLoop('republish', logger, async () => {
    const attempts = await republishUnclaimed(database, unclaimedSeconds);
    if (attempts.length > 0) logger.info({ count: attempts.length }, 'publishing again');
    await Promise.all(attempts.map((attempt) => publishAttempt(bus, attempt, attempt.publication)));
    oldestDueGauge.set(await oldestDueSeconds(database));
    return 5 * second;
  });
}

/** Lists the emails that have waited long enough to be shown. */
export function createRevealSweep(database: Database, logger: Logger): WorkerLoop {
  return new WorkerLoop('reveal', logger, async () =>
    Math.max(50, Math.min((await revealEmails(database)) ?? second, second)),
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
