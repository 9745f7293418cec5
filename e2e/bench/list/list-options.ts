import { CommandLine } from '../command-line.ts';

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

const most = 10_000_000;

/** Reads the words after `npm run bench -- list`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readListOptions(words: string[]): ListOptions | 'help' {
  const line = new CommandLine(words, listUsage, {
    texts: ['rows', 'small-rows', 'samples', 'only'],
    flags: ['no-textbook', 'no-plans', 'write-plans'],
  });
  if (line.has('help')) return 'help';
  return {
    rows: line.number('rows', 1_000_000, { most }),
    smallRows: line.number('small-rows', 10_000, { least: 0, most }),
    samples: line.number('samples', 60, { most }),
    only:
      line
        .text('only')
        ?.split(',')
        .map((it) => it.trim()) ?? [],
    textbook: !line.has('no-textbook'),
    plans: !line.has('no-plans'),
    writePlans: line.has('write-plans'),
    build: !line.has('no-build'),
  };
}

export function isWanted({ only }: Pick<ListOptions, 'only'>, name: string): boolean {
  return only.length === 0 || only.some((beginning) => name.startsWith(beginning));
}
