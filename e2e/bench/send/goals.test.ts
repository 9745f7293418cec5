import { expect, it } from 'vitest';
import { judgeGoals, type Measured } from './goals.ts';

const nothing: Measured = { perSecond: {}, idle: null, growth: null, workers: null, bulkDelay: null };

it('judges nothing that was not measured', () => {
  const perSecond = { '1kB': { outbox: 900, pool: null, pgBoss: null, graphileWorker: null, bullmq: null } };
  expect(Object.values(judgeGoals({ ...nothing, perSecond })).every((it) => it === null)).toBe(true);
});

it('holds the speed against every queue and half of the pool', () => {
  const perSecond = { '1kB': { outbox: 900, pool: 1900, pgBoss: 400, graphileWorker: 901, bullmq: null } };
  expect(judgeGoals({ ...nothing, perSecond })).toMatchObject({
    '1kB: ahead of pgBoss': true,
    '1kB: ahead of graphileWorker': false,
    '1kB: ahead of bullmq': null,
    '1kB: at least half of the pool alone': false,
  });
});

it('holds growth, workers and waiting against their limits', () => {
  const goals = judgeGoals({
    ...nothing,
    idle: { p50Ms: 24.9 },
    growth: { waiting1k: 1000, waiting1M: 800 },
    workers: { 1: 100, 2: 179, 4: 340 },
    bulkDelay: { slowServer: { maxMs: 1999 }, limitedRate: { maxMs: 2000 } },
  });
  expect(Object.values(goals)).toEqual([true, true, false, true, true, false]);
});
