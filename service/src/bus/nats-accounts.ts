import {
  jetStreamApi,
  servicePermissions,
  streams,
  subjects,
  connectorsBucket,
  workerJetStreamApi,
  workerPermissions,
  type BusPermissions,
  type WorkerRights,
} from '@portal-outbox/contracts';

export interface BusUsers {
  /** Name of the service's user. */
  service: string;
  workers: readonly WorkerRights[];
}

const serviceAccount = 'OUTBOX';
const connectorsStream = `KV_${connectorsBucket}`;

/** What the service's account lets others use; each worker's account takes from it what its user may do, and no more. */
const exportsOfService = [
  service(`${jetStreamApi}.CONSUMER.INFO.${streams.attempts}.*`),
  // One request is answered by many messages.
  `{service: ${quoted(`${jetStreamApi}.CONSUMER.MSG.NEXT.${streams.attempts}.*`)}, response_type: stream}`,
  service(`$JS.ACK.${streams.attempts}.*.>`),
  service(`${jetStreamApi}.DIRECT.GET.${connectorsStream}.${subjects.connector('*')}`),
  service(`${jetStreamApi}.STREAM.INFO.${connectorsStream}`),
  service(subjects.allClaims),
  service(subjects.allCredentials),
  service(subjects.allOutcomes),
  service(subjects.allHeartbeats),
  stream(subjects.connector('*')),
  stream(subjects.settled('*')),
];

/**
 * The `accounts` block for nats-server's configuration. Passwords are not in it: nats-server reads them from its own
 * environment, see `passwordVariable`.
 *
 * Every worker has an account of its own. Permissions alone would let a worker name a subject that it may not use as the
 * one that JetStream shall answer to, and an empty answer to `$JS.API.STREAM.DELETE.…` deletes a stream. From an account
 * of its own such an answer reaches nothing but itself.
 */
export function natsAccounts({ service: serviceUser, workers }: BusUsers): string {
  return [
    'accounts {',
    `  ${serviceAccount} {`,
    '    jetstream: enabled',
    ...user(serviceUser, servicePermissions({ user: serviceUser })),
    ...list('exports', exportsOfService),
    '  }',
    ...workers.flatMap((worker) => workerAccount(worker)),
    '}',
    '',
  ].join('\n');
}

/** The environment variable of nats-server that holds a user's password, such as `NATS_PASSWORD_WORKER_1`. */
export function passwordVariable(user: string): string {
  return `NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`;
}

function workerAccount(worker: WorkerRights): string[] {
  const permissions = workerPermissions(worker);
  const ownInbox = permissions.subscribe.at(-1);
  const heard = permissions.subscribe.filter((subject) => subject !== ownInbox);
  return [
    `  ${passwordVariable(worker.user).replace('NATS_PASSWORD', 'OUTBOX')} {`,
    ...user(worker.user, { ...permissions, publish: permissions.publish.map(asWorkersCallIt) }),
    ...list('imports', [
      ...permissions.publish.map((subject) => {
        const local = asWorkersCallIt(subject);
        const source = `{account: ${serviceAccount}, subject: ${quoted(subject)}}`;
        return `{service: ${source}${local === subject ? '' : `, to: ${quoted(local)}`}}`;
      }),
      ...heard.map((subject) => `{stream: {account: ${serviceAccount}, subject: ${quoted(subject)}}}`),
    ]),
    '  }',
  ];
}

function asWorkersCallIt(subject: string): string {
  return subject.startsWith(`${jetStreamApi}.`)
    ? `${workerJetStreamApi}${subject.slice(jetStreamApi.length)}`
    : subject;
}

function user(name: string, { publish, subscribe }: BusPermissions): string[] {
  return [
    '    users: [{',
    `      user: ${quoted(name)}, password: $${passwordVariable(name)}`,
    '      permissions: {',
    ...list('publish', publish.map(quoted), '        '),
    ...list('subscribe', subscribe.map(quoted), '        '),
    '      }',
    '    }]',
  ];
}

function list(name: string, entries: readonly string[], indent = '    '): string[] {
  return [`${indent}${name}: [`, ...entries.map((entry) => `${indent}  ${entry}`), `${indent}]`];
}

function service(subject: string): string {
  return `{service: ${quoted(subject)}}`;
}

function stream(subject: string): string {
  return `{stream: ${quoted(subject)}}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
