import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorsBucket, type ConnectorSettings } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { disableConnector } from '../src/db/connectors.ts';
import { inTransaction } from '../src/db/database.ts';
import { ConnectorPublisher } from '../src/dispatch/connector-publisher.ts';
import { Dispatcher } from '../src/dispatch/dispatcher.ts';
import { LiveWorkers } from '../src/dispatch/live-workers.ts';
import {
  createCleanUpSweep,
  createOldestDueGauge,
  createRepublishSweep,
  createRevealSweep,
} from '../src/dispatch/sweeps.ts';
import { ChangeFeed } from '../src/feed/change-feed.ts';
import type { Service } from '../src/runtime/lifecycle.ts';
import { createLeaseSweep } from '../src/settle/lease-sweep.ts';
import { OutcomeSettler } from '../src/settle/outcome-settler.ts';
import { givenOutbox, many, silent } from './outbox-fixture.ts';

const given = givenOutbox();
let bus: NatsConnection;
beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
});
afterAll(() => bus.close());

const settlerOptions = { firstProbeSeconds: 30, random: Math.random, settled: () => undefined };
const services: [string, () => Service][] = [
  ['the dispatcher', () => new Dispatcher(given.database, bus, new LiveWorkers(), silent)],
  ['the settler', () => new OutcomeSettler(given.database, bus, silent, settlerOptions)],
  ['the feed', () => new ChangeFeed(given.database, silent)],
  ['the publisher of connectors', () => new ConnectorPublisher(given.database, bus, silent)],
  ['the lease sweep', () => createLeaseSweep(given.database, bus, 60, silent)],
  ['the republishing sweep', () => createRepublishSweep(given.database, bus, silent)],
  ['the gauge', () => createOldestDueGauge(given.database, silent)],
  ['the revealing sweep', () => createRevealSweep(given.database, silent)],
  ['the clean-up', () => createCleanUpSweep(given.database, silent)],
];

describe.each(services)('%s', (_, make) => {
  it('stops at once, in the middle of its work', async () => {
    await given.submitMany(await given.connector(), many(50));
    const service = make();
    await service.start();
    const began = performance.now();
    await service.stop();
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('bears to be stopped before it was started, and twice', async () => {
    const service = make();
    await service.stop();
    await service.stop();
    const started = make();
    await started.start();
    await Promise.all([started.stop(), started.stop()]);
    await started.stop();
  });

  it('leaves the database and the bus usable', async () => {
    const service = make();
    await service.start();
    await service.stop();
    expect(await given.database`select 1 as one`).toEqual([{ one: 1 }]);
    await bus.flush();
  });
});

it('tells workers of a connector once it is made, and again when it is switched', async () => {
  const publisher = new ConnectorPublisher(given.database, bus, silent);
  await publisher.start();
  const bucket = await bus.jetstream().views.kv(connectorsBucket);
  const told = async (id: string) => (await bucket.get(id))?.json<ConnectorSettings>();
  const id = await given.connector();
  await expect
    .poll(() => told(id))
    .toEqual({
      ...{
        connectorId: id,
        revision: 2,
        enabled: true,
        host: 'mail.example',
        port: 25,
        security: 'starttls',
      },
      ...{ login: false, maxConnections: 5, messagesPerConnection: 100 },
    });
  await inTransaction(given.database, (tx) => disableConnector(tx, given.portalId, id, 'administrator'));
  await expect.poll(() => told(id)).toMatchObject({ enabled: false, revision: 3 });
  await publisher.stop();
});
