import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import {
  claimAnswer,
  claimQuestion,
  connectorSettings,
  credentialsReply,
  credentialsRequest,
  outcomeReport,
  sendAttempt,
  settledNotice,
  subjects,
  workerHeartbeat,
} from '@portal-outbox/contracts';

interface Channel {
  address: string;
  summary: string;
  message: GenericSchema;
  reply?: GenericSchema;
}

const connectorId = '{connectorId}';
const workerId = '{workerId}';

const channels: Record<string, Channel> = {
  attempts: {
    address: subjects.attempts(connectorId),
    summary: 'Send attempts for the workers of a connector (JetStream, work queue OUTBOX_ATTEMPTS).',
    message: sendAttempt,
  },
  claims: {
    address: subjects.claims(connectorId),
    summary: 'A worker asks for the content once the mail server has answered DATA with 354.',
    message: claimQuestion,
    reply: claimAnswer,
  },
  credentials: {
    address: subjects.credentials(connectorId),
    summary: 'A worker asks for the connector’s credentials before it logs in.',
    message: credentialsRequest,
    reply: credentialsReply,
  },
  outcomes: {
    address: subjects.outcomes(connectorId),
    summary: 'What became of an attempt (JetStream, OUTBOX_OUTCOMES), repeated until it is settled.',
    message: outcomeReport,
  },
  settled: {
    address: subjects.settled(workerId),
    summary: 'These attempts are committed; the worker may forget them.',
    message: settledNotice,
  },
  heartbeats: {
    address: subjects.heartbeat(connectorId, workerId),
    summary: 'A worker lives and holds these claims.',
    message: workerHeartbeat,
  },
  connectors: {
    address: '$KV.outbox-connectors.{connectorId}',
    summary:
      'What workers may know of a connector; never a secret (key-value bucket). A worker with rights of its own reads it by direct get and hears changes on this subject.',
    message: connectorSettings,
  },
};

/** The messages on NATS as AsyncAPI 3.0, for whoever writes a worker in another language. */
export function describeBus(): unknown {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Portal Outbox on NATS', version: '1' },
    channels: Object.fromEntries(
      Object.entries(channels).map(([name, { address, summary, message, reply }]) => [
        name,
        {
          address,
          summary,
          parameters: Object.fromEntries([...address.matchAll(/\{(\w+)\}/g)].map(([, id]) => [id, {}])),
          messages: { message: body(message), ...(reply && { reply: body(reply) }) },
        },
      ]),
    ),
  };
}

function body(schema: GenericSchema): unknown {
  return { contentType: 'application/json', payload: toJsonSchema(schema, { errorMode: 'ignore' }) };
}
