import { randomUUID } from 'node:crypto';
import { connect, Events, JSONCodec, type NatsConnection, type Status } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  attemptConsumer,
  inboxPrefix,
  streams,
  subjects,
  workerJetStreamApi,
  type ConnectorSettings,
} from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { startNats, type RunningNats } from '../../e2e/stack/nats-server.ts';
import { makeNatsUsers, type NatsUsers } from '../../e2e/stack/nats-users.ts';
import { temporaryFolder, type TemporaryFolder } from '../../e2e/stack/temporary-folder.ts';
import { connectBus } from '../src/bus/connect.ts';
import {
  answerClaims,
  answerCredentials,
  consumeOutcomes,
  hearHeartbeats,
  publishAttempts,
  publishSettled,
} from '../src/bus/service-bus.ts';
import { ensureTopology, openConnectorsBucket } from '../src/bus/topology.ts';
import { openWorkerBus, type WorkerBus } from '../src/bus/worker-bus.ts';
import { granted, sendAttempt, settingsFor } from '../src/deliver/testing/delivery-fixture.ts';
import { claimOf, outcomeOf, silent } from './outbox-fixture.ts';

/** Two connectors, each with a worker whose user is permitted that one only, and one worker for all. */
const [connectorA, connectorB, workerA, workerB] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const json = JSONCodec();
let folder: TemporaryFolder;
let users: NatsUsers;
let server: RunningNats;
let service: NatsConnection;

beforeAll(async () => {
  folder = await temporaryFolder();
  users = await makeNatsUsers({
    workers: [`worker-a=${connectorA}@${workerA}`, `worker-b=${connectorB}@${workerB}`, 'worker-all=all'],
  });
  server = await startNats({ folder: folder.path, users });
  service = await connectBus(users.urlFor('service', server.url), 'service', silent);
  await ensureTopology(
    service,
    [connectorA, connectorB].map((connectorId) => ({ ...settingsFor(25), connectorId })),
  );
  answerClaims(service, silent, ({ answer }) => answer(granted()));
  answerCredentials(service, silent, ({ connectorId, answer }) =>
    answer({ kind: 'password', username: connectorId, password: `secret of ${connectorId}` }),
  );
});
afterAll(async () => {
  await service?.close();
  await server?.stop();
  await folder?.remove();
});

/** A connection of a user's that notes what the server refuses. */
async function comeAs(user: string): Promise<{ connection: NatsConnection; refused: string[] }> {
  const { port, username, password } = new URL(users.urlFor(user, server.url));
  const connection = await connect({
    port: Number(port),
    user: username,
    pass: password,
    inboxPrefix: inboxPrefix(user),
  });
  const refused: string[] = [];
  void noteRefusals(connection.status(), refused);
  return { connection, refused };
}

async function noteRefusals(status: AsyncIterable<Status>, refused: string[]): Promise<void> {
  for await (const { type, permissionContext } of status) {
    if (type === Events.Error && permissionContext) refused.push(permissionContext.subject);
  }
}

const jetStreamCalls = [
  `CONSUMER.INFO.${streams.attempts}.${attemptConsumer(connectorB)}`,
  `CONSUMER.MSG.NEXT.${streams.attempts}.${attemptConsumer(connectorB)}`,
  `CONSUMER.CREATE.${streams.attempts}.mine.${subjects.attempts(connectorB)}`,
  `CONSUMER.CREATE.${streams.attempts}.mine.${subjects.attempts(connectorA)}`,
  `CONSUMER.DURABLE.CREATE.${streams.attempts}.mine`,
  `CONSUMER.DELETE.${streams.attempts}.${attemptConsumer(connectorA)}`,
  `CONSUMER.DELETE.${streams.attempts}.${attemptConsumer(connectorB)}`,
  `CONSUMER.MSG.NEXT.${streams.outcomes}.settle`,
  `CONSUMER.CREATE.KV_outbox-connectors.mine.${subjects.connector(connectorB)}`,
  `DIRECT.GET.KV_outbox-connectors`,
  `DIRECT.GET.KV_outbox-connectors.${subjects.connector(connectorB)}`,
  `STREAM.INFO.KV_outbox-connectors`,
  `STREAM.MSG.GET.KV_outbox-connectors`,
  `STREAM.MSG.GET.${streams.attempts}`,
  `STREAM.CREATE.MINE`,
  `STREAM.UPDATE.${streams.attempts}`,
  `STREAM.DELETE.${streams.attempts}`,
  `STREAM.PURGE.${streams.outcomes}`,
  'INFO',
];

