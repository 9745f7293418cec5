import { JSONCodec, type NatsConnection } from 'nats';
import {
  credentialsReply,
  settledNotice,
  subjects,
  type ConnectorSettings,
  type CredentialsReply,
  type WorkerHeartbeat,
} from '@portal-outbox/contracts';
import { ask } from './ask.ts';
import { attemptFetcher, type FetchAttempts } from './worker-attempts.ts';
import { claimAsker, type AskForClaim } from './worker-claims.ts';
import { watchConnectors, type WatchedConnectors } from './worker-connectors.ts';
import { outcomePublisher, type PublishOutcome } from './worker-outcomes.ts';
import type { Logger } from '../runtime/logger.ts';
import { parseMessage } from './parse-message.ts';
import { onReconnect } from './connect.ts';

/** Everything a connector worker says and hears on the bus. */
export interface WorkerBus {
  /** Calls `changed` for each connector now and whenever it changes; `null`: it was removed. Returns how to end it. */
  watchConnectors(changed: (connectorId: string, settings: ConnectorSettings | null) => void): () => void;
  /** Up to `most` attempts, over `waitMs`. Breaks while there is no bus, stream or consumer. */
  fetchAttempts: FetchAttempts;
  askForClaim: AskForClaim;
  /** `null`: no answer within `timeoutMs`, or none that is understood. */
  askForCredentials(
    connectorId: string,
    request: { workerId: string; revision: number },
    timeoutMs: number,
  ): Promise<CredentialsReply | null>;
  publishOutcome: PublishOutcome;
  onSettled(workerId: string, settled: (attemptIds: string[]) => void): void;
  publishHeartbeat(heartbeat: WorkerHeartbeat): void;
  onReconnect(reconnected: () => void): void;
  /** Sends what is left and disconnects. */
  close(): Promise<void>;
}

const json = JSONCodec();
const closeLimitMs = 500;

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
    askForClaim: claimAsker(connection, logger),
    askForCredentials: (connectorId, request, timeoutMs) =>
      ask(connection, logger, subjects.credentials(connectorId), request, credentialsReply, timeoutMs),
    publishOutcome: outcomePublisher(jetStream),
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
