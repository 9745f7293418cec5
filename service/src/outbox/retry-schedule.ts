import type { RetryPreview } from '@portal-outbox/contracts';

/** ±20 %: emails that failed together do not come back together. */
const jitter = 0.2;

/**
 * The delay before the next automatic attempt, or `null` when the series is spent (M10).
 *
 * @param position how many delays of the pattern are used up
 * @param random 0 ≤ random < 1, drawn when planned, so that the time shown is the time kept
 * @returns seconds
 */
export function nextRetryDelay(
  delaysSeconds: readonly number[],
  position: number,
  random: number,
): number | null {
  const delay = delaysSeconds[position];
  return delay === undefined ? null : delay * (1 - jitter + 2 * jitter * random);
}

/** When a pattern retries, before it is saved (M20). The time that the attempts themselves take is not in it. */
export function previewRetries(delaysSeconds: readonly number[]): RetryPreview['items'] {
  let sinceFirstSeconds = 0;
  return delaysSeconds.map((afterSeconds) => {
    sinceFirstSeconds += afterSeconds;
    return {
      afterSeconds,
      earliestSeconds: Math.round(afterSeconds * (1 - jitter)),
      latestSeconds: Math.round(afterSeconds * (1 + jitter)),
      sinceFirstSeconds,
      sinceFirstEarliestSeconds: Math.round(sinceFirstSeconds * (1 - jitter)),
      sinceFirstLatestSeconds: Math.round(sinceFirstSeconds * (1 + jitter)),
    };
  });
}

/** How long an email waits when the mail server asks to slow down: about a minute, in seconds. */
export function throttlePause(random: number): number {
  return 60 * (1 - jitter + 2 * jitter * random);
}

/** The pause of a connector in trouble: doubles from the first probe up to 15 minutes, jittered. In seconds. */
export function nextProbeDelay(firstSeconds: number, troubles: number, random: number): number {
  return Math.min(900, firstSeconds * 2 ** Math.min(troubles, 20) * (1 + jitter * random));
}
