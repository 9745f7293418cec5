import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import getPort from 'get-port';
import { findMailServer, type MailServer, type MailServerAddress } from './mail-server.ts';
import { startNats, type RunningNats } from './nats-server.ts';
import { makeNatsUsers, workerApiPrefix } from './nats-users.ts';
import type { PortalIdentity } from './portal-client.ts';
import { startPostgres, type RunningPostgres } from './postgres.ts';
import {
  projectFolder,
  startServiceProcess,
  type ServiceLogLine,
  type ServiceProcess,
  type ServiceProcessName,
} from './service-process.ts';
import type { SmtpSink } from './smtp-sink.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { WorkerLog } from './worker-log.ts';

export interface StackOptions {
  /** Port of the host portal, whose origin the api must know before it starts. Default: a free one. */
  portalPort?: number;
  /** Where all data goes; default: a temporary folder that is removed at the end. */
  folder?: string;
  /** Connector workers. Default 2. */
  workers?: number;
  /** Processes of the api, each on a port of its own, and of the dispatcher. Default 1 each. */
  apis?: number;
  dispatchers?: number;
  /** Where readers and workers reach the api, when something stands before it. Default: the first api itself. */
  publicUrl?: string;
  /** The broker's address for one worker (from 1), when something stands between. Default: as it is. */
  workerNatsUrl?: (worker: number, natsUrl: string) => string;
  /** Used instead of one of our own or of `SMTP_URL`. */
  mailServer?: MailServer;
  /** See LEASE_SECONDS and PROBE_SECONDS of the dispatcher. Defaults 60 and 30. */
  leaseSeconds?: number;
  probeSeconds?: number;
  /** PostgreSQL's fsync. Default `false`: right for demo and tests, never for measuring. */
  fsync?: boolean;
  /** Bundles the widget and lets the api serve it. Default `true`. */
  widget?: boolean;
  /** Runs what `npm run build` made, widget included, as production does. Default: from the source. */
  built?: boolean;
  /** More environment for the processes of the service, such as `{ api: { REQUESTS_PER_MINUTE: '6000' } }`. */
  environment?: Partial<Record<ServiceProcessName, Record<string, string>>>;
  /** Every log line of every process, with the process's name. */
  onLog?: (process: string, line: ServiceLogLine) => void;
}

export interface Stack {
  serviceUrl: string;
  portal: PortalIdentity;
  databaseUrl: string;
  /** With the service's user in it, where the broker is our own. */
  natsUrl: string;
  /** For connectors: where the mail server is and how to log in. */
  mailServer: MailServerAddress;
  /** `null` when `SMTP_URL` names a mail server of somebody else. */
  sink: SmtpSink | null;
  /** The first of `apis` and of `dispatchers`. */
  api: ServiceProcess;
  dispatcher: ServiceProcess;
  apis: ServiceProcess[];
  /** In the order of `apis`. */
  apiUrls: string[];
  dispatchers: ServiceProcess[];
  workers: ServiceProcess[];
  workerLog: WorkerLog;
  /** The servers of our own; `null` when `DATABASE_URL` or `NATS_URL` names another. */
  postgres: RunningPostgres | null;
  nats: RunningNats | null;
  folder: string;
  /** Stops everything in reverse order and removes the folder. Again is harmless. */
  stop(): Promise<void>;
}

/**
 * Starts the whole product on real parts and free ports. `DATABASE_URL`, `NATS_URL` and `SMTP_URL`, where set,
 * name parts to use instead of our own. Throws StartProblem, with nothing left running, when it cannot work.
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const stops: (() => Promise<unknown>)[] = [];
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= stopInReverse(stops));
  try {
    return { ...(await start(options, stops)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: StackOptions, stops: (() => Promise<unknown>)[]): Promise<Omit<Stack, 'stop'>> {
  const folder = options.folder ?? (await removedAtEnd(stops));
  const built = options.built ?? false;
  const ownWidget = built ? join(projectFolder, 'widget', 'dist') : join(folder, 'widget');
  const widgetFolder = options.widget === false ? null : ownWidget;
  const parts = [
    findDatabase(folder, options, stops),
    findBroker(folder, options, stops),
    (options.mailServer === undefined ? findMailServer() : Promise.resolve(options.mailServer)).then(
      (found) => {
        stops.push(async () => found.sink?.down());
        return found;
      },
    ),
    Promise.all(Array.from({ length: options.apis ?? 1 }, () => getPort())),
    newPortal(options.portalPort),
    widgetFolder === null || built ? Promise.resolve() : bundle(widgetFolder),
  ] as const;
  // All of them, so that what has started is known, and can be stopped, when another one fails.
  await Promise.allSettled(parts);
  const [database, broker, mail, apiPorts, portal] = await Promise.all(parts);
  const apiUrls = apiPorts.map((port) => `http://127.0.0.1:${port}`);
  const serviceUrl = options.publicUrl ?? apiUrls[0]!;

  const secrets = { DATABASE_URL: database.url, SECRET_KEY: secretKey() };
  const workerLog = new WorkerLog();
  const core: ServiceProcess[] = [];
  const workers: ServiceProcess[] = [];
  // Workers first: while the dispatcher runs, what they finish is settled at once.
  stops.push(() => Promise.all(core.map((it) => it.stop())));
  stops.push(() => Promise.all(workers.map((it) => it.stop())));
  const run = (program: ServiceProcessName, name: string, env: Record<string, string>) => {
    const child = startServiceProcess({
      process: program,
      name,
      built,
      env: { LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info', ...env, ...options.environment?.[program] },
      onLog: (line) => {
        workerLog.hear(name, line);
        options.onLog?.(name, line);
      },
    });
    (program === 'connector' ? workers : core).push(child);
    return child;
  };

  const apis = apiPorts.map((port, index) =>
    run('api', numbered('api', index, apiPorts.length), {
      ...secrets,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: serviceUrl,
      PORTALS: JSON.stringify([trust(portal)]),
      ...(widgetFolder !== null && { WIDGET_DIR: widgetFolder }),
    }),
  );
  const dispatchers = Array.from({ length: options.dispatchers ?? 1 }, (_, index) =>
    run('dispatcher', numbered('dispatcher', index, options.dispatchers ?? 1), {
      ...secrets,
      NATS_URL: broker.url,
      CONTENT_URL: serviceUrl,
      LEASE_SECONDS: String(options.leaseSeconds ?? 60),
      PROBE_SECONDS: String(options.probeSeconds ?? 30),
    }),
  );
  for (let number = 1; number <= (options.workers ?? 2); number += 1) {
    // Neither database nor key.
    const natsUrl = options.workerNatsUrl?.(number, broker.url) ?? broker.url;
    run('connector', `worker ${number}`, broker.workerEnvironment(number, natsUrl));
  }
  await Promise.all([...core, ...workers].map((it) => it.ready));

  return {
    serviceUrl,
    portal,
    databaseUrl: database.url,
    natsUrl: broker.url,
    mailServer: mail.address,
    sink: mail.sink,
    api: apis[0]!,
    dispatcher: dispatchers[0]!,
    apis,
    apiUrls,
    dispatchers,
    workers,
    workerLog,
    postgres: database.own,
    nats: broker.own,
    folder,
  };
}

/** "api" where there is one, "api 2" where there are several. */
const numbered = (name: string, index: number, length: number) =>
  length === 1 ? name : `${name} ${index + 1}`;

