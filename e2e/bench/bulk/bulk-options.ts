import { CommandLine } from '../command-line.ts';

export const bulkUsage = `npm run bench -- bulk [--json]
  --rows N            emails acted on by each bulk operation, about (100000)
  --runs N            bulk retries; the median is printed (5)
  --no-build          takes what the last \`npm run build\` made`;

export interface BulkOptions {
  rows: number;
  runs: number;
  build: boolean;
}

const most = 2_000_000;

/** Reads the words after `npm run bench -- bulk`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readBulkOptions(words: string[]): BulkOptions | 'help' {
  const line = new CommandLine(words, bulkUsage, { texts: ['rows', 'runs'] });
  if (line.has('help')) return 'help';
  return {
    rows: line.number('rows', 100_000, { most }),
    runs: line.number('runs', 5, { most }),
    build: !line.has('no-build'),
  };
}
