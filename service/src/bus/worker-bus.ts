import { JSONCodec, type NatsConnection } from 'nats';
import type * as v from 'valibot';
import {
  claimReply,
  credentialsReply,
  settledNotice,
  subjects,
  type AttemptOutcome,
  type ClaimReply,
  type ClaimRequest,
  type ConnectorSettings,
  type CredentialsReply,
  type WorkerHeartbeat,
} from '@portal-outbox/contracts';
import { attemptFetcher, type FetchAttempts } from './worker-attempts.ts';
import { watchConnectors, type WatchedConnectors } from './worker-connectors.ts';
import type { Logger } from '../runtime/logger.ts';
import { parseMessage } from './parse-message.ts';
import { traceHeaders } from './trace-headers.ts';
import { onReconnect } from './connect.ts';

/** Everything a connector worker says and hears on the bus. */
export interface WorkerBus {
  /** Calls `changed` for each connector now and whenever it changes; `null`: it was removed. Returns how to end it. */
  watchConnectors(changed: (connectorId: string, settings: ConnectorSettings | null) => void): () => void;
  /** Up to `most` attempts, over `waitMs`. Breaks while there is no bus, stream or consumer. */
  fetchAttempts: FetchAttempts;
  /** `null`: no answer within `timeoutMs`, or none that is understood. */
  askForClaim(connectorId: string, request: ClaimRequest, timeoutMs: number): Promise<ClaimReply | null>;
  askForCredentials(
    connectorId: string,
    request: { workerId: string; revision: number },
    timeoutMs: number,
  ): Promise<CredentialsReply | null>;
  /** Resolves when the stream has it; `repetition` keeps a repeated outcome from being dropped as a double. */
  publishOutcome(outcome: AttemptOutcome, repetition: number): Promise<void>;
  onSettled(workerId: string, settled: (attemptIds: string[]) => void): void;
  publishHeartbeat(heartbeat: WorkerHeartbeat): void;
  onReconnect(reconnected: () => void): void;
  /** Sends what is left and disconnects. */
  close(): Promise<void>;
}

const json = JSONCodec();
const closeLimitMs = 500;
/** From another account nobody says that the stream is not there. */
const storedAnswerMs = 2000;

/** A worker without rights of its own sees every connector and calls JetStream's API by its usual name. */
export function openWorkerBus(
  connection: NatsConnection,
  logger: Logger,
  watched: WatchedConnectors = { connectorIds: null },
): WorkerBus {
  const { apiPrefix } = watched;
  const jetStream = connection.jetstream(apiPrefix === undefined ? {} : { apiPrefix });
  return {
    watchConnectors: (changed) => watchConnectors(connection, logger, watched, changed),
    fetchAttempts: attemptFetcher({ jetstream: () => jetStream }),
    askForClaim: (connectorId, request, timeoutMs) =>
      ask(connection, logger, subjects.claims(connectorId), request, claimReply, timeoutMs),
    askForCredentials: (connectorId, request, timeoutMs) =>
      ask(connection, logger, subjects.credentials(connectorId), request, credentialsReply, timeoutMs),
    async publishOutcome(outcome, repetition) {
      await jetStream.publish(subjects.outcomes(outcome.connectorId), json.encode(outcome), {
        msgID: `${outcome.attemptId}.${outcome.workerId}.${repetition}`,
        headers: traceHeaders(outcome),
        timeout: storedAnswerMs,
      });
    },
    onSettled(workerId, settled) {
      connection.subscribe(subjects.settled(workerId), {
        callback: (error, message) => {
          const notice = error ? null : parseMessage(settledNotice, message.data);
          if (notice) settled(notice.attemptIds);
        },
      });
    },
    publishHeartbeat(heartbeat) {
      if (connection.isClosed()) return;
      connection.publish(
        subjects.heartbeat(heartbeat.connectorId, heartbeat.workerId),
        json.encode(heartbeat),
      );
    },
    onReconnect: (reconnected) => void onReconnect(connection, reconnected),
    async close() {
      // Draining waits for a broker that may not be there.
      const limit = new Promise<void>((resolve) => setTimeout(resolve, closeLimitMs).unref());
      await Promise.race([connection.drain().catch(() => {}), limit]);
    },
  };
}

async function ask<Schema extends v.GenericSchema>(
  connection: NatsConnection,
  logger: Logger,
  subject: string,
  request: unknown,
  schema: Schema,
  timeoutMs: number,
): Promise<v.InferOutput<Schema> | null> {
  try {
    const reply = await connection.request(subject, json.encode(request), { timeout: timeoutMs });
    const answer = parseMessage(schema, reply.data);
    if (answer === null) logger.error({ subject }, 'an answer that is not understood');
    return answer;
  } catch {
    // Nobody answered, or nobody was there.
    return null;
  }
}
