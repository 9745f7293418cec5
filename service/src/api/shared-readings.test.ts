import { beforeEach, expect, it, vi } from 'vitest';
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
  return { value: seen, ...momentOf(seen) };
}
const get = (key = 'key') => readings.get('portal', key, read);

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
  await expect(readings.get('portal', 'key', () => Promise.reject(new Error('gone')))).rejects.toThrow(
    'gone',
  );
  expect((await get()).value).toBe(0);
});
