import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

it('lets so many through at once, then so many a second', () => {
  const pace = new Pace(10, 5, 0);
  expect(pace.take(10, 0)).toBe(true);
  expect(pace.take(1, 100)).toBe(false);
  expect(pace.msUntil(1, 100)).toBeCloseTo(100);
  expect(pace.take(1, 200)).toBe(true);
  expect(pace.take(1, 200)).toBe(false);
  expect(pace.msUntil(5, 200)).toBeCloseTo(1000);
});

it('saves up no more than it lets through at once', () => {
  const pace = new Pace(10, 5, 0);
  expect(pace.take(11, 3600_000)).toBe(false);
  expect(pace.take(10, 3600_000)).toBe(true);
});
