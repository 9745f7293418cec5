import { readAddress } from './email-plan.ts';
import type { EmailStory } from './email-story.ts';
import { attemptOf, storedOf, violation, type Evidence, type Violation } from './evidence.ts';
import type { StoredAttempt, StoredEmail } from './stored-emails.ts';

/**
 * uncertainButUnreported: a claimed attempt without an end, or one whose message the server has taken and that says
 * neither "accepted" nor "uncertain". With some recipients refused before, the others delivered is as good as "accepted".
 */
export function judgeUnreported(story: EmailStory, evidence: Evidence): Violation[] {
  const stored = storedOf(story, evidence);
  if (stored === undefined || stored.state === 'claimed') return [];
  const open = stored.attempts.filter(({ claimedAt, endedAt }) => claimedAt !== null && endedAt === null);
  const silent = evidence.record.takenOf(story.plan.number).filter((transaction) => {
    const result = attemptOf(transaction, stored.attempts)?.result;
    if (result === 'accepted' || result === 'uncertain') return false;
    if (transaction.refusals.length === 0 || transaction.hungUp) return true;
    const delivered = stored.recipients.filter(({ state }) => state === 'delivered');
    return !transaction.recipients.every((address) => delivered.some((it) => it.address === address));
  });
  return [
    ...open.map(({ attemptNo }) =>
      violation('uncertainButUnreported', story, `attempt ${attemptNo} was claimed and never ended`),
    ),
    ...silent.map(({ finalDotAt }) =>
      violation(
        'uncertainButUnreported',
        story,
        `taken at ${new Date(finalDotAt ?? 0).toISOString()}, and its attempt does not say so`,
      ),
    ),
  ];
}

/**
 * falseUncertain: an attempt says "may have been sent" though nothing was claimed, or though the server never read its final
 * dot while its worker was not killed before it could tell. One that was only frozen or cut off for a while tells later.
 */
export function judgeFalseDoubt(story: EmailStory, evidence: Evidence): Violation[] {
  const stored = storedOf(story, evidence);
  if (stored === undefined) return [];
  const read = evidence.record.of(story.plan.number).filter(({ finalDotAt }) => finalDotAt !== null);
  const doubtful = stored.attempts.filter(({ result }) => result === 'uncertain');
  const found = doubtful.flatMap((attempt) => {
    if (attempt.claimedAt === null) return [`attempt ${attempt.attemptNo} was never claimed`];
    if (read.some((transaction) => attemptOf(transaction, stored.attempts) === attempt)) return [];
    if (wasKilled(attempt, evidence)) return [];
    return [`attempt ${attempt.attemptNo}: no final dot, and its worker lived`];
  });
  if (stored.mayHaveBeenSent && doubtful.length === 0) found.push('no attempt is uncertain');
  return found.map((what) => violation('falseUncertain', story, what));
}

function wasKilled({ workerId, claimedAt, endedAt }: StoredAttempt, { log }: Evidence): boolean {
  return workerId !== null && log.wasKilled(workerId, claimedAt ?? 0, endedAt ?? Infinity);
}

/**
 * falseFailed: Failed though the server refused nothing of it for good and the series is not spent. Imported emails are
 * Failed by nature; one that was restored after its time, or left when its connector was enabled, is Failed and says so.
 */
export function judgeFailed(story: EmailStory, evidence: Evidence): Violation[] {
  const stored = storedOf(story, evidence);
  if (stored?.state !== 'failed' || stored.mayHaveBeenSent || story.plan.imported) return [];
  if (stored.cause === 'time_passed' && story.cancels.some(({ restored }) => restored)) return [];
  if (stored.cause === 'left_on_enable' && evidence.leftOn.has(stored.connectorId)) return [];
  if (isRefused(story, evidence) || isSpent(stored, story, evidence)) return [];
  return [
    violation('falseFailed', story, `${stored.cause ?? 'no cause'}, ${stored.seriesPosition} delays used`),
  ];
}

function isRefused(story: EmailStory, { record }: Evidence): boolean {
  return record
    .of(story.plan.number)
    .some(
      ({ refusals, reply }) =>
        refusals.some((it) => it.reply.startsWith('5') && readAddress(it.address) !== null) ||
        reply?.startsWith('5') === true,
    );
}

/** By the attempts and by the mail server's record: one failure more than there are delays. */
function isSpent({ attempts }: StoredEmail, story: EmailStory, { record, retries }: Evidence): boolean {
  const deferred = attempts.filter(({ result }) => result === 'deferred').length;
  const failures = record
    .of(story.plan.number)
    .filter(
      ({ refusals, reply, finalDotAt }) =>
        finalDotAt === null ||
        reply?.startsWith('4') === true ||
        refusals.some((it) => it.reply.startsWith('4')),
    ).length;
  return deferred > retries && failures > retries;
}
