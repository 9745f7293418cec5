import {
  AckPolicy,
  DiscardPolicy,
  nanos,
  NatsError,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type KV,
  type NatsConnection,
} from 'nats';
import {
  attemptConsumer,
  attemptTimes,
  connectorsBucket,
  outcomeConsumer,
  streams,
  subjects,
  type ConnectorSettings,
} from '@portal-outbox/contracts';

const second = 1000;
/** Outcomes that dispatchers hold at a time: what they cannot settle stays on the bus, not in memory. */
const mostUnsettled = 2000;
/** JetStream's error codes. */
const streamNameInUse = 10058;
const streamNotFound = 10059;

/**
 * Makes streams, consumers and the bucket what they should be, from what the database knows: at start, on reconnect and
 * every 30 s, since the broker may lose everything. `attemptsStreamCreated`: it had, or is new; what was published is gone.
 */
export async function ensureTopology(
  connection: NatsConnection,
  connectors: readonly ConnectorSettings[],
): Promise<{ attemptsStreamCreated: boolean }> {
  const manager = await connection.jetstreamManager();
  const attemptsStreamCreated = await ensureStream(
    manager,
    streams.attempts,
    [subjects.allAttempts],
    attemptTimes.maxAge * second,
  );
  await ensureStream(manager, streams.outcomes, [subjects.allOutcomes], 0);
  await ensureConsumer(
    manager,
    streams.outcomes,
    outcomeConsumer,
    subjects.allOutcomes,
    attemptTimes.outcomeAckWait,
    mostUnsettled,
  );
  for (const { connectorId } of connectors) {
    await ensureConsumer(
      manager,
      streams.attempts,
      attemptConsumer(connectorId),
      subjects.attempts(connectorId),
      attemptTimes.ackWait,
    );
  }
  const bucket = await openConnectorsBucket(connection);
  await Promise.all(connectors.map((connector) => putConnector(bucket, connector)));
  return { attemptsStreamCreated };
}

export async function openConnectorsBucket(connection: NatsConnection): Promise<KV> {
  return await connection.jetstream().views.kv(connectorsBucket, { history: 1, storage: StorageType.File });
}

/** Whether it was not there. */
async function ensureStream(
  manager: JetStreamManager,
  name: string,
  subjectsOfStream: string[],
  maxAgeMs: number,
): Promise<boolean> {
  const settings = {
    subjects: subjectsOfStream,
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: nanos(maxAgeMs),
  };
  const isThere = await manager.streams.info(name).then(
    () => true,
    (error: unknown) => {
      if (isApiError(error, streamNotFound)) return false;
      throw error;
    },
  );
  try {
    // Adding a stream that is there with the same settings changes nothing.
    await manager.streams.add({ name, ...settings });
  } catch (error) {
    if (!isApiError(error, streamNameInUse)) throw error;
    const { retention: _, storage: __, ...changeable } = settings;
    await manager.streams.update(name, changeable);
  }
  return !isThere;
}

function isApiError(error: unknown, code: number): boolean {
  return error instanceof NatsError && error.api_error?.err_code === code;
}

async function ensureConsumer(
  manager: JetStreamManager,
  stream: string,
  durable: string,
  filter: string,
  ackWaitSeconds: number,
  /** Messages handed out and not acknowledged; -1: any number. */
  mostPending = -1,
): Promise<void> {
  // Adding a consumer that is there with the same settings changes nothing.
  await manager.consumers.add(stream, {
    durable_name: durable,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitSeconds * second),
    max_ack_pending: mostPending,
  });
}

/** Writes only what changed: each write wakes the workers. */
async function putConnector(bucket: KV, settings: ConnectorSettings): Promise<void> {
  const text = JSON.stringify(settings);
  const known = await bucket.get(settings.connectorId);
  if (known?.string() !== text) await bucket.put(settings.connectorId, text);
}
