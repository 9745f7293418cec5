import { expect, it } from 'vitest';
import { StartProblem } from '../../stack/start-problem.ts';
import { parts, readSendOptions } from './send-options.ts';

it('measures everything five times with 2,000 emails unless told otherwise', () => {
  const options = readSendOptions(['--json']);
  expect(options).toMatchObject({ emails: 2000, runs: 5, sizes: ['1kB', '50kB'], build: true });
  expect(options !== 'help' && [...options.only]).toEqual([...parts]);
});

it('measures only what is named, in any case', () => {
  const options = readSendOptions(['--only', 'outbox,PGBOSS', '--size', '50kb', '--runs', '1']);
  expect(options !== 'help' && [...options.only]).toEqual(['outbox', 'pgBoss']);
  expect(options).toMatchObject({ runs: 1, sizes: ['50kB'] });
});

it.each([['--only', 'sidekiq'], ['--emails', 'many'], ['--runs', '0'], ['--fast']])(
  'says what it knows when it is asked for %s %s',
  (...words) => {
    expect(() => readSendOptions(words.filter(Boolean))).toThrow(StartProblem);
  },
);
