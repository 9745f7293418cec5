import { CommandLine } from '../command-line.ts';
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

const most = 1_000_000;

/** Reads the words after `npm run bench -- send`; `'help'` when only the usage was asked for. Throws StartProblem. */
export function readSendOptions(words: string[]): SendOptions | 'help' {
  const line = new CommandLine(words, sendUsage, {
    texts: ['emails', 'runs', 'only', 'size', 'connections', 'workers', 'in-flight', 'profile'],
  });
  if (line.has('help')) return 'help';
  return {
    emails: line.number('emails', 2000, { most }),
    runs: line.number('runs', 5, { most }),
    only: new Set(line.names('only', parts)),
    sizes: line.names('size', Object.keys(textSizes) as TextSize[]),
    connections: line.number('connections', 20, { most }),
    workers: line.number('workers', 1, { most }),
    inFlight: line.number('in-flight', 64, { most }),
    profile: line.text('profile'),
    build: !line.has('no-build'),
  };
}
