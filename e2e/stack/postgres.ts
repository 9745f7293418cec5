import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import postgres from 'postgres';
import { eventually } from './eventually.ts';
import { postgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { startChild, type Child } from './start-child.ts';
import { StartProblem } from './start-problem.ts';

export interface PostgresOptions {
  /** An existing folder that the data goes into; it and its parents must let other users pass. */
  folder: string;
  /** `false` loses commits when the machine (not the process) dies: for tests and demo only. */
  fsync: boolean;
}

export interface RunningPostgres {
  /** Of the database `outbox`, its owner logged in. */
  url: string;
  /** Fast shutdown: open transactions are rolled back. */
  stop(): Promise<void>;
  /** Stops every process of the server where it stands, and lets them go on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Ends it without any care; committed data is found again by `restart`. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same data and port after `stop` or `kill`. */
  restart(): Promise<void>;
}

const owner = 'outbox';

/** Starts a PostgreSQL server of our own on a free port of 127.0.0.1. Throws StartProblem when it does not start. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const binaries = await postgresBinaries(options.folder);
  const data = join(options.folder, 'postgres-data');
  const password = randomBytes(16).toString('hex');
  await initialise(binaries, options.folder, data, password);
  const port = await getPort();
  const url = (database: string) => `postgres://${owner}:${password}@127.0.0.1:${port}/${database}`;

  let server = await serve(binaries, data, port, options.fsync);
  await createDatabase(url('postgres'), 'outbox');
  return {
    url: url('outbox'),
    stop: async () => void (await server.stop()),
    freeze: () => signalFamily(server.pid, 'SIGSTOP'),
    thaw: () => signalFamily(server.pid, 'SIGCONT'),
    kill: async (signal) => void (await server.kill(signal)),
    restart: async () => {
      await server.stop();
      // After a kill the old one's children hold its memory for another moment.
      server = await eventually('PostgreSQL to start again', () =>
        serve(binaries, data, port, options.fsync),
      );
    },
  };
}

/**
 * Makes the database `name` on the server of `url`, empty or as a copy of the database `template` (which
 * nobody may be connected to), and returns its URL.
 */
export async function createDatabase(url: string, name: string, template?: string): Promise<string> {
  await asAdministrator(url, async (sql) => {
    await sql`create database ${sql(name)} ${template === undefined ? sql`` : sql`template ${sql(template)}`}`;
  });
  const created = new URL(url);
  created.pathname = `/${name}`;
  return created.href;
}

/** Removes a database made by `createDatabase`; connections to it are cut. */
export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await asAdministrator(url, async (sql) => {
    await sql`drop database if exists ${sql(name)} with (force)`;
  });
}

/** Through the database `postgres`: one cannot make or remove a database from within it. */
async function asAdministrator(url: string, run: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const administration = new URL(url);
  administration.pathname = '/postgres';
  const sql = postgres(administration.href, { max: 1, onnotice: () => undefined });
  try {
    await run(sql);
  } finally {
    await sql.end();
  }
}

/** Each process of PostgreSQL has a process group of its own, so they are found by their parent. */
async function signalFamily(pid: number | undefined, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  if (pid === undefined) return;
  // The parent first: it starts no more of them while it stands.
  process.kill(pid, signal);
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  for (const child of children.trim().split(' ').filter(Boolean)) {
    try {
      process.kill(Number(child), signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

async function initialise(binaries: PostgresBinaries, folder: string, data: string, password: string) {
  await mkdir(data, { mode: 0o700 });
  const passwordFile = join(folder, 'postgres-password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (binaries.user.uid !== undefined) {
    await chown(data, nobodyOf(binaries), nobodyOf(binaries));
    await chown(passwordFile, nobodyOf(binaries), nobodyOf(binaries));
  }
  const initdb = startChild(
    binaries.initdb,
    [
      `--pgdata=${data}`,
      `--username=${owner}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The server's own Unicode rules: the same on every machine, whatever locales it has.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    { name: 'initdb', cwd: '/', ...binaries.user },
  );
  const { code } = await initdb.exited;
  await rm(passwordFile, { force: true });
  if (code !== 0) throw new StartProblem(`${cannotStart}\n${initdb.lastLines()}`);
}

function nobodyOf(binaries: PostgresBinaries): number {
  return binaries.user.uid ?? -1;
}

async function serve(binaries: PostgresBinaries, data: string, port: number, fsync: boolean): Promise<Child> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let ready: () => void;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const server = startChild(binaries.postgres, ['-D', data, ...args], {
    name: 'postgres',
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C' },
    ...binaries.user,
    stopSignal: 'SIGINT',
    endSignal: 'QUIT',
    onLine: (line) => line.includes('ready to accept connections') && ready(),
  });
  await Promise.race([isReady, server.exited]);
  if (server.hasExited()) throw new StartProblem(`${cannotStart}\n${server.lastLines()}`);
  return server;
}

const cannotStart = [
  'The PostgreSQL that comes with this package does not start here (its own words are below).',
  'Use another one, for example:',
  '  DATABASE_URL=postgres://user:password@localhost:5432/outbox npm run demo',
].join('\n');
