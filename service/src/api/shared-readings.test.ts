import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Moment, Reading } from '../db/email-counts.ts';
import { SharedReadings } from './shared-readings.ts';

/** An outbox whose only number changes; snapshots are numbers of changes. */
let changes: number;
let clock: number;
let reads: number;
/** Milliseconds that a reading takes. */
let cost: number;
/** Readings and looks at changes wait for it. */
let gate: Promise<void>;
let readings: SharedReadings;

beforeEach(() => {
  [changes, clock, reads, cost, gate] = [0, 0, 0, 0, Promise.resolve()];
  readings = new SharedReadings(
    async (_, snapshot) => {
      const unchanged = snapshot === String(changes);
      await gate;
      return unchanged ? momentOf(changes) : null;
    },
    () => clock,
  );
});

function momentOf(change: number): Moment {
  return { asOf: new Date(clock), snapshot: String(change) };
}

async function read(): Promise<Reading<number>> {
  reads += 1;
  const seen = changes;
  await gate;
  clock += cost;
  return { value: seen, ...momentOf(seen), countedAt: new Date(clock) };
}
const get = (key = 'key') => readings.get('portal', key, { read });

function closeGate(): () => void {
  let open = (): void => undefined;
  gate = new Promise((resolve) => (open = resolve));
  return open;
}

it('reads once for everybody who asks at the same time', async () => {
  const answers = await Promise.all([get(), get(), get()]);
  expect(answers.map((it) => it.value)).toEqual([0, 0, 0]);
  expect(reads).toBe(1);
});

it('reads each key for itself', async () => {
  await Promise.all([get('one'), get('other')]);
  expect(reads).toBe(2);
});

it('reads nothing while nothing changes, and says that it is true now', async () => {
  await get();
  clock = 30_000;
  expect(await get()).toEqual({ value: 0, asOf: new Date(30_000), newerInMs: null });
  clock = 80_000;
  expect((await get()).value).toBe(0);
  expect(reads).toBe(1);
});

it('answers what somebody does now and then with what is true now', async () => {
  await get();
  for (changes = 1; changes <= 2; changes += 1) {
    expect(await get()).toMatchObject({ value: changes, newerInMs: null });
  }
});

it('reads at most every 800 ms while changes go on, and says when a newer one can be had', async () => {
  let answer = await get();
  const readAt: number[] = [];
  for (clock = 0; clock < 10_000; clock += 10) {
    changes += 1;
    const before = reads;
    answer = await get();
    if (reads > before) readAt.push(clock);
    if (answer.newerInMs === null) expect(answer.value).toBe(changes);
    else expect(answer.newerInMs).toBeGreaterThan(0);
  }
  const later = readAt.filter((at) => at > 1000);
  expect(later.length).toBeGreaterThan(10);
  for (const [index, at] of later.entries()) if (index > 0) expect(at - later[index - 1]!).toBe(800);
  expect(answer.newerInMs).not.toBeNull();
  clock += answer.newerInMs!;
  expect(await get()).toMatchObject({ value: changes, newerInMs: null });
});

it('spends at most a twentieth of its time on a costly reading', async () => {
  cost = 200;
  await get();
  changes = 1;
  expect(await get()).toMatchObject({ value: 0, newerInMs: 4000 });
  clock += 3999;
  expect(await get()).toMatchObject({ value: 0, newerInMs: 1 });
  clock += 1;
  expect(await get()).toMatchObject({ value: 1, newerInMs: null });
});

it('does not take a reading that began before a change for one that knows of it', async () => {
  const open = closeGate();
  const first = get();
  await vi.waitUntil(() => reads === 1);
  changes = 1;
  const second = get();
  open();
  expect((await first).value).toBe(0);
  expect(await second).toMatchObject({ value: 1, newerInMs: null });
});

it('shares a new reading among all who have waited for the old one', async () => {
  const open = closeGate();
  const first = get();
  await vi.waitUntil(() => reads === 1);
  changes = 1;
  const others = [get(), get(), get()];
  open();
  await first;
  expect((await Promise.all(others)).map((it) => it.value)).toEqual([1, 1, 1]);
  expect(reads).toBe(2);
});

it('forgets what nobody has asked for for a minute', async () => {
  await get();
  clock = 60_001;
  await get();
  expect(reads).toBe(2);
});

it('reads again after a reading that failed', async () => {
  await expect(
    readings.get('portal', 'key', { read: () => Promise.reject(new Error('gone')) }),
  ).rejects.toThrow('gone');
  expect((await get()).value).toBe(0);
});

describe('a costly reading', () => {
  let caughtUp: number;
  let possible: boolean;
  const source = {
    read,
    catchUp: async (before: Reading<number>) => {
      caughtUp += 1;
      const seen = changes;
      await gate;
      return possible ? { ...before, value: seen, ...momentOf(seen) } : null;
    },
  };
  const follow = () => readings.get('portal', 'key', source);

  beforeEach(async () => {
    [caughtUp, possible, cost] = [0, true, 200];
    await follow();
  });

  it('is caught up with until it may be read again', async () => {
    const readAt: number[] = [];
    const caughtUpAt: number[] = [];
    for (const end = clock + 20_000; clock < end; clock += 50) {
      changes += 1;
      const [readBefore, caughtUpBefore] = [reads, caughtUp];
      const { value, newerInMs } = await follow();
      if (newerInMs === null) expect(value).toBe(changes);
      if (reads > readBefore) readAt.push(clock);
      if (caughtUp > caughtUpBefore) caughtUpAt.push(clock);
    }
    for (const [index, at] of readAt.entries())
      if (index > 0) expect(at - readAt[index - 1]!).toBeGreaterThanOrEqual(4000);
    expect(readAt.length).toBeGreaterThan(3);
    const all = [...readAt, ...caughtUpAt].toSorted((a, b) => a - b);
    for (const [index, at] of all.entries())
      if (index > 0) expect(at - all[index - 1]!).toBeLessThanOrEqual(1050);
  });

  it('that cannot be caught up with is not tried again and again', async () => {
    possible = false;
    changes += 1;
    expect(await follow()).toMatchObject({ value: 0, newerInMs: 4000 });
    clock += 2000;
    expect(await follow()).toMatchObject({ value: 0, newerInMs: 2000 });
    expect(caughtUp).toBe(1);
    clock += 2000;
    expect(await follow()).toMatchObject({ value: 1, newerInMs: null });
  });

  it('is caught up with once for all who wait, also when it fails', async () => {
    for (possible of [true, false]) {
      clock += 1000;
      changes += 1;
      const before = caughtUp;
      const open = closeGate();
      const answers = [follow(), follow()];
      open();
      const stale = (await Promise.all(answers)).filter((it) => it.newerInMs !== null);
      expect(stale).toHaveLength(possible ? 0 : 2);
      expect(caughtUp).toBe(before + 1);
    }
  });
});

it('does not take what was true before a change for true after it, when two look at the same time', async () => {
  await get();
  const answers: (() => void)[] = [];
  readings = new SharedReadings(
    (_, snapshot) => {
      const unchanged = snapshot === String(changes);
      return new Promise((resolve) =>
        answers.push(() => resolve(unchanged ? momentOf(Number(snapshot)) : null)),
      );
    },
    () => clock,
  );
  await get();
  const before = get();
  await vi.waitUntil(() => answers.length === 1);
  changes = 1;
  const after = get();
  await vi.waitUntil(() => answers.length === 2);
  for (const answer of answers) answer();
  expect((await before).value).toBe(0);
  expect((await after).value).toBe(1);
});