describe('the worker of one connector', () => {
  it.each([
    ['claims', subjects.claims(connectorB)],
    ['credentials', subjects.credentials(connectorB)],
    ['outcomes', subjects.outcomes(connectorB)],
    ['heartbeats', subjects.heartbeat(connectorB, workerA)],
    ['heartbeats in the name of another worker', subjects.heartbeat(connectorA, workerB)],
    ['attempts', subjects.attempts(connectorB)],
    ['attempts of its own making', subjects.attempts(connectorA)],
    ['settings', subjects.connector(connectorB)],
    ['settings of its own connector', subjects.connector(connectorA)],
    ['notices', subjects.settled(workerB)],
    ['events', subjects.events('*').replace('*', 'portal')],
    ['answers', `${inboxPrefix('worker-b')}.anything`],
    ['acknowledgements', `$JS.ACK.${streams.attempts}.${attemptConsumer(connectorB)}.1.1.1.1.0`],
    ...jetStreamCalls.map((call) => [call, `${workerJetStreamApi}.${call}`]),
    ...jetStreamCalls.map((call) => [`$JS.API.${call}`, `$JS.API.${call}`]),
  ])('may not send the other’s %s', async (_, subject) => {
    const { connection, refused } = await comeAs('worker-a');
    connection.publish(subject, '{}', { reply: `${inboxPrefix('worker-a')}.x` });
    await connection.flush();
    await expect.poll(() => refused).toEqual([subject]);
    await connection.close();
  });

  it.each([
    ['claims', subjects.claims(connectorB)],
    ['claims of its own connector', subjects.claims(connectorA)],
    ['requests for credentials', subjects.credentials(connectorA)],
    ['attempts', subjects.attempts(connectorB)],
    ['attempts without claiming them', subjects.attempts(connectorA)],
    ['outcomes', subjects.outcomes(connectorB)],
    ['heartbeats', subjects.heartbeat(connectorB, '*')],
    ['settings', subjects.connector(connectorB)],
    ['settings of all', subjects.connector('*')],
    ['notices', subjects.settled(workerB)],
    ['answers to the other', `${inboxPrefix('worker-b')}.>`],
    ['answers to the service', `${inboxPrefix('service')}.>`],
    ['answers between accounts', '_R_.>'],
    ['everything', '>'],
  ])('may not hear the other’s %s', async (_, subject) => {
    const { connection, refused } = await comeAs('worker-a');
    connection.subscribe(subject, { callback: () => undefined });
    await connection.flush();
    await expect.poll(() => refused).toEqual([subject]);
    await connection.close();
  });

  it('cannot make JetStream answer where it may not speak', async () => {
    const { connection } = await comeAs('worker-a');
    const manager = await service.jetstreamManager();
    const before = await publishTo(connectorB);
    for (const target of [
      `$JS.API.STREAM.DELETE.${streams.outcomes}`,
      `$JS.API.STREAM.PURGE.${streams.attempts}`,
      `$JS.API.CONSUMER.DELETE.${streams.attempts}.${attemptConsumer(connectorB)}`,
      `$JS.ACK.${streams.attempts}.${attemptConsumer(connectorB)}.1.1.1.1.0`,
    ]) {
      // Nobody has written to its connector: the answer is empty, which is what these calls expect.
      connection.publish(
        `${workerJetStreamApi}.CONSUMER.MSG.NEXT.${streams.attempts}.${attemptConsumer(connectorA)}`,
        json.encode({ batch: 1, no_wait: true }),
        { reply: target },
      );
    }
    await connection.flush();
    await connection.close();
    const worker = await openAs('worker-b', connectorB);
    expect(await takeOne(worker.bus, connectorB)).toBe(before);
    expect((await manager.streams.info(streams.outcomes)).config.name).toBe(streams.outcomes);
    await worker.close();
  });

  it('does its whole work', async () => {
    const { bus, close } = await openAs('worker-a', connectorA);
    const seen: [string, ConnectorSettings | null][] = [];
    const end = bus.watchConnectors((id, settings) => seen.push([id, settings]));
    await expect.poll(() => seen.map(([id]) => id)).toEqual([connectorA]);
    await ensureTopology(
      service,
      [connectorA, connectorB].map((connectorId) => ({ ...settingsFor(25), connectorId, revision: 9 })),
    );
    await expect.poll(() => seen.map(([, settings]) => settings?.revision)).toEqual([7, 9]);
    await (await openConnectorsBucket(service)).delete(connectorA);
    await expect.poll(() => seen.at(-1)).toEqual([connectorA, null]);
    end();

    const attemptId = await publishTo(connectorA);
    expect(await takeOne(bus, connectorA)).toBe(attemptId);
    const attempt = sendAttempt({ connectorId: connectorA, attemptId });
    const claim = claimOf(attempt, { workerId: workerA });
    expect(await bus.askForClaim(connectorA, claim)).toMatchObject({ granted: true });
    expect(await bus.askForCredentials(connectorA, { workerId: workerA, revision: 1 }, 2000)).toEqual({
      ...{ kind: 'password', username: connectorA, password: `secret of ${connectorA}` },
    });

    const outcomes: string[] = [];
    const stop = await consumeOutcomes(service, silent, 10, ({ outcome, acknowledge }) => {
      acknowledge();
      outcomes.push(outcome.attemptId);
      publishSettled(service, outcome.workerId, [outcome.attemptId]);
    });
    const settled: string[] = [];
    bus.onSettled(workerA, (ids) => settled.push(...ids));
    await bus.publishOutcome(outcomeOf({ attempt, claim }));
    await expect.poll(() => settled).toEqual([attemptId]);
    expect(outcomes).toEqual([attemptId]);
    await stop();

    const heartbeats: string[] = [];
    hearHeartbeats(service, ({ workerId }) => heartbeats.push(workerId));
    await service.flush();
    bus.publishHeartbeat({
      workerId: workerA,
      connectorId: connectorA,
      openConnections: 1,
      claimTokens: [],
    });
    await expect.poll(() => heartbeats).toEqual([workerA]);
    await close();
  });
});

