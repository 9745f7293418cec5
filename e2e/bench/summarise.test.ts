import { expect, it } from 'vitest';
import { median, percentile, rounded } from './summarise.ts';

it('takes the middle of an odd number of values, and the mean of the two middle ones of an even number', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 2])).toBe(2.5);
});

it('interpolates percentiles and finds the last value at 100', () => {
  const values = Array.from({ length: 101 }, (_, index) => index);
  expect(percentile(values, 99)).toBe(99);
  expect(percentile([10, 20], 75)).toBe(17.5);
  expect(percentile([3, 7], 100)).toBe(7);
});

it('says null of nothing instead of guessing', () => {
  expect(median([])).toBeNull();
  expect(rounded(null)).toBeNull();
});
