import { defaultRetryDelaysSeconds } from '@portal-outbox/contracts';
import { expect, it } from 'vitest';
import { nextProbeDelay, nextRetryDelay, previewRetries } from './retry-schedule.ts';

const almostOne = 1 - Number.EPSILON;

it('plans each retry within 20 % of its delay in the pattern', () => {
  for (const [position, delay] of defaultRetryDelaysSeconds.entries()) {
    expect(nextRetryDelay(defaultRetryDelaysSeconds, position, 0)).toBeCloseTo(delay * 0.8);
    expect(nextRetryDelay(defaultRetryDelaysSeconds, position, 0.5)).toBeCloseTo(delay);
    expect(nextRetryDelay(defaultRetryDelaysSeconds, position, almostOne)).toBeCloseTo(delay * 1.2);
  }
});

it('ends with the last delay of the pattern; an empty pattern never retries', () => {
  expect(nextRetryDelay([60, 300], 1, 0.5)).toBe(300);
  expect(nextRetryDelay([60, 300], 2, 0.5)).toBeNull();
  expect(nextRetryDelay([], 0, 0.5)).toBeNull();
});

it('ends an email whose place lies beyond a pattern that was shortened since', () => {
  expect(nextRetryDelay([60], 7, 0)).toBeNull();
});

it('probes a connector after a pause that doubles up to 15 minutes', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 1000].map((troubles) => nextProbeDelay(30, troubles, 0));
  expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
});

it('draws a probe’s pause at most 20 % longer, never shorter, never above 15 minutes', () => {
  expect(nextProbeDelay(30, 0, almostOne)).toBeCloseTo(36);
  expect(nextProbeDelay(30, 60, almostOne)).toBe(900);
});

it('previews a pattern with the bounds that the jitter keeps, each and added up', () => {
  expect(previewRetries([60, 300])).toEqual([
    {
      ...{ afterSeconds: 60, earliestSeconds: 48, latestSeconds: 72 },
      ...{ sinceFirstSeconds: 60, sinceFirstEarliestSeconds: 48, sinceFirstLatestSeconds: 72 },
    },
    {
      ...{ afterSeconds: 300, earliestSeconds: 240, latestSeconds: 360 },
      ...{ sinceFirstSeconds: 360, sinceFirstEarliestSeconds: 288, sinceFirstLatestSeconds: 432 },
    },
  ]);
  expect(previewRetries([])).toEqual([]);
  expect(previewRetries(defaultRetryDelaysSeconds).at(-1)?.sinceFirstSeconds).toBe(1431 * 60);
});

it('plans nothing outside its preview', () => {
  const preview = previewRetries(defaultRetryDelaysSeconds);
  for (const [position, { earliestSeconds, latestSeconds }] of preview.entries()) {
    for (const random of [0, 0.3, almostOne]) {
      const planned = nextRetryDelay(defaultRetryDelaysSeconds, position, random)!;
      expect(planned).toBeGreaterThanOrEqual(earliestSeconds - 0.001);
      expect(planned).toBeLessThanOrEqual(latestSeconds + 0.001);
    }
  }
});
