import { importances } from '@portal-outbox/contracts';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/seeded-random.ts';
import { laneOf, lanes, shareSlots, totalOf, type Lane, type LaneCounts } from './lanes.ts';

type Six = [number, number, number, number, number, number];
const counts = (...[a, b, c, d, e, f]: Six): LaneCounts => ({ 0: a, 1: b, 2: c, 3: d, 4: e, 5: f });

it('gives each importance a lane for fresh mail and one for retries, the most important first', () => {
  const all = importances.flatMap((importance) => [laneOf(importance, 'fresh'), laneOf(importance, 'again')]);
  expect(all).toEqual([...lanes]);
});

it.each<[string, number, LaneCounts, LaneCounts]>([
  ['nothing is due', 32, counts(0, 0, 0, 0, 0, 0), counts(0, 0, 0, 0, 0, 0)],
  ['all that is due fits', 32, counts(3, 1, 4, 1, 5, 9), counts(3, 1, 4, 1, 5, 9)],
  ['every lane is full: by weight 4, 2, 1', 28, counts(99, 99, 99, 99, 99, 99), counts(8, 8, 4, 4, 2, 2)],
  ['one lane alone: it takes every slot', 32, counts(0, 0, 0, 99, 0, 0), counts(0, 0, 0, 32, 0, 0)],
  ['unused slots pass on', 14, counts(1, 0, 99, 0, 99, 0), counts(1, 0, 9, 0, 4, 0)],
  ['fewer slots than one turn', 3, counts(99, 99, 99, 99, 99, 99), counts(3, 0, 0, 0, 0, 0)],
  ['no slot', 0, counts(9, 9, 9, 9, 9, 9), counts(0, 0, 0, 0, 0, 0)],
])('shares slots when %s', (_, slots, due, share) => {
  expect(shareSlots(slots, due)).toEqual(share);
});

describe('whatever is due', () => {
  const random = seededRandom(20_261_112);
  const cases = Array.from({ length: 2000 }, () => ({
    slots: random.below(70),
    due: counts(
      ...([0, 0, 0, 0, 0, 0].map(() => (random.next() < 0.3 ? 0 : random.below(50))) as Parameters<
        typeof counts
      >),
    ),
  }));

  it('never gives more than there are slots, nor a lane more than is due', () => {
    for (const { slots, due } of cases) {
      const share = shareSlots(slots, due);
      expect(totalOf(share)).toBeLessThanOrEqual(slots);
      for (const lane of lanes) {
        expect(share[lane]).toBeGreaterThanOrEqual(0);
        expect(share[lane]).toBeLessThanOrEqual(due[lane]);
      }
    }
  });

  it('leaves no slot empty while something is due', () => {
    for (const { slots, due } of cases) {
      expect(totalOf(shareSlots(slots, due))).toBe(Math.min(slots, totalOf(due)));
    }
  });

  it('starves no lane: each with due mail gets its share of a window', () => {
    for (const { due } of cases) {
      const share = shareSlots(32, due);
      for (const lane of lanes) {
        const fairShare = Math.floor(32 / 14) * [4, 4, 2, 2, 1, 1][lane]!;
        expect(share[lane]).toBeGreaterThanOrEqual(Math.min(due[lane], fairShare));
      }
    }
  });

  it('gives fresh mail and retries of one importance the same when both are plenty', () => {
    for (const { slots, due } of cases) {
      const plenty = { ...due, 2: 99, 3: 99 };
      const share = shareSlots(slots, plenty);
      expect(Math.abs(share[2] - share[3])).toBeLessThanOrEqual(2);
    }
  });
});

it('serves every lane by weight when a full window is refilled slot by slot', () => {
  const due = counts(99, 99, 99, 99, 99, 99);
  const inFlight = counts(32, 0, 0, 0, 0, 0);
  const served = counts(0, 0, 0, 0, 0, 0);
  const queue: Lane[] = Array.from({ length: 32 }, () => 0);
  for (let settled = 0; settled < 1400; settled += 1) {
    inFlight[queue.shift()!] -= 1;
    const share = shareSlots(1, due, inFlight);
    const lane = lanes.find((it) => share[it] === 1)!;
    inFlight[lane] += 1;
    served[lane] += 1;
    queue.push(lane);
  }
  for (const lane of lanes) {
    const fairShare = 100 * [4, 4, 2, 2, 1, 1][lane]!;
    expect(served[lane]).toBeGreaterThan(fairShare * 0.8);
    expect(served[lane]).toBeLessThan(fairShare * 1.4);
  }
});

it('serves every lane by weight when slots come one at a time and nothing is in flight', () => {
  const due = counts(99, 99, 99, 99, 99, 99);
  const served = counts(0, 0, 0, 0, 0, 0);
  for (let slot = 0; slot < 1400; slot += 1) {
    const share = shareSlots(1, due, undefined, slot);
    served[lanes.find((it) => share[it] === 1)!] += 1;
  }
  expect(served).toEqual(counts(400, 400, 200, 200, 100, 100));
});

it('lets no lane wait for longer than a round of turns, whatever is due in the others', () => {
  const random = seededRandom(20_261_123);
  for (const lane of lanes) {
    let waited = 0;
    for (let turn = 0; turn < 1000; turn += 1) {
      const due = counts(...(lanes.map((it) => (it === lane ? 1 : random.below(3))) as Six));
      waited = shareSlots(1, due, undefined, turn)[lane] === 1 ? 0 : waited + 1;
      expect(waited).toBeLessThan(14);
    }
  }
});
