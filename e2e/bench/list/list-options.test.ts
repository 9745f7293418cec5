import { expect, it } from 'vitest';
import { isWanted, readListOptions } from './list-options.ts';

it('measures a million emails and everything by default', () => {
  const options = readListOptions(['--json']);
  expect(options).toMatchObject({
    rows: 1_000_000,
    smallRows: 10_000,
    textbook: true,
    plans: true,
    only: [],
  });
  expect(isWanted({ only: [] }, 'sort.subject')).toBe(true);
});

it('takes cases by the beginnings of their names', () => {
  const options = readListOptions(['--only', 'first, sort.subject']);
  if (options === 'help') throw new Error('It gave help.');
  expect(
    ['first.mine', 'sort.subject', 'sort.to', 'search'].filter((name) => isWanted(options, name)),
  ).toEqual(['first.mine', 'sort.subject']);
});

it('says what it does not understand, with its usage', () => {
  expect(() => readListOptions(['--rows', 'many'])).toThrow(/--rows takes a number.*\n\nnpm run bench/);
  expect(() => readListOptions(['--lines'])).toThrow(/--lines/);
});
