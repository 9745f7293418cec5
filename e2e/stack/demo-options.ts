import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import getPort from 'get-port';
import { StartProblem } from './start-problem.ts';

export interface DemoOptions {
  port: number;
  check: boolean;
  mail?: string;
}

export const demoUsage = `npm run demo                       starts the demo and prints its address
npm run demo -- --port 8080        on this port (default: 4000, or a free one)
npm run demo -- --mail PATH        submits your own mail: a folder of .eml files, or one mbox file
npm run demo -- --check            goes the whole way by itself, in a real browser, and says what happened`;

/** Default port of the demo's portal; an address that one can remember. */
const usualPort = 4000;

/** Reads the words after `npm run demo --`; `'help'` when only the usage was asked for. Throws StartProblem. */
export async function readDemoOptions(words: string[]): Promise<DemoOptions | 'help'> {
  const values = parse(words);
  if (values.help === true) return 'help';
  if (values.mail !== undefined) await mustExist(values.mail);
  return {
    port: await choosePort(values.port),
    check: values.check === true,
    ...(values.mail !== undefined && { mail: values.mail }),
  };
}

function parse(words: string[]) {
  try {
    return parseArgs({
      args: words,
      options: {
        port: { type: 'string' },
        mail: { type: 'string' },
        check: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new StartProblem(`${(error as Error).message}\n\n${demoUsage}`);
  }
}

async function choosePort(asked: string | undefined): Promise<number> {
  if (asked === undefined) return getPort({ port: usualPort });
  const port = Number(asked);
  if (!Number.isInteger(port) || port < 1024 || port > 65535) {
    throw new StartProblem(`--port takes a number from 1024 to 65535, not ${asked}.`);
  }
  const free = await getPort({ port });
  if (free === port) return port;
  throw new StartProblem(`Port ${port} is in use. This one is free:\n  npm run demo -- --port ${free}`);
}

async function mustExist(path: string): Promise<void> {
  await stat(path).catch(() => {
    throw new StartProblem(
      `${path} does not exist.\n  npm run demo -- --mail PATH    a folder of .eml files, or one mbox file`,
    );
  });
}
