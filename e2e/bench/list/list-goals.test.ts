import { expect, it } from 'vitest';
import type { Latency } from './latency.ts';
import { judgeList, type MeasuredList } from './list-goals.ts';

const p95 = (ms: number | null): Latency => ({ p50Ms: 1, p95Ms: ms, maxMs: ms, samples: 20 });
const nothing: MeasuredList = {
  rows: 1_000_000,
  small: null,
  large: {},
  above100k: {},
  page1OfPage100: null,
  sequentialScans: null,
};

it('judges nothing that was not measured', () => {
  expect(Object.values(judgeList(nothing)).every((it) => it === null)).toBe(true);
});

it('holds first pages against 30 ms and against the small outbox', () => {
  const goals = judgeList({
    ...nothing,
    small: { 'first.team': p95(10), 'first.all': p95(16) },
    large: { 'first.team': p95(21), 'first.all': p95(31) },
  });
  expect(goals).toMatchObject({
    'first.team: p95 at most 30 ms': true,
    'first.team: p95 at most twice that of the small outbox': false,
    'first.all: p95 at most 30 ms': false,
    'first.all: p95 at most twice that of the small outbox': true,
  });
});

it('allows more to columns without an index and to views above 100,000', () => {
  const large = { 'sort.subject': p95(31), 'sort.packet': p95(250), 'filter.status': p95(251) };
  const goals = judgeList({ ...nothing, large, above100k: { 'sort.packet': p95(1000) } });
  expect(goals).toMatchObject({
    'sort.subject: p95 at most 30 ms': false,
    'sort.packet: p95 at most 250 ms': true,
    'sort.packet, views above 100,000: p95 at most 1000 ms': true,
    'filter.status: p95 at most 250 ms': false,
  });
});

it('fails at one statement that reads the hot table from end to end', () => {
  expect(
    judgeList({ ...nothing, sequentialScans: ['sort.from'] })['no sequential scan of the hot table'],
  ).toBe(false);
});
