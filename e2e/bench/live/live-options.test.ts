import { expect, it } from 'vitest';
import { StartProblem } from '../../stack/start-problem.ts';
import { readLiveOptions } from './live-options.ts';

it('measures a thousand streams unless told otherwise', () => {
  expect(readLiveOptions(['--json'])).toEqual({ clients: 1000, samples: 100, stormSeconds: 5, build: true });
  expect(readLiveOptions(['--clients', '200', '--samples', '3', '--storm', '1', '--no-build'])).toEqual({
    ...{ clients: 200, samples: 3, stormSeconds: 1, build: false },
  });
});

it.each([
  ['--clients', '10'],
  ['--clients', 'many'],
  ['--samples', '0'],
  ['--streams', '5'],
])('says what is wrong with %s %s', (...words) => {
  expect(() => readLiveOptions(words)).toThrow(StartProblem);
});

it('explains itself', () => {
  expect(readLiveOptions(['-h'])).toBe('help');
});
