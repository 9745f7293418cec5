import { parseArgs } from 'node:util';
import { StartProblem } from '../../stack/start-problem.ts';

export const listUsage = `npm run bench -- list [--json]
  --rows N            emails in the large outbox (1000000)
  --small-rows N      emails in the small one, of the same organisation; 0: none (10000)
  --samples N         timed requests of each case (60); of first pages five times as many
  --only A,B          cases whose names begin so, such as first,sort.subject
  --no-textbook       leaves out the textbook way
  --no-plans          does not look at query plans
  --write-plans       writes the query plans into e2e/bench/list/plans
  --no-build          takes what the last \`npm run build\` made`;

export interface ListOptions {
  rows: number;
  smallRows: number;
  samples: number;
  /** Beginnings of names of cases; empty: all. */
  only: readonly string[];
  textbook: boolean;
  plans: boolean;
  writePlans: boolean;
  build: boolean;
}

/** Reads the words after `npm run bench -- list`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readListOptions(words: string[]): ListOptions | 'help' {
  const values = parse(words);
  if (values.help === true) return 'help';
  return {
    rows: readNumber('rows', values.rows, 1_000_000, 1),
    smallRows: readNumber('small-rows', values['small-rows'], 10_000, 0),
    samples: readNumber('samples', values.samples, 60, 1),
    only: values.only === undefined ? [] : values.only.split(',').map((it) => it.trim()),
    textbook: values['no-textbook'] !== true,
    plans: values['no-plans'] !== true,
    writePlans: values['write-plans'] === true,
    build: values['no-build'] !== true,
  };
}

export function isWanted({ only }: Pick<ListOptions, 'only'>, name: string): boolean {
  return only.length === 0 || only.some((beginning) => name.startsWith(beginning));
}

function parse(words: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: words,
      options: {
        json: flag,
        help: { ...flag, short: 'h' },
        rows: text,
        'small-rows': text,
        samples: text,
        only: text,
        'no-textbook': flag,
        'no-plans': flag,
        'write-plans': flag,
        'no-build': flag,
      },
    }).values;
  } catch (error) {
    throw new StartProblem(`${(error as Error).message}\n\n${listUsage}`);
  }
}

function readNumber(name: string, word: string | undefined, fallback: number, least: number): number {
  if (word === undefined) return fallback;
  const number = Number(word);
  if (Number.isInteger(number) && number >= least && number <= 10_000_000) return number;
  throw new StartProblem(`--${name} takes a number from ${least} to 10000000, not ${word}.\n\n${listUsage}`);
}
