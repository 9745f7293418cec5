import type { EmailStory } from './email-story.ts';
import { attemptOf, storedOf, violation, type Evidence, type Violation } from './evidence.ts';

/** cancelledButSent: a final dot was read after a cancel's 200 and before its restore was asked for. */
export function judgeCancels(story: EmailStory, { record }: Evidence): Violation[] {
  return record.takenOf(story.plan.number).flatMap(({ finalDotAt }) => {
    const cancel = story.cancels.find(
      ({ doneAt, undoAskedAt }) =>
        (finalDotAt ?? 0) > doneAt && (finalDotAt ?? 0) < (undoAskedAt ?? Infinity),
    );
    if (cancel === undefined) return [];
    return [
      violation('cancelledButSent', story, `${iso(finalDotAt)} after the 200 of ${iso(cancel.doneAt)}`),
    ];
  });
}

/** sentEarly: a final dot was read before the due time that the portal was promised, and no person asked for it sooner. */
export function judgeDueTimes(story: EmailStory, { record }: Evidence): Violation[] {
  return record.takenOf(story.plan.number).flatMap((transaction) => {
    const at = transaction.finalDotAt ?? 0;
    const early = story.notBefore.find(
      ({ since, until, liftedAt }) => at > since && at < until && (liftedAt === null || at < liftedAt),
    );
    return early === undefined ? [] : [violation('sentEarly', story, `${iso(at)}, due ${iso(early.until)}`)];
  });
}

/**
 * sentWhileDisabled: a final dot was read between the 200 of "disable" and the request to enable again, and the email was not
 * claimed before that 200: from the claim on it cannot be called back.
 */
export function judgeDisabled(story: EmailStory, evidence: Evidence): Violation[] {
  const connectorId = evidence.connectorIds[story.plan.connector];
  const attempts = storedOf(story, evidence)?.attempts ?? [];
  return evidence.record.takenOf(story.plan.number).flatMap((transaction) => {
    const at = transaction.finalDotAt ?? 0;
    const off = evidence.offTimes.find(
      (it) => it.connectorId === connectorId && at > it.from && at < it.until,
    );
    if (off === undefined) return [];
    const claimedAt = attemptOf(transaction, attempts)?.claimedAt ?? Infinity;
    if (claimedAt <= off.from) return [];
    return [violation('sentWhileDisabled', story, `${iso(at)}, off since ${iso(off.from)}`)];
  });
}

/** migratedSent: an imported email was received more often than a person has pressed Retry, or before. */
export function judgeImported(story: EmailStory, { record }: Evidence): Violation[] {
  if (!story.plan.imported) return [];
  const pressed = story.retries.map(({ askedAt }) => askedAt).toSorted((one, other) => one - other);
  return record.takenOf(story.plan.number).flatMap(({ finalDotAt }, index) => {
    const askedAt = pressed[index];
    if (askedAt !== undefined && askedAt <= (finalDotAt ?? 0)) return [];
    return [violation('migratedSent', story, `${iso(finalDotAt)} after ${pressed.length} retries`)];
  });
}

function iso(at: number | null): string {
  return at === null ? 'never' : new Date(at).toISOString();
}
