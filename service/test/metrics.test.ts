import { randomUUID } from 'node:crypto';
import getPort from 'get-port';
import { connect, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { subjects } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { createOldestDueGauge, createRepublishSweep } from '../src/dispatch/sweeps.ts';
import type { Service } from '../src/runtime/lifecycle.ts';
import { MetricsServer } from '../src/runtime/metrics-server.ts';
import { createLeaseSweep } from '../src/settle/lease-sweep.ts';
import { anHourAgo, givenOutbox, silent } from './outbox-fixture.ts';

const given = givenOutbox();
let bus: NatsConnection;
let url: string;
const running: Service[] = [];

beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
  const port = await getPort();
  const server = new MetricsServer(port);
  await server.start();
  running.push(server);
  url = `http://127.0.0.1:${port}/metrics`;
});
afterEach(async () => {
  for (const service of running.splice(1)) await service.stop();
});
afterAll(async () => {
  for (const service of running) await service.stop();
  await bus.close();
});

async function start(service: Service): Promise<void> {
  running.push(service);
  await service.start();
}
/** What an operator's Prometheus reads. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(url)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

it('shows how long the oldest due email has waited', async () => {
  const id = await given.submit(await given.connector());
  await given.put(id, { due_at: new Date(Date.now() - 90_000) });
  await start(createOldestDueGauge(given.database, silent));
  await expect.poll(() => metric('outbox_oldest_due_seconds')).toBeGreaterThanOrEqual(90);
  await given.put(id, { state: 'failed' });
});

it('counts what was published again, and what was parked', async () => {
  const connectorId = await given.connector();
  const [lost, poison] = await given.submitMany(connectorId, [{}, {}]);
  await given.dispatch(connectorId);
  await given.put(lost!, { published_at: anHourAgo() });
  await given.put(poison!, { published_at: anHourAgo(), publication: 5 });
  await given.database`update outbox_email set overtaken = 4 where id = ${poison!}`;
  await given.database`
    insert into send_attempt (id, email_id, portal_id, connector_id, attempt_no, claimed_at)
    values (${randomUUID()}, ${randomUUID()}, ${given.portalId}, ${connectorId}, 1, now())`;
  await start(createRepublishSweep(given.database, bus, silent));
  await expect.poll(() => metric('outbox_parked_attempts_total')).toBe(1);
  await expect.poll(() => metric('outbox_republished_attempts_total')).toBe(1);
  expect(await given.row(poison!)).toMatchObject({ state: 'failed', last_cause: 'never_claimed' });
});

it('counts outcomes that wait, and leases that ran out', async () => {
  await bus.jetstream().publish(subjects.outcomes('somebody'), '{}');
  const { id } = await given.claimed(await given.connector());
  await given.put(id, { lease_until: anHourAgo() });
  await start(createLeaseSweep(given.database, bus, 0.2, silent));
  await expect.poll(() => metric('outbox_waiting_outcomes')).toBe(1);
  expect(await metric('outbox_lost_leases_total')).toBe(0);
  await (await bus.jetstreamManager()).streams.purge('OUTBOX_OUTCOMES');
  await expect.poll(() => metric('outbox_lost_leases_total')).toBe(1);
  expect(await metric('outbox_waiting_outcomes')).toBe(0);
});