async function removedAtEnd(stops: (() => Promise<unknown>)[]): Promise<string> {
  const folder = await temporaryFolder();
  stops.push(() => folder.remove());
  return folder.path;
}

/** A database with the present schema. */
async function findDatabase(
  folder: string,
  { fsync = false, built = false }: StackOptions,
  stops: (() => Promise<unknown>)[],
) {
  const named = process.env['DATABASE_URL'];
  const own = named === undefined || named === '' ? await startPostgres({ folder, fsync }) : null;
  if (own !== null) stops.push(() => own.stop());
  const url = own?.url ?? named!;
  await migrate(url, built);
  return { url, own };
}

/** Our own broker has a user for the service and one for each worker, which may work for every connector. */
async function findBroker(
  folder: string,
  { workers = 2, built = false }: StackOptions,
  stops: (() => Promise<unknown>)[],
) {
  const named = process.env['NATS_URL'];
  if (named !== undefined && named !== '') {
    return { url: named, own: null, workerEnvironment: (_: number, url: string) => ({ NATS_URL: url }) };
  }
  const names = Array.from({ length: workers }, (_, index) => `worker-${index + 1}=all`);
  const users = await makeNatsUsers({ workers: names, built });
  const own = await startNats({ folder, users });
  stops.push(() => own.stop());
  const workerEnvironment = (number: number, url: string) => ({
    NATS_URL: users.urlFor(`worker-${number}`, url),
    NATS_API_PREFIX: workerApiPrefix,
  });
  return { url: users.urlFor('service', own.url), own, workerEnvironment };
}

/** Brings the schema of a database up to date with the service's own program. */
export async function migrate(databaseUrl: string, built = false): Promise<void> {
  const child = startServiceProcess({ process: 'migrate', env: { DATABASE_URL: databaseUrl }, built });
  const { code } = await child.exited;
  if (code !== 0) throw new Error(`The database could not be migrated:\n${child.lastLines()}`);
}

async function bundle(outDir: string): Promise<void> {
  const { bundleWidget } = await import('../../widget/bundle.ts');
  await bundleWidget({ outDir, minify: false });
}

async function newPortal(port: number | undefined): Promise<PortalIdentity> {
  const origin = `http://127.0.0.1:${port ?? (await getPort())}`;
  return {
    id: randomUUID(),
    name: 'Meridian',
    issuer: origin,
    audience: 'portal-outbox',
    secret: randomBytes(32).toString('hex'),
    origin,
  };
}

function trust(portal: PortalIdentity) {
  const { id, name, issuer, audience, secret, origin } = portal;
  // People type either name of their own machine.
  const origins = [origin, origin.replace('127.0.0.1', 'localhost')];
  return { id, name, issuer, audience, algorithms: ['HS256'], secret, origins };
}

/** With a database that outlives us the key must too, or older connectors' passwords could not be read. */
function secretKey(): string {
  const named = process.env['SECRET_KEY'];
  if (named !== undefined && named !== '') return named;
  const key = process.env['DATABASE_URL']
    ? createHash('sha256').update('portal-outbox demo').digest()
    : randomBytes(32);
  return key.toString('base64');
}

/** The service's processes stop before the servers that they use; a failure does not keep the rest. */
async function stopInReverse(stops: (() => Promise<unknown>)[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop().catch(() => undefined);
}
