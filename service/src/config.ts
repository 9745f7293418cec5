import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { hostId, jetStreamApi, uuid, type WorkerRights } from '@portal-outbox/contracts';

type Environment = Record<string, string | undefined>;

const url = v.pipe(v.string(), v.url());
const logLevel = v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'silent']), 'info');
const databaseUrl = v.pipe(
  v.string('Set it, for example postgres://outbox:secret@127.0.0.1:5432/outbox'),
  v.regex(/^postgres(ql)?:\/\//, 'Give a URL such as postgres://outbox:secret@127.0.0.1:5432/outbox'),
);
const natsUrl = v.pipe(
  v.string('Set it, for example nats://127.0.0.1:4222'),
  v.regex(/^(nats|tls):\/\//, 'Give a URL such as nats://127.0.0.1:4222'),
);
const secretKey = v.pipe(
  v.string('Set it to 32 random bytes in base64: openssl rand -base64 32'),
  v.transform((text) => Buffer.from(text, 'base64')),
  v.check((key) => key.length === 32, 'Give 32 bytes in base64: openssl rand -base64 32'),
);
const seconds = (fallback: number) =>
  v.optional(
    v.pipe(v.string(), v.transform(Number), v.number(), v.minValue(1), v.maxValue(86_400)),
    `${fallback}`,
  );

/** A host portal whose tokens are trusted, and the origins its pages come from. */
const portal = v.pipe(
  v.strictObject({
    id: uuid,
    name: hostId,
    issuer: v.string(),
    audience: v.string(),
    algorithms: v.pipe(
      v.array(v.picklist(['HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256', 'EdDSA'])),
      v.minLength(1),
    ),
    /** Shared secret (HS…), at least 32 characters; or the address of the issuer's keys. */
    secret: v.optional(v.pipe(v.string(), v.minLength(32))),
    jwksUrl: v.optional(url),
    origins: v.array(url),
  }),
  v.check((it) => (it.secret === undefined) !== (it.jwksUrl === undefined), 'Give either secret or jwksUrl.'),
  v.check(
    (it) => it.algorithms.every((algorithm) => algorithm.startsWith('HS') === (it.secret !== undefined)),
    'HS algorithms go with secret, all others with jwksUrl.',
  ),
);
export type Portal = v.InferOutput<typeof portal>;

const portalsExample =
  '[{"id":"<uuid>","name":"Meridian","issuer":"https://portal.example","audience":"portal-outbox","algorithms":["RS256"],"jwksUrl":"https://portal.example/jwks.json","origins":["https://portal.example"]}]';
const portals = v.pipe(
  v.string(`Set it to a JSON list such as ${portalsExample}`),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return JSON.parse(dataset.value) as unknown;
    } catch {
      addIssue({ message: `Give a JSON list such as ${portalsExample}` });
      return NEVER;
    }
  }),
  v.array(portal),
  v.minLength(1),
);

const migrate = v.object({ DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel });

const api = v.object({
  DATABASE_URL: databaseUrl,
  LOG_LEVEL: logLevel,
  PORT: v.optional(
    v.pipe(v.string(), v.transform(Number), v.integer(), v.minValue(0), v.maxValue(65535)),
    '8080',
  ),
  HOST: v.optional(v.string(), '0.0.0.0'),
  PUBLIC_URL: v.optional(url),
  PORTALS: portals,
  SECRET_KEY: secretKey,
  WIDGET_DIR: v.optional(v.string()),
  /** Requests of one user in a minute; of a portal's back end a hundred times as many. */
  REQUESTS_PER_MINUTE: seconds(600),
});

const dispatcher = v.object({
  DATABASE_URL: databaseUrl,
  NATS_URL: natsUrl,
  LOG_LEVEL: logLevel,
  SECRET_KEY: secretKey,
  CONTENT_URL: v.pipe(v.string('Set it to the base URL of an api, for example http://api:8080'), v.url()),
  LEASE_SECONDS: seconds(60),
  /** The lease where a connector sends again what may have been sent. */
  RESEND_LEASE_SECONDS: seconds(900),
  PROBE_SECONDS: seconds(30),
  METRICS_PORT: v.optional(v.pipe(v.string(), v.transform(Number), v.integer())),
});

