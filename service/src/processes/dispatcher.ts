import { dispatcherConfig } from '../config.ts';
import { connectBus } from '../bus/connect.ts';
import { answerClaims, answerCredentials, hearHeartbeats } from '../bus/service-bus.ts';
import { renewLeases } from '../db/claim-attempts.ts';
import { openDatabase } from '../db/database.ts';
import { deriveKey } from '../db/encrypted-secret.ts';
import { createConnectorGauges } from '../dispatch/connector-gauges.ts';
import { ConnectorPublisher } from '../dispatch/connector-publisher.ts';
import { Dispatcher } from '../dispatch/dispatcher.ts';
import { LiveWorkers } from '../dispatch/live-workers.ts';
import {
  createCleanUpSweep,
  createOldestDueGauge,
  createRepublishSweep,
  createRevealSweep,
} from '../dispatch/sweeps.ts';
import { CapabilityTokens } from '../runtime/capability-token.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';
import { MetricsServer } from '../runtime/metrics-server.ts';
import { ClaimDesk } from '../settle/claim-desk.ts';
import { ClaimedMessages } from '../settle/claimed-messages.ts';
import { CredentialDesk } from '../settle/credential-desk.ts';
import { createLeaseSweep } from '../settle/lease-sweep.ts';
import { OutcomeSettler } from '../settle/outcome-settler.ts';

const config = dispatcherConfig(process.env);
const logger = createLogger('dispatcher', config.LOG_LEVEL);
const database = openDatabase(config.DATABASE_URL, 'dispatcher', 10, logger, 'keyed');
const bus = await connectBus(config.NATS_URL, 'dispatcher', logger);

const workers = new LiveWorkers();
const dispatcher = new Dispatcher(database, bus, workers, logger);
const tokens = new CapabilityTokens(deriveKey(config.SECRET_KEY, 'capability'));
const messages = new ClaimedMessages(database, tokens, config.CONTENT_URL);
const leases = { leaseSeconds: config.LEASE_SECONDS, resendLeaseSeconds: config.RESEND_LEASE_SECONDS };
const claims = new ClaimDesk(database, messages, leases, logger);
const credentials = new CredentialDesk(database, deriveKey(config.SECRET_KEY, 'connector secret'), logger);

let stopAnswering = (): Promise<void> => Promise.resolve();

await runProcess(logger, [
  {
    start: () => Promise.resolve(),
    stop: async () => {
      await bus.drain();
      await database.end({ timeout: 2 });
    },
  },
  new ConnectorPublisher(database, bus, logger),
  {
    start: () => {
      stopAnswering = answerClaims(bus, logger, (claim) => claims.ask(claim));
      answerCredentials(bus, logger, (request) => void credentials.ask(request));
      hearHeartbeats(bus, (heartbeat) => {
        workers.hear(heartbeat);
        if (heartbeat.claimTokens.length === 0) return;
        renewLeases(database, heartbeat.workerId, heartbeat.claimTokens, leases).catch((error: unknown) =>
          logger.error({ err: error }, 'leases not renewed'),
        );
      });
      return Promise.resolve();
    },
    stop: async () => {
      await stopAnswering();
      await claims.finish();
    },
  },
  new OutcomeSettler(database, bus, logger, {
    firstProbeSeconds: config.PROBE_SECONDS,
    random: Math.random,
    settled: () => dispatcher.wake(),
  }),
  createLeaseSweep(database, bus, config.LEASE_SECONDS, logger),
  createRepublishSweep(database, bus, logger),
  createOldestDueGauge(database, logger),
  createConnectorGauges(database, logger),
  createRevealSweep(database, logger),
  createCleanUpSweep(database, logger),
  dispatcher,
  ...(config.METRICS_PORT === undefined ? [] : [new MetricsServer(config.METRICS_PORT)]),
]);
