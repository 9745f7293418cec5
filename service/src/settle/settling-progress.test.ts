import { expect, it } from 'vitest';
import { SettlingProgress } from './settling-progress.ts';

const toleranceMs = 100;
const quiet = { settled: 7, last: 7 };

it('has been caught up since the first look that found everything settled', () => {
  const progress = new SettlingProgress(toleranceMs);
  expect([0, 50, 100].map((at) => progress.look(quiet, at))).toEqual([0, 50, 100]);
});

it('stays caught up while outcomes come and go, though some always wait', () => {
  const progress = new SettlingProgress(toleranceMs);
  const caughtUpFor = Array.from({ length: 20 }, (_, look) =>
    progress.look({ settled: look * 10, last: look * 10 + 10 }, look * 50),
  );
  expect(caughtUpFor.at(-1)).toBe(950);
});

it('is not caught up while one outcome waits, however many others are settled around it', () => {
  const progress = new SettlingProgress(toleranceMs);
  const caughtUpFor = Array.from({ length: 10 }, (_, look) =>
    progress.look({ settled: 6, last: 7 + look }, look * 50),
  );
  expect(caughtUpFor.slice(-7)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(progress.look({ settled: 20, last: 20 }, 500)).toBe(0);
  expect(progress.look({ settled: 20, last: 20 }, 580)).toBe(80);
});

it('begins anew after a look that failed', () => {
  const progress = new SettlingProgress(toleranceMs);
  progress.look(quiet, 0);
  progress.look(quiet, 50);
  expect(progress.look(null, 60)).toBe(0);
  expect(progress.look(quiet, 100)).toBe(0);
  expect(progress.look(quiet, 150)).toBe(50);
});

it('begins anew after a look that came late: this process, the database or the bus stood still', () => {
  const progress = new SettlingProgress(toleranceMs);
  progress.look(quiet, 0);
  expect(progress.look(quiet, 5000)).toBe(0);
  expect(progress.look(quiet, 5050)).toBe(50);
});

it('begins anew with a stream that was lost', () => {
  const progress = new SettlingProgress(toleranceMs);
  progress.look(quiet, 0);
  progress.look(quiet, 50);
  expect(progress.look({ settled: 0, last: 0 }, 100)).toBe(0);
  expect(progress.look({ settled: 0, last: 0 }, 150)).toBe(50);
});
