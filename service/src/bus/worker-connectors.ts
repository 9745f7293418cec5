import type { KvEntry, NatsConnection, QueuedIterator } from 'nats';
import { connectorSettings, connectorsBucket, type ConnectorSettings } from '@portal-outbox/contracts';
import { onReconnect } from './connect.ts';
import { parseMessage } from './parse-message.ts';

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
        const settings = entry.operation === 'PUT' ? settingsOf(entry) : null;
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

/** `undefined` where the entry is not understood, or speaks of another connector than its key. */
function settingsOf(entry: KvEntry): ConnectorSettings | undefined {
  const settings = parseMessage(connectorSettings, entry.value);
  return settings?.connectorId === entry.key ? settings : undefined;
}
