import { attemptConsumer, connectorsBucket, outcomeConsumer, streams, subjects } from './bus-names.ts';

/** Exactly what a user on NATS may say and hear; everything else is refused by the server. */
export interface BusPermissions {
  publish: string[];
  subscribe: string[];
}

export interface WorkerRights {
  /** Name of its NATS user, from which its inboxes are named. */
  user: string;
  /** Connectors that it works for; `null`: all, those included that are made later. */
  connectorIds: readonly string[] | null;
  /** Its `WORKER_ID`; `null`: it, and every other worker with this user, makes its own up. */
  workerId: string | null;
}

/**
 * Where answers to a user come in. Each user has inboxes of its own, so that nobody hears another's answers, which carry
 * content and credentials.
 */
export const inboxPrefix = (user: string) => `_INBOX.${user}`;

/** JetStream's own API. */
export const jetStreamApi = '$JS.API';
/** What workers in accounts of their own call it: there its usual name stands for that account's own streams. */
export const workerJetStreamApi = 'outbox.api';

const connectorsStream = `KV_${connectorsBucket}`;

/** A worker's rights: its connectors' subjects, its own notices and its own inboxes. */
export function workerPermissions({ user, connectorIds, workerId }: WorkerRights): BusPermissions {
  const worker = workerId ?? '*';
  return {
    publish: [
      ...(connectorIds ?? ['*']).flatMap((id) => {
        const consumer = `${streams.attempts}.${id === '*' ? '*' : attemptConsumer(id)}`;
        return [
          `${jetStreamApi}.CONSUMER.INFO.${consumer}`,
          `${jetStreamApi}.CONSUMER.MSG.NEXT.${consumer}`,
          `$JS.ACK.${consumer}.>`,
          `${jetStreamApi}.DIRECT.GET.${connectorsStream}.${subjects.connector(id)}`,
          subjects.claims(id),
          subjects.credentials(id),
          subjects.outcomes(id),
          subjects.heartbeat(id, worker),
        ];
      }),
      // Whoever works for all connectors must find out which there are.
      ...(connectorIds === null ? [`${jetStreamApi}.STREAM.INFO.${connectorsStream}`] : []),
    ],
    subscribe: [
      ...(connectorIds ?? ['*']).map(subjects.connector),
      subjects.settled(worker),
      `${inboxPrefix(user)}.>`,
    ],
  };
}

/** The service's rights: it makes and keeps streams and consumers, but deletes no stream. */
export function servicePermissions({ user }: { user: string }): BusPermissions {
  const ownStreams = [streams.attempts, streams.outcomes, connectorsStream];
  const outcomes = `${streams.outcomes}.${outcomeConsumer}`;
  return {
    publish: [
      subjects.allAttempts,
      subjects.settled('*'),
      subjects.events('*'),
      subjects.connector('*'),
      `${jetStreamApi}.INFO`,
      ...ownStreams.flatMap((name) =>
        ['STREAM.CREATE', 'STREAM.UPDATE', 'STREAM.INFO'].map((call) => `${jetStreamApi}.${call}.${name}`),
      ),
      ...[streams.attempts, streams.outcomes].flatMap((name) =>
        ['CONSUMER.CREATE', 'CONSUMER.DURABLE.CREATE', 'CONSUMER.INFO', 'CONSUMER.DELETE'].map(
          (call) => `${jetStreamApi}.${call}.${name}.>`,
        ),
      ),
      `${jetStreamApi}.CONSUMER.MSG.NEXT.${outcomes}`,
      `$JS.ACK.${outcomes}.>`,
      `${jetStreamApi}.DIRECT.GET.${connectorsStream}.>`,
      `${jetStreamApi}.STREAM.MSG.GET.${connectorsStream}`,
      ...answerSubjects,
    ],
    subscribe: [
      subjects.allClaims,
      subjects.allCredentials,
      subjects.allHeartbeats,
      `${inboxPrefix(user)}.>`,
    ],
  };
}

/** Where answers may go: inboxes, and what the server puts in the place of one in another account. */
const answerSubjects = ['_INBOX.>', '_R_.>'];

/** Whether an answer may go there: never to a subject that means something else than "an answer". */
export function isAnswerSubject(subject: string): boolean {
  return answerSubjects.some((pattern) => subject.startsWith(pattern.slice(0, -1)));
}
