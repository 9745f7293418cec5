import { JSONCodec, type JsMsg, type Msg, type NatsConnection } from 'nats';
import type * as v from 'valibot';
import {
  attemptOutcome,
  claimRequest,
  credentialsRequest,
  dispatcherQueue,
  outcomeConsumer,
  publicationId,
  streams,
  subjects,
  workerHeartbeat,
  type AttemptOutcome,
  type ClaimReply,
  type ClaimRequest,
  type CredentialsReply,
  type SendAttempt,
  type WorkerHeartbeat,
} from '@portal-outbox/contracts';
import type { Logger } from '../runtime/logger.ts';
import { parseMessage } from './parse-message.ts';

const json = JSONCodec();

/** A request that waits for its answer. */
export interface Asked<Request, Reply> {
  connectorId: string;
  request: Request;
  answer(reply: Reply): void;
}

/** An outcome as it came in; acknowledged once it is settled or known never to apply. */
export interface ReceivedOutcome {
  outcome: AttemptOutcome;
  acknowledge(): void;
}

/** Publishes an attempt; resolves when the stream has it. The id lets the stream drop a doubled publication. */
export async function publishAttempt(
  connection: NatsConnection,
  attempt: SendAttempt,
  publication: number,
): Promise<void> {
  const { attemptId, attemptNo, emailId, connectorId, nonce, envelope, size } = attempt;
  const message: SendAttempt = { attemptId, attemptNo, emailId, connectorId, nonce, envelope, size };
  await connection.jetstream().publish(subjects.attempts(connectorId), json.encode(message), {
    msgID: publicationId(attemptId, publication),
  });
}

/**
 * Calls `asked` for each claim that this process is given; the other dispatchers get the rest. Returns what ends it: those
 * that are on their way are still asked.
 */
export function answerClaims(
  connection: NatsConnection,
  logger: Logger,
  asked: (claim: Asked<ClaimRequest, ClaimReply>) => void,
): () => Promise<void> {
  return answer(connection, logger, subjects.allClaims, claimRequest, asked);
}

/** Calls `asked` for each request for credentials that this process is given. */
export function answerCredentials(
  connection: NatsConnection,
  logger: Logger,
  asked: (request: Asked<{ workerId: string; revision: number }, CredentialsReply>) => void,
): () => Promise<void> {
  return answer(connection, logger, subjects.allCredentials, credentialsRequest, asked);
}

function answer<Schema extends v.GenericSchema, Reply>(
  connection: NatsConnection,
  logger: Logger,
  subject: string,
  schema: Schema,
  asked: (request: Asked<v.InferOutput<Schema>, Reply>) => void,
): () => Promise<void> {
  const subscription = connection.subscribe(subject, {
    queue: dispatcherQueue,
    callback: (error, message: Msg) => {
      const request = error ? null : parseMessage(schema, message.data);
      const connectorId = message.subject.split('.')[2];
      if (request === null || connectorId === undefined || !message.reply) {
        logger.warn({ subject: message.subject }, 'dropped a malformed request');
        return;
      }
      asked({ connectorId, request, answer: (reply) => message.respond(json.encode(reply)) });
    },
  });
  return () => subscription.drain();
}

/** Hears every worker's heartbeats. */
export function hearHeartbeats(
  connection: NatsConnection,
  heard: (heartbeat: WorkerHeartbeat) => void,
): void {
  connection.subscribe(subjects.allHeartbeats, {
    callback: (error, message) => {
      const heartbeat = error ? null : parseMessage(workerHeartbeat, message.data);
      if (heartbeat !== null) heard(heartbeat);
    },
  });
}

/**
 * Calls `received` for each outcome, at most `unsettled` at a time; goes on by itself when the broker comes back. Malformed
 * ones are logged and dropped. Returns what stops it.
 */
export async function consumeOutcomes(
  connection: NatsConnection,
  logger: Logger,
  unsettled: number,
  received: (outcome: ReceivedOutcome) => void,
): Promise<() => Promise<void>> {
  const consumer = await connection.jetstream().consumers.get(streams.outcomes, outcomeConsumer);
  const messages = await consumer.consume({
    max_messages: unsettled,
    callback: (message: JsMsg) => {
      const outcome = parseMessage(attemptOutcome, message.data);
      if (outcome === null || message.subject !== subjects.outcomes(outcome.connectorId)) {
        logger.warn({ subject: message.subject }, 'dropped a malformed outcome');
        message.term('malformed');
        return;
      }
      received({ outcome, acknowledge: () => message.ack() });
    },
  });
  return async () => {
    await messages.close();
  };
}

/** Outcomes that wait to be settled; leases run out only while there are none. */
export async function countWaitingOutcomes(connection: NatsConnection): Promise<number> {
  const manager = await connection.jetstreamManager();
  const { num_pending, num_ack_pending } = await manager.consumers.info(streams.outcomes, outcomeConsumer);
  return num_pending + num_ack_pending;
}

/** Tells a worker that it may forget these attempts. */
export function publishSettled(
  connection: NatsConnection,
  workerId: string,
  attemptIds: readonly string[],
): void {
  connection.publish(subjects.settled(workerId), json.encode({ attemptIds }));
}
