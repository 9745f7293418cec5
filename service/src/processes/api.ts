import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { serve, type ServerType } from '@hono/node-server';
import { createApp } from '../api/app.ts';
import { BulkRunner } from '../bulk/bulk-runner.ts';
import { apiConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { deriveKey } from '../db/encrypted-secret.ts';
import { ChangeFeed } from '../feed/change-feed.ts';
import { CapabilityTokens } from '../runtime/capability-token.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';

// By itself V8 lets garbage grow to several times what is in use before it collects it. A thousand open streams make
// much garbage and hold little.
setFlagsFromString('--heap-growing-percent=50');

const config = apiConfig(process.env);
const logger = createLogger('api', config.LOG_LEVEL);
const database = openDatabase(config.DATABASE_URL, 'api', 20, logger);
const reads = openDatabase(config.DATABASE_URL, 'api reads', 10, logger, 'fresh');
const feed = new ChangeFeed(database, logger);

/** A connection on which nothing moves for so long is closed; streams of changes have a heartbeat. */
const silentConnectionMs = 120_000;
let server: ServerType | null = null;
const port = (): number => (server?.address() as AddressInfo | null)?.port ?? config.PORT;
const app = createApp(
  {
    database,
    reads,
    logger,
    feed,
    tokens: new CapabilityTokens(deriveKey(config.SECRET_KEY, 'capability')),
    cursorKey: deriveKey(config.SECRET_KEY, 'cursor'),
    secretKey: deriveKey(config.SECRET_KEY, 'connector secret'),
    publicUrl: () => (config.PUBLIC_URL ?? `http://127.0.0.1:${port()}`).replace(/\/$/, ''),
    requestsPerMinute: config.REQUESTS_PER_MINUTE,
    widgetFolder: config.WIDGET_DIR ?? null,
  },
  config.PORTALS,
);

await runProcess(
  logger,
  [
    { start: () => Promise.resolve(), stop: () => database.end({ timeout: 2 }) },
    { start: () => Promise.resolve(), stop: () => reads.end({ timeout: 2 }) },
    feed,
    new BulkRunner(database, logger),
    {
      start: () =>
        new Promise((resolve) => {
          server = serve({ fetch: app.fetch, port: config.PORT, hostname: config.HOST }, () => resolve());
          // An import may take long, as long as something moves: Node's own limit is on the whole request.
          if ('requestTimeout' in server) server.requestTimeout = 0;
          server.setTimeout(silentConnectionMs);
        }),
      stop: () =>
        new Promise((resolve) => {
          if (server === null) return resolve();
          server.close(() => resolve());
          // Streams never end by themselves; requests under way may finish.
          if ('closeIdleConnections' in server) server.closeIdleConnections();
          setTimeout(
            () => server !== null && 'closeAllConnections' in server && server.closeAllConnections(),
            2000,
          );
        }),
    },
  ],
  () => ({ port: port() }),
);
