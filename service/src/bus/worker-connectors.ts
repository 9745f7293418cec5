import type { KvEntry, NatsConnection, QueuedIterator } from 'nats';
import * as v from 'valibot';
import { connectorSettings, connectorsBucket, type ConnectorSettings } from '@portal-outbox/contracts';
import { onReconnect } from './connect.ts';

const retryMs = 1000;

/**
 * Calls `changed` for every connector in the bucket and for each later change. Begins anew after a reconnect and
 * whenever the bucket is not there: the broker may have lost it, the service makes it again.
 */
export function watchConnectors(
  connection: NatsConnection,
  changed: (connectorId: string, settings: ConnectorSettings | null) => void,
): () => void {
  let ended = false;
  let watch: QueuedIterator<KvEntry> | null = null;
  let retry: NodeJS.Timeout | undefined;

  const run = async (): Promise<void> => {
    try {
      const bucket = await connection.jetstream().views.kv(connectorsBucket, { bindOnly: true });
      watch = await bucket.watch();
      if (ended) watch.stop();
      for await (const entry of watch) {
        if (ended) break;
        const settings = entry.operation === 'PUT' ? parse(entry) : null;
        // Settings that are not understood leave the connector as it is.
        if (settings !== undefined) changed(entry.key, settings);
      }
    } catch {
      // No bus, no stream, no bucket: later.
    }
    watch = null;
    if (!ended) retry = setTimeout(() => void run(), retryMs);
  };

  void onReconnect(connection, () => watch?.stop());
  void run();
  return () => {
    ended = true;
    clearTimeout(retry);
    watch?.stop();
  };
}

function parse(entry: KvEntry): ConnectorSettings | undefined {
  try {
    const result = v.safeParse(connectorSettings, entry.json());
    return result.success && result.output.connectorId === entry.key ? result.output : undefined;
  } catch {
    return undefined;
  }
}
