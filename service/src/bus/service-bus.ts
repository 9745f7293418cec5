import { JSONCodec, StringCodec, type JsMsg, type Msg, type NatsConnection } from 'nats';
import * as v from 'valibot';
import {
  attemptOutcome,
  claimQuestion,
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
import { parseEach, parseMessage } from './parse-message.ts';
import { traceHeaders } from './trace-headers.ts';

const json = JSONCodec();
const text = StringCodec();
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

/**
 * Publishes attempts; resolves when the stream has them, as far as can be told: it stores them in order, and is asked only
 * for the last one. One that it did not take all the same is published again by the sweep. The id lets the stream drop a
 * doubled publication.
 */
export async function publishAttempts(
  connection: NatsConnection,
  attempts: readonly (SendAttempt & { publication: number })[],
): Promise<void> {
  const last = attempts.at(-1);
  for (const attempt of attempts) {
    const { attemptId, attemptNo, emailId, connectorId, nonce, envelope, size, publication } = attempt;
    const message: SendAttempt = { attemptId, attemptNo, emailId, connectorId, nonce, envelope, size };
    const [subject, data, headers] = [
      subjects.attempts(connectorId),
      json.encode(message),
      traceHeaders(attempt),
    ];
    const msgID = publicationId(attemptId, publication);
    if (attempt === last) {
      await connection.jetstream().publish(subject, data, { msgID, headers });
    } else {
      headers.set('Nats-Msg-Id', msgID);
      connection.publish(subject, data, { headers });
    }
  }
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
  return answer(connection, logger, subjects.allClaims, claimQuestion, ({ connectorId, request, answer }) => {
    if (!Array.isArray(request)) {
      asked({ connectorId, request, answer: (reply) => answer(json.encode(reply)) });
      return;
    }
    const replies: string[] = [];
    let unanswered = request.length;
    request.forEach((one, place) =>
      asked({
        connectorId,
        request: one,
        answer: (reply) => {
          replies[place] = JSON.stringify(reply);
          unanswered -= 1;
          if (unanswered === 0) answer(text.encode(`[${fitting(connection, replies).join()}]`));
        },
      }),
    );
  });
}

/** Calls `asked` for each request for credentials that this process is given. */
export function answerCredentials(
  connection: NatsConnection,
  logger: Logger,
  asked: (request: Asked<{ workerId: string; revision: number }, CredentialsReply>) => void,
): () => Promise<void> {
  return answer(connection, logger, subjects.allCredentials, credentialsRequest, ({ answer, ...request }) =>
    asked({ ...request, answer: (reply) => answer(json.encode(reply)) }),
  );
}

const subjectAndHeader = 1024;

/** What does not fit into one message is left out, largest first: its claim will be asked for alone. */
function fitting({ info }: NatsConnection, replies: readonly string[]): string[] {
  const room = (info?.max_payload ?? 1024 * 1024) - subjectAndHeader;
  const sized = replies.map((reply, place) => ({ place, bytes: Buffer.byteLength(reply) + 1 }));
  let over = sized.reduce((sum, { bytes }) => sum + bytes, 0) - room;
  const fit = [...replies];
  for (const { place, bytes } of sized.toSorted((a, b) => b.bytes - a.bytes)) {
    if (over <= 0) break;
    fit[place] = 'null';
    over -= bytes - 'null,'.length;
  }
  return fit;
}

function answer<Schema extends v.GenericSchema>(
  connection: NatsConnection,
  logger: Logger,
  subject: string,
  schema: Schema,
  asked: (request: Asked<v.InferOutput<Schema>, Uint8Array>) => void,
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
      asked({ connectorId, request, answer: (reply) => message.respond(reply) });
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
 * Calls `received` for each outcome, of at most `unsettled` messages at a time; goes on by itself when the broker comes back. Malformed
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
      const outcomes = parseEach(attemptOutcome, message.data).filter((outcome, place) => {
        if (outcome !== null && message.subject === subjects.outcomes(outcome.connectorId)) return true;
        dropMalformed(connection, logger, message, place);
        return false;
      }) as AttemptOutcome[];
      let unsettled = outcomes.length;
      if (unsettled === 0) message.term('malformed');
      for (const outcome of outcomes) {
        received({
          outcome,
          acknowledge: () => {
            unsettled -= 1;
            if (unsettled === 0) message.ack();
          },
        });
      }
    },
  });
  return async () => {
    await messages.close();
  };
}

function dropMalformed(connection: NatsConnection, logger: Logger, message: JsMsg, place: number): void {
  const heading = parseEach(outcomeHeading, message.data)[place] ?? null;
  logger.error({ subject: message.subject, ...heading }, 'dropped a malformed outcome');
  deadLetters.inc({ reason: 'malformed' });
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
