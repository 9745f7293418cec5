import { JSONCodec, type Msg, type NatsConnection } from 'nats';
import {
  connectorSettings,
  connectorsBucket,
  jetStreamApi,
  subjects,
  type ConnectorSettings,
} from '@portal-outbox/contracts';
import type { Logger } from '../runtime/logger.ts';
import { onReconnect } from './connect.ts';
import { parseMessage } from './parse-message.ts';

export interface WatchedConnectors {
  /** `null`: every connector there is. */
  connectorIds: readonly string[] | null;
  /** What JetStream's API is called in our account. Default: by its own name. */
  apiPrefix?: string;
}

export type ConnectorChanged = (connectorId: string, settings: ConnectorSettings | null) => void;

const stream = `KV_${connectorsBucket}`;
const json = JSONCodec();
/** The bucket is read again after so long: what is heard in between may have been lost. */
const readAgainMs = 30_000;
/** The same where it could not be read: no bus, or the service has not made the bucket yet. */
const retryMs = 1000;
const answerMs = 2000;

/**
 * Calls `changed` for each connector in the bucket and for each later change. Changes are heard on the keys' own
 * subjects, and the bucket is read at start, on reconnect and now and then: that needs no consumer, which a worker may
 * not create. What is gone without having been removed (the broker lost it) changes nothing; the service writes it again.
 */
export function watchConnectors(
  connection: NatsConnection,
  logger: Logger,
  { connectorIds, apiPrefix = jetStreamApi }: WatchedConnectors,
  changed: ConnectorChanged,
): () => void {
  const revisions = new Map<string, number>();
  let ended = false;
  let isReadable = true;
  let timer: NodeJS.Timeout | undefined;

  const take = (connectorId: string, message: Msg): void => {
    if (ended) return;
    const operation = message.headers?.get('KV-Operation') ?? '';
    if (operation !== '') {
      revisions.delete(connectorId);
      return changed(connectorId, null);
    }
    const settings = parseMessage(connectorSettings, message.data);
    // Settings that are not understood, or speak of another connector than their key, leave it as it is.
    if (settings?.connectorId !== connectorId) return;
    // What was read may be older than what has been heard meanwhile.
    if (settings.revision < (revisions.get(connectorId) ?? 0)) return;
    revisions.set(connectorId, settings.revision);
    changed(connectorId, settings);
  };
  const read = async (connectorId: string): Promise<void> => {
    const subject = `${apiPrefix}.DIRECT.GET.${stream}.${subjects.connector(connectorId)}`;
    const message = await connection.request(subject, undefined, { timeout: answerMs });
    // An answer without the stream's name says why there is none.
    if (message.headers?.has('Nats-Stream')) take(connectorId, message);
  };
  const readAll = async (): Promise<void> => {
    clearTimeout(timer);
    let waitMs = readAgainMs;
    try {
      await Promise.all((connectorIds ?? (await readKeys(connection, apiPrefix))).map(read));
      isReadable = true;
    } catch (error) {
      waitMs = retryMs;
      if (isReadable && !ended) logger.info({ err: error, apiPrefix }, 'connectors cannot be read yet');
      isReadable = false;
    }
    clearTimeout(timer);
    if (!ended) timer = setTimeout(() => void readAll(), waitMs);
  };

  const heard = (connectorIds ?? ['*']).map((id) =>
    connection.subscribe(subjects.connector(id), {
      callback: (error, message) => {
        const connectorId = message.subject.split('.')[2];
        if (!error && connectorId !== undefined) take(connectorId, message);
      },
    }),
  );
  void onReconnect(connection, () => void (ended || readAll()));
  void readAll();
  return () => {
    ended = true;
    clearTimeout(timer);
    for (const subscription of heard) subscription.unsubscribe();
  };
}

/** The connectors that are in the bucket. */
async function readKeys(connection: NatsConnection, apiPrefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const reply = await connection.request(
      `${apiPrefix}.STREAM.INFO.${stream}`,
      json.encode({ subjects_filter: subjects.connector('>'), offset: keys.length }),
      { timeout: answerMs },
    );
    const { state, total = 0 } = json.decode(reply.data) as {
      state?: { subjects?: Record<string, number> };
      total?: number;
    };
    if (state === undefined) throw new Error('The bucket of connectors cannot be read.');
    const page = Object.keys(state.subjects ?? {}).map((subject) => subject.split('.')[2] ?? '');
    keys.push(...page);
    if (page.length === 0 || keys.length >= total) return keys;
  }
}