const connector = v.object({
  NATS_URL: natsUrl,
  LOG_LEVEL: logLevel,
  CONNECTOR_IDS: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(',').map((id) => id.trim())),
      v.array(uuid),
    ),
  ),
  WORKER_ID: v.optional(uuid),
  NATS_API_PREFIX: v.optional(v.pipe(v.string(), v.regex(/^[^\s.*>]+(\.[^\s.*>]+)*$/)), jetStreamApi),
});

/** A token of a subject, since inboxes are named for the user. */
const busUser = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,60}$/, 'A user’s name has letters, digits, "-" and "_" only.'),
);
const connectorList = v.pipe(
  v.string(),
  v.transform((text) => (text === 'all' ? null : text.split(',').map((id) => id.trim()))),
  v.nullable(v.array(uuid, 'Name connectors by their ids, comma separated, or say "all".')),
);
const natsUsersUsage = `Usage: npm run --silent nats-users -- [--service NAME] --worker NAME=all|CONNECTOR_ID,…[@WORKER_ID] …
For example: npm run --silent nats-users -- --worker worker-1=all --worker sales=11111111-1111-4111-8111-111111111111`;

export const migrateConfig = (environment: Environment) => read(migrate, environment);
export const driftConfig = migrateConfig;
export const apiConfig = (environment: Environment) => read(api, environment);
export const dispatcherConfig = (environment: Environment) => read(dispatcher, environment);
export const connectorConfig = (environment: Environment) => {
  const values = read(connector, environment);
  return {
    natsUrl: values.NATS_URL,
    logLevel: values.LOG_LEVEL,
    /** `null`: every connector. */
    connectorIds: values.CONNECTOR_IDS ?? null,
    /** `null`: one of its own making, a new one at each start. */
    workerId: values.WORKER_ID ?? null,
    /** What JetStream's API is called in the worker's account. */
    natsApiPrefix: values.NATS_API_PREFIX,
  };
};

/** The arguments of `nats-users`. Throws with the way to use it. */
export function natsUsersConfig(args: string[]): { service: string; workers: WorkerRights[] } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        service: { type: 'string', default: 'service' },
        worker: { type: 'string', multiple: true, default: [] },
      },
    });
    const service = v.parse(busUser, values.service);
    const workers = values.worker.map((text): WorkerRights => {
      const [, user, connectors, workerId] = /^([^=]*)=([^@]*)(?:@(.*))?$/.exec(text) ?? [];
      return {
        user: v.parse(busUser, user ?? text),
        connectorIds: v.parse(connectorList, connectors ?? ''),
        workerId: workerId === undefined ? null : v.parse(uuid, workerId),
      };
    });
    const names = [service, ...workers.map((worker) => worker.user)].map((name) =>
      name.toUpperCase().replaceAll('-', '_'),
    );
    if (new Set(names).size < names.length) throw new Error('Every user needs a name of its own.');
    return { service, workers };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : ''}\n${natsUsersUsage}`, { cause: error });
  }
}

/** Says everything that is missing or wrong at once, with an example each, and never a value. */
function read<Entries extends v.ObjectEntries>(
  schema: v.ObjectSchema<Entries, undefined>,
  environment: Environment,
): v.InferOutput<v.ObjectSchema<Entries, undefined>> {
  // A name that is absent is judged by its own schema, whose message has the example.
  const named = Object.fromEntries(Object.keys(schema.entries).map((name) => [name, environment[name]]));
  const result = v.safeParse(schema, named);
  if (result.success) return result.output;
  const lines = result.issues.map((issue) => `  ${v.getDotPath(issue) ?? '?'}: ${issue.message}`);
  throw new Error(`The environment is incomplete:\n${[...new Set(lines)].join('\n')}`);
}
