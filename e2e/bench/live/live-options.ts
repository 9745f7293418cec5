import { CommandLine } from '../command-line.ts';

export const liveUsage = `npm run bench -- live [--json]
  --clients N         open streams, each of another user (1000)
  --samples N         changes that everybody sees, one by one (100)
  --storm N           seconds of thousands of changes a second (5)
  --no-build          takes what the last \`npm run build\` made`;

export interface LiveOptions {
  clients: number;
  samples: number;
  stormSeconds: number;
  build: boolean;
}

const most = 5000;

/** Reads the words after `npm run bench -- live`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readLiveOptions(words: string[]): LiveOptions | 'help' {
  const line = new CommandLine(words, liveUsage, { texts: ['clients', 'samples', 'storm'] });
  if (line.has('help')) return 'help';
  return {
    clients: line.number('clients', 1000, { least: 200, most }),
    samples: line.number('samples', 100, { most }),
    stormSeconds: line.number('storm', 5, { most }),
    build: !line.has('no-build'),
  };
}
