import { randomBytes } from 'node:crypto';
import type { NatsConnection } from 'nats';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SendAttempt } from '@portal-outbox/contracts';
import { startNats, type RunningNats } from '../../e2e/stack/nats-server.ts';
import { makeNatsUsers, workerApiPrefix, type NatsUsers } from '../../e2e/stack/nats-users.ts';
import { temporaryFolder } from '../../e2e/stack/temporary-folder.ts';
import { connectBus, onReconnect } from '../src/bus/connect.ts';
import { answerClaims, publishAttempts } from '../src/bus/service-bus.ts';
import { openWorkerBus } from '../src/bus/worker-bus.ts';
import { ConnectorWorker } from '../src/deliver/connector-worker.ts';
import { ScriptedSmtpServer } from '../src/deliver/testing/scripted-smtp-server.ts';
import { ConnectorPublisher } from '../src/dispatch/connector-publisher.ts';
import { CapabilityTokens } from '../src/runtime/capability-token.ts';
import { ClaimDesk } from '../src/settle/claim-desk.ts';
import { ClaimedMessages } from '../src/settle/claimed-messages.ts';
import { OutcomeSettler } from '../src/settle/outcome-settler.ts';
import { givenOutbox, leases, many, silent } from './outbox-fixture.ts';

/** Far below the 30 s after which everything is said again anyway. */
const within = { timeout: 10_000 };

const given = givenOutbox();
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

let users: NatsUsers;
let nats: RunningNats;
let bus: NatsConnection;
let server: ScriptedSmtpServer;
let connectorId: string;
beforeEach(async () => {
  const folder = await temporaryFolder();
  cleanups.push(() => folder.remove());
  users = await makeNatsUsers({ workers: ['worker=all'] });
  nats = await startNats({ folder: folder.path, users });
  cleanups.push(() => nats.stop());
  server = await new ScriptedSmtpServer().start();
  cleanups.push(() => server.stop());
  connectorId = await given.connector();
  await given.database`
    update connector set host = '127.0.0.1', port = ${server.port}, security = 'none' where id = ${connectorId}`;
  bus = await connectBus(users.urlFor('service', nats.url), 'service', silent);
  cleanups.push(() => bus.close());
  const publisher = new ConnectorPublisher(given.database, bus, silent);
  await publisher.start();
  cleanups.push(() => publisher.stop());
  const tokens = new CapabilityTokens(randomBytes(32));
  const desk = new ClaimDesk(
    given.database,
    new ClaimedMessages(given.database, tokens, 'http://x.example'),
    leases,
    silent,
  );
  answerClaims(bus, silent, (claim) => desk.ask(claim));
});

async function startWorker(): Promise<void> {
  const worker = new ConnectorWorker({
    openBus: async () =>
      openWorkerBus(await connectBus(users.urlFor('worker', nats.url), 'worker', silent), silent, {
        connectorIds: null,
        apiPrefix: workerApiPrefix,
      }),
    connectorIds: null,
    logger: silent,
    stopTimes: { finishMs: 500, cutMs: 100, settleMs: 100 },
  });
  await worker.start();
  cleanups.push(() => worker.stop());
}

async function startSettler(): Promise<void> {
  const options = { firstProbeSeconds: 30, random: () => 0.5, settled: () => undefined };
  const settler = new OutcomeSettler(given.database, bus, silent, options);
  // It needs the stream, which is made again after the reconnect.
  const started = () =>
    settler.start().then(
      () => true,
      () => false,
    );
  await expect.poll(started, within).toBe(true);
  cleanups.push(() => settler.stop());
}

/** The broker dies and comes back without anything; resolves when the service is connected again. */
async function loseBus(): Promise<void> {
  const back = new Promise<void>((resolve) => void onReconnect(bus, resolve));
  await nats.kill();
  await nats.restart({ emptyStore: true });
  await back;
}

async function publishEmails(count: number): Promise<string[]> {
  const ids = await given.submitMany(connectorId, many(count));
  await publishAttempts(bus, firstOf(await given.dispatch(connectorId)));
  return ids;
}

const firstOf = (attempts: readonly SendAttempt[]) =>
  attempts.map((attempt) => ({ ...attempt, publication: 1 }));

const sentOf = async (ids: readonly string[]) =>
  (await given.database`select id from email_archive where id = any(${[...ids]}::uuid[])`).length;

it('publishes again at once what the broker had and lost, and settles it, each once', async () => {
  const ids = await publishEmails(20);
  await loseBus();
  await startWorker();
  await startSettler();
  await expect.poll(() => sentOf(ids), within).toBe(20);
  expect(server.messages).toHaveLength(20);
});

it('goes on by itself in running processes', async () => {
  await startWorker();
  await startSettler();
  const before = await publishEmails(3);
  await expect.poll(() => sentOf(before), within).toBe(3);
  await loseBus();
  // Dispatched while the broker is not yet what it should be.
  const ids = await given.submitMany(connectorId, many(3));
  await publishAttempts(bus, firstOf(await given.dispatch(connectorId))).catch(() => undefined);
  await expect.poll(() => sentOf(ids), within).toBe(3);
  expect(server.messages).toHaveLength(6);
});

it('gets outcomes again that waited in a store that was lost', async () => {
  await startWorker();
  const ids = await publishEmails(10);
  await expect.poll(() => server.messages.length, within).toBe(10);
  await loseBus();
  await startSettler();
  await expect.poll(() => sentOf(ids), within).toBe(10);
  expect(server.messages).toHaveLength(10);
});
