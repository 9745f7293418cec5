import { JSONCodec, type JsMsg, type Msg, type NatsConnection } from 'nats';
import * as v from 'valibot';
import {
  attemptOutcome,
  claimRequest,
  credentialsRequest,
  dispatcherQueue,
  isAnswerSubject,
  outcomeConsumer,
  publicationId,
  streams,
  subjects,
  uuid,
  workerHeartbeat,
  type AttemptOutcome,
  type ClaimReply,
  type ClaimRequest,
  type CredentialsReply,
  type SendAttempt,
  type WorkerHeartbeat,
} from '@portal-outbox/contracts';
import type { Logger } from '../runtime/logger.ts';
import { deadLetters } from '../runtime/metrics.ts';
import { parseMessage } from './parse-message.ts';
import { traceHeaders } from './trace-headers.ts';

const json = JSONCodec();
/** Whose outcome it is, in one that is not understood otherwise. */
const outcomeHeading = v.pick(attemptOutcome, ['attemptId', 'workerId', 'connectorId']);
/**
 * A pull for outcomes is made anew after so long, and so soon it is found out that the broker has lost the consumer and
 * that the service has made it again.
 */
const outcomePullMs = 2000;

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
    headers: traceHeaders(attempt),
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
      const { reply = '' } = message;
      // Who asks names the subject of the answer: our rights must not carry it where the asker may not publish.
      if (request === null || !v.is(uuid, connectorId) || !isAnswerSubject(reply)) {
        logger.warn({ subject: message.subject, reply }, 'dropped a malformed request');
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
      if (heartbeat === null) return;
      // The subject is what its user may say; the content is only what it says.
      if (message.subject === subjects.heartbeat(heartbeat.connectorId, heartbeat.workerId)) heard(heartbeat);
    },
  });
}

/**
 * Calls `received` for each outcome, at most `unsettled` at a time; goes on by itself when the broker comes back. Malformed
 * ones are dropped, and their worker told to forget them: a claim that they were to end runs out with its lease, "may
 * have been sent". Returns what stops it.
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
    expires: outcomePullMs,
    callback: (message: JsMsg) => {
      const outcome = parseMessage(attemptOutcome, message.data);
      if (outcome === null || message.subject !== subjects.outcomes(outcome.connectorId)) {
        dropMalformed(connection, logger, message);
        return;
      }
      received({ outcome, acknowledge: () => message.ack() });
    },
  });
  return async () => {
    await messages.close();
  };
}

function dropMalformed(connection: NatsConnection, logger: Logger, message: JsMsg): void {
  const heading = parseMessage(outcomeHeading, message.data);
  logger.error({ subject: message.subject, ...heading }, 'dropped a malformed outcome');
  deadLetters.inc({ reason: 'malformed' });
  message.term('malformed');
  // Said by somebody who may speak for this connector: otherwise it is not for us to end anything.
  if (heading && message.subject === subjects.outcomes(heading.connectorId))
    publishSettled(connection, heading.workerId, [heading.attemptId]);
}

/** Outcomes that wait to be settled; leases run out only while there are none. */
export async function countWaitingOutcomes(connection: NatsConnection): Promise<number> {
  const manager = await connection.jetstreamManager();
  const { num_pending, num_ack_pending } = await manager.consumers.info(streams.outcomes, outcomeConsumer);
  return num_pending + num_ack_pending;
}

/**
 * How far settling is: outcomes that wait, and the place in the stream up to which all are settled beside that of the
 * newest. Breaks while the bus or the stream is not there.
 */
export async function readOutcomeProgress(
  connection: NatsConnection,
): Promise<{ waiting: number; settled: number; last: number }> {
  const manager = await connection.jetstreamManager();
  // In this order, so that "none waits" is true of everything up to `last`.
  const { state } = await manager.streams.info(streams.outcomes);
  const consumer = await manager.consumers.info(streams.outcomes, outcomeConsumer);
  const waiting = consumer.num_pending + consumer.num_ack_pending;
  return {
    waiting,
    settled: waiting === 0 ? state.last_seq : consumer.ack_floor.stream_seq,
    last: state.last_seq,
  };
}

/** Tells a worker that it may forget these attempts. */
export function publishSettled(
  connection: NatsConnection,
  workerId: string,
  attemptIds: readonly string[],
): void {
  connection.publish(subjects.settled(workerId), json.encode({ attemptIds }));
}
