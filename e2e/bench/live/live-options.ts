import { parseArgs } from 'node:util';
import { StartProblem } from '../../stack/start-problem.ts';

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

/** Reads the words after `npm run bench -- live`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readLiveOptions(words: string[]): LiveOptions | 'help' {
  const values = parse(words);
  if (values.help === true) return 'help';
  return {
    clients: readNumber('clients', values.clients, 1000, 200),
    samples: readNumber('samples', values.samples, 100, 1),
    stormSeconds: readNumber('storm', values.storm, 5, 1),
    build: values['no-build'] !== true,
  };
}

function parse(words: string[]) {
  const flag = { type: 'boolean' } as const;
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: words,
      options: {
        json: flag,
        help: { ...flag, short: 'h' },
        clients: text,
        samples: text,
        storm: text,
        'no-build': flag,
      },
    }).values;
  } catch (error) {
    throw new StartProblem(`${(error as Error).message}\n\n${liveUsage}`);
  }
}

function readNumber(name: string, word: string | undefined, fallback: number, least: number): number {
  if (word === undefined) return fallback;
  const number = Number(word);
  if (Number.isInteger(number) && number >= least && number <= 5000) return number;
  throw new StartProblem(`--${name} takes a number from ${least} to 5000, not ${word}.\n\n${liveUsage}`);
}
