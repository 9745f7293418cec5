import { connect, Events, type NatsConnection } from 'nats';
import { inboxPrefix } from '@portal-outbox/contracts';
import type { Logger } from '../runtime/logger.ts';

/** A connection to the broker. */
export type Bus = NatsConnection;

/** What may stand in a subject. */
const isToken = /^[A-Za-z0-9_-]+$/;

/** Connects and stays connected: lost connections are made again for ever. The first connect waits for the server too. */
export async function connectBus(url: string, name: string, logger: Logger): Promise<NatsConnection> {
  const target = new URL(url);
  const user = decodeURIComponent(target.username);
  const connection = await connect({
    servers: `${target.hostname}:${target.port || '4222'}`,
    name,
    // A user hears no answers but its own; see `workerPermissions`.
    ...(user && { user, ...(isToken.test(user) && { inboxPrefix: inboxPrefix(user) }) }),
    ...(target.password && { pass: decodeURIComponent(target.password) }),
    ...(target.protocol === 'tls:' && { tls: {} }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
    pingInterval: 10_000,
    // A stack trace for every request costs more than the request.
    noAsyncTraces: true,
  });
  void logStatus(connection, logger);
  gatherWrites(connection);
  return connection;
}

/**
 * The library writes to the socket after every callback; what one turn of the event loop has to say goes out in one write
 * instead, which costs a third of the processor's time under load. It has no option for that: where its inside has
 * changed, nothing is gathered.
 */
function gatherWrites(connection: NatsConnection): void {
  const { protocol } = connection as unknown as { protocol?: { flushPending?: () => void } };
  const flush = protocol?.flushPending?.bind(protocol);
  if (protocol === undefined || flush === undefined) return;
  let gathering = false;
  protocol.flushPending = () => {
    if (gathering) return;
    gathering = true;
    setImmediate(() => {
      gathering = false;
      flush();
    });
  };
}

async function logStatus(connection: NatsConnection, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === Events.Disconnect) logger.warn('bus disconnected');
    if (status.type === Events.Reconnect) logger.info('bus reconnected');
    if (status.type === Events.Error)
      logger.error({ why: status.data, ...status.permissionContext }, 'refused by the bus');
  }
}

/** Calls `reconnected` each time the connection was lost and made again. */
export async function onReconnect(bus: Bus, reconnected: () => void): Promise<void> {
  for await (const status of bus.status()) {
    if (status.type === Events.Reconnect) reconnected();
  }
}
