import { describe, expect, it } from 'vitest';
import {
  creditOf,
  effectiveRate,
  planRelease,
  throttleAfter,
  windowOf,
  type SendLimits,
} from './send-rate.ts';

const unlimited: SendLimits = {
  probing: false,
  messagesPerMinute: null,
  concurrentSends: null,
  maxConnections: 1,
  credit: 0,
  creditAge: 3600,
  throttlePerMinute: null,
  throttleAge: 0,
};
const limits = (changes: Partial<SendLimits>): SendLimits => ({ ...unlimited, ...changes });

describe('the window', () => {
  it.each<[string, Partial<SendLimits>, number, number]>([
    ['is at least 32', {}, 3, 32],
    ['is twice the connections that the workers may open', {}, 40, 80],
    ['holds at most 30 s of the rate', { messagesPerMinute: 30 }, 40, 15],
    ['holds at least one email, however low the rate', { messagesPerMinute: 1 }, 40, 1],
    ['holds at most 30 s of what a throttle leaves', { throttlePerMinute: 20 }, 40, 10],
    ['keeps to the concurrent sends', { concurrentSends: 3 }, 40, 3],
    ['is one while probing', { probing: true, concurrentSends: 3 }, 40, 1],
  ])('%s', (_, changes, workers, expected) => {
    expect(windowOf(limits(changes), workers)).toBe(expected);
  });
});

describe('a release', () => {
  it('fills the window where there is no rate', () => {
    expect(planRelease(unlimited, 0, 30)).toEqual({ slots: 2, credit: null, waitMs: null });
    expect(planRelease(unlimited, 0, 32).slots).toBe(0);
    expect(planRelease(unlimited, 0, 50).slots).toBe(0);
  });

  it('lets go one second’s worth at most, and says when the next may go', () => {
    const release = planRelease(limits({ messagesPerMinute: 600 }), 0, 0);
    expect(release).toEqual({ slots: 10, credit: 10, waitMs: 100 });
  });

  it('lets a rate below one a second save up one message', () => {
    expect(planRelease(limits({ messagesPerMinute: 6 }), 0, 0)).toEqual({
      slots: 1,
      credit: 1,
      waitMs: 10_000,
    });
    expect(planRelease(limits({ messagesPerMinute: 6, creditAge: 4 }), 0, 0)).toMatchObject({
      slots: 0,
      waitMs: 6000,
    });
  });

  it('waits for settling, not for the rate, where the window is full', () => {
    expect(planRelease(limits({ messagesPerMinute: 600, concurrentSends: 4 }), 0, 0)).toMatchObject({
      slots: 4,
      waitMs: null,
    });
  });

  it('takes no credit from a clock that went back', () => {
    expect(creditOf(60, 0.4, -1000)).toBe(0.4);
  });

  it.each([1, 7, 60, 100, 333, 600, 6000])(
    'publishes at %i a minute: never more in any minute than the rate and its burst, and no less than asked for',
    (messagesPerMinute) => {
      const sentAt: number[] = [];
      let [credit, at, now] = [0, 0, 0];
      const minutes = 5;
      while (now <= minutes * 60_000) {
        const release = planRelease(
          limits({ messagesPerMinute, credit, creditAge: (now - at) / 1000 }),
          10_000,
          0,
        );
        for (let sent = 0; sent < release.slots; sent += 1) sentAt.push(now);
        [credit, at] = [(release.credit ?? 0) - release.slots, now];
        now += release.waitMs ?? 1;
      }
      const burst = Math.max(1, messagesPerMinute / 60);
      let first = 0;
      for (const [index, time] of sentAt.entries()) {
        while (sentAt[first]! <= time - 60_000) first += 1;
        expect(index - first + 1).toBeLessThanOrEqual(messagesPerMinute + burst);
      }
      expect(sentAt.length).toBeGreaterThanOrEqual(messagesPerMinute * minutes * 0.99 - 1);
    },
  );
});

describe('a mail server that asks to slow down', () => {
  it.each<[string, Partial<SendLimits>, number | null]>([
    ['halves the configured rate', { messagesPerMinute: 120 }, 60],
    ['starts from 600 a minute where none is configured', {}, 300],
    ['halves what the last time left', { throttlePerMinute: 80, throttleAge: 30 }, 40],
    ['counts once in 30 s', { throttlePerMinute: 80, throttleAge: 29 }, null],
    ['halves what has recovered since', { throttlePerMinute: 80, throttleAge: 130 }, 160],
    ['leaves one a minute', { messagesPerMinute: 1 }, 1],
    ['starts anew when the last time is over', { throttlePerMinute: 80, throttleAge: 86_400 }, 300],
  ])('%s', (_, changes, expected) => {
    expect(throttleAfter(limits(changes))).toBe(expected);
  });

  it('is obeyed until the rate has recovered, doubling each minute', () => {
    const rateAt = (minutes: number, messagesPerMinute: number | null) =>
      effectiveRate({ messagesPerMinute, throttlePerMinute: 300, throttleAge: minutes * 60 });
    expect([0, 0.9, 1, 2].map((minutes) => rateAt(minutes, 1000))).toEqual([300, 300, 600, 1000]);
    expect([0, 1, 2, 3, 4, 5].map((minutes) => rateAt(minutes, null))).toEqual([
      300,
      600,
      1200,
      2400,
      4800,
      null,
    ]);
  });

  it('never raises the configured rate', () => {
    expect(effectiveRate({ messagesPerMinute: 10, throttlePerMinute: 300, throttleAge: 0 })).toBe(10);
  });
});
