import { parseArgs } from 'node:util';
import { StartProblem } from '../../stack/start-problem.ts';
import { textSizes, type TextSize } from './email-text.ts';

export const parts = [
  'outbox',
  'pool',
  'pgBoss',
  'graphileWorker',
  'bullmq',
  'bare',
  'idle',
  'growth',
  'workers',
  'bulkDelay',
] as const;
export const sendUsage = `npm run bench -- send [--json]
  --emails N          emails of a run (2000)
  --runs N            runs of each contender, taking turns; the median is printed (5)
  --only A,B          of: ${parts.join(' ')}
  --size A,B          of: ${Object.keys(textSizes).join(' ')}
  --connections N     SMTP connections of each contender, over all its workers (20)
  --workers N         connector workers of the outbox (1)
  --in-flight N       submissions under way at a time (64)
  --profile FOLDER    CPU profiles of the outbox's processes, of its last run of each size; a summary is printed
  --no-build          takes what the last \`npm run build\` made`;

export type Part = (typeof parts)[number];

export interface SendOptions {
  emails: number;
  runs: number;
  only: ReadonlySet<Part>;
  sizes: readonly TextSize[];
  connections: number;
  workers: number;
  inFlight: number;
  profile: string | null;
  build: boolean;
}

/** Reads the words after `npm run bench -- send`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readSendOptions(words: string[]): SendOptions | 'help' {
  const values = parse(words);
  if (values.help === true) return 'help';
  return {
    emails: readNumber('emails', values.emails, 2000),
    runs: readNumber('runs', values.runs, 5),
    only: new Set(readNames('only', values.only, parts)),
    sizes: readNames('size', values.size, Object.keys(textSizes) as TextSize[]),
    connections: readNumber('connections', values.connections, 20),
    workers: readNumber('workers', values.workers, 1),
    inFlight: readNumber('in-flight', values['in-flight'], 64),
    profile: values.profile ?? null,
    build: values['no-build'] !== true,
  };
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
        emails: text,
        runs: text,
        only: text,
        size: text,
        connections: text,
        workers: text,
        'in-flight': text,
        profile: text,
        'no-build': flag,
      },
    }).values;
  } catch (error) {
    throw new StartProblem(`${(error as Error).message}\n\n${sendUsage}`);
  }
}

function readNumber(name: string, word: string | undefined, fallback: number): number {
  if (word === undefined) return fallback;
  const number = Number(word);
  if (Number.isInteger(number) && number >= 1 && number <= 1_000_000) return number;
  throw new StartProblem(`--${name} takes a number from 1 to 1000000, not ${word}.\n\n${sendUsage}`);
}

function readNames<Name extends string>(
  name: string,
  word: string | undefined,
  known: readonly Name[],
): Name[] {
  if (word === undefined) return [...known];
  return word.split(',').map((it) => {
    const found = known.find((one) => one.toLowerCase() === it.trim().toLowerCase());
    if (found === undefined) throw new StartProblem(`--${name} does not know ${it}.\n\n${sendUsage}`);
    return found;
  });
}
