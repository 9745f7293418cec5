import { parseArgs } from 'node:util';
import { StartProblem } from '../../stack/start-problem.ts';

export const bulkUsage = `npm run bench -- bulk [--json]
  --rows N            emails acted on by each bulk operation, about (100000)
  --runs N            bulk retries; the median is printed (5)
  --no-build          takes what the last \`npm run build\` made`;

export interface BulkOptions {
  rows: number;
  runs: number;
  build: boolean;
}

/** Reads the words after `npm run bench -- bulk`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readBulkOptions(words: string[]): BulkOptions | 'help' {
  const values = parse(words);
  if (values.help === true) return 'help';
  return {
    rows: readNumber('rows', values.rows, 100_000),
    runs: readNumber('runs', values.runs, 5),
    build: values['no-build'] !== true,
  };
}

function parse(words: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: words,
      options: { json: flag, help: { ...flag, short: 'h' }, rows: text, runs: text, 'no-build': flag },
    }).values;
  } catch (error) {
    throw new StartProblem(`${(error as Error).message}\n\n${bulkUsage}`);
  }
}

function readNumber(name: string, word: string | undefined, fallback: number): number {
  if (word === undefined) return fallback;
  const number = Number(word);
  if (Number.isInteger(number) && number >= 1 && number <= 2_000_000) return number;
  throw new StartProblem(`--${name} takes a number from 1 to 2000000, not ${word}.\n\n${bulkUsage}`);
}
