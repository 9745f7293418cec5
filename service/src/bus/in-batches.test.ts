import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inBatches } from './in-batches.ts';

/** Batches that are under way, each to be ended by hand. */
let underWay: { items: readonly string[]; end: (results: string[]) => void; fail: (why: Error) => void }[];
let carry: (item: string) => Promise<string>;

beforeEach(() => {
  vi.useFakeTimers();
  underWay = [];
  carry = inBatches<string, string>(
    3,
    (items) => new Promise((end, fail) => void underWay.push({ items, end, fail })),
  );
});
afterEach(() => void vi.useRealTimers());

const turn = () => vi.advanceTimersByTimeAsync(0);
const carried = () => underWay.map(({ items }) => items.join(' '));

it('carries what comes in one turn together, and what comes meanwhile next', async () => {
  const first = Promise.all([carry('a'), carry('b')]);
  await turn();
  const second = carry('c');
  await turn();
  expect(carried()).toEqual(['a b']);
  underWay[0]!.end(['A', 'B']);
  expect(await first).toEqual(['A', 'B']);
  await turn();
  expect(carried()).toEqual(['a b', 'c']);
  underWay[1]!.end(['C']);
  expect(await second).toBe('C');
});

it('carries no more than it may at once', async () => {
  for (const item of 'abcde') void carry(item);
  await turn();
  expect(carried()).toEqual(['a b c']);
  underWay[0]!.end(['A', 'B', 'C']);
  await turn();
  expect(carried()).toEqual(['a b c', 'd e']);
});

it('waits for no batch that stands still, and is not confused by its late end', async () => {
  const slow = carry('a');
  await turn();
  void carry('b');
  await vi.advanceTimersByTimeAsync(25);
  expect(carried()).toEqual(['a', 'b']);
  void carry('c');
  underWay[0]!.end(['A']);
  expect(await slow).toBe('A');
  await turn();
  expect(carried()).toEqual(['a', 'b']);
  underWay[1]!.end(['B']);
  await turn();
  expect(carried()).toEqual(['a', 'b', 'c']);
});

it('breaks what was carried together, and goes on', async () => {
  const broken = expect(carry('a')).rejects.toThrow('no bus');
  await turn();
  underWay[0]!.fail(new Error('no bus'));
  await broken;
  const next = carry('b');
  await turn();
  underWay[1]!.end(['B']);
  expect(await next).toBe('B');
});
