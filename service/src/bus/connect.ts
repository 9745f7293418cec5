import { connect, Events, type NatsConnection } from 'nats';
import type { Logger } from '../runtime/logger.ts';

/** A connection to the broker. */
export type Bus = NatsConnection;

/** Connects and stays connected: lost connections are made again for ever. The first connect waits for the server too. */
export async function connectBus(url: string, name: string, logger: Logger): Promise<NatsConnection> {
  const target = new URL(url);
  const connection = await connect({
    servers: `${target.hostname}:${target.port || '4222'}`,
    name,
    ...(target.username && { user: decodeURIComponent(target.username) }),
    ...(target.password && { pass: decodeURIComponent(target.password) }),
    ...(target.protocol === 'tls:' && { tls: {} }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    waitOnFirstConnect: true,
    pingInterval: 10_000,
  });
  void logStatus(connection, logger);
  return connection;
}

async function logStatus(connection: NatsConnection, logger: Logger): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === Events.Disconnect) logger.warn('bus disconnected');
    if (status.type === Events.Reconnect) logger.info('bus reconnected');
  }
}

/** Calls `reconnected` each time the connection was lost and made again. */
export async function onReconnect(bus: Bus, reconnected: () => void): Promise<void> {
  for await (const status of bus.status()) {
    if (status.type === Events.Reconnect) reconnected();
  }
}