it('shows every connector to a worker that may work for all, those made later included', async () => {
  const { bus, close } = await openAs('worker-all', null);
  const seen = new Set<string>();
  const end = bus.watchConnectors((id, settings) => settings && seen.add(id));
  await expect.poll(() => [...seen]).toContain(connectorB);
  const later = { ...settingsFor(25), connectorId: randomUUID() };
  await ensureTopology(service, [later]);
  await expect.poll(() => [...seen]).toContain(later.connectorId);
  const attemptId = await publishTo(later.connectorId);
  expect(await takeOne(bus, later.connectorId)).toBe(attemptId);
  end();
  await close();
});

it('answers no request whose answer would go to anything but an inbox', async () => {
  const open = await connectBus(await freshBroker(), 'service', silent);
  answerClaims(open, silent, ({ answer }) => answer(granted()));
  const heard: string[] = [];
  for (const subject of [subjects.settled('*'), '_INBOX.>'])
    open.subscribe(subject, { callback: (_, message) => heard.push(message.subject) });
  const claim = json.encode(claimOf(sendAttempt()));
  for (const reply of [subjects.settled(workerB), '_INBOX.worker-a.last'])
    open.publish(subjects.claims(connectorA), claim, { reply });
  await expect.poll(() => heard).toEqual(['_INBOX.worker-a.last']);
  await open.close();
});

async function openAs(
  user: string,
  connectorId: string | null,
): Promise<{ bus: WorkerBus; close: () => Promise<void> }> {
  const connection = await connectBus(users.urlFor(user, server.url), user, silent);
  const bus = openWorkerBus(connection, silent, {
    connectorIds: connectorId === null ? null : [connectorId],
    apiPrefix: workerJetStreamApi,
  });
  return { bus, close: () => bus.close() };
}

async function publishTo(connectorId: string): Promise<string> {
  const attempt = sendAttempt({ connectorId, attemptId: randomUUID() });
  await publishAttempts(service, [{ ...attempt, publication: 1 }]);
  return attempt.attemptId;
}

async function takeOne(bus: WorkerBus, connectorId: string): Promise<string | undefined> {
  for await (const message of await bus.fetchAttempts(connectorId, 1, 2000)) {
    message.acknowledge();
    return message.attempt.attemptId;
  }
  return undefined;
}
