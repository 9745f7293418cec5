import { connect, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { subjects } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { createLeaseSweep } from '../src/settle/lease-sweep.ts';
import type { WorkerLoop } from '../src/runtime/worker-loop.ts';
import { anHourAgo, givenOutbox, silent } from './outbox-fixture.ts';

const given = givenOutbox();
const leaseSeconds = 0.2;
let bus: NatsConnection;
let sweep: WorkerLoop;

beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
});
afterAll(async () => {
  await sweep.stop();
  await bus.close();
});

const state = async (id: string) => (await given.row(id)).state;

it('lets no lease run out before settling was caught up for one whole lease', async () => {
  const { id } = await given.claimed(await given.connector());
  await given.put(id, { lease_until: anHourAgo() });
  // An outcome that nobody settles yet: it may be the one of this email.
  await bus.jetstream().publish(subjects.outcomes('somebody'), '{}');
  let looks = 0;
  const counted = new Proxy(bus, {
    get(target, name) {
      if (name !== 'jetstreamManager') return Reflect.get(target, name) as unknown;
      looks += 1;
      return target.jetstreamManager.bind(target);
    },
  });
  sweep = createLeaseSweep(given.database, counted, leaseSeconds, silent);
  const began = performance.now();
  await sweep.start();
  await expect
    .poll(
      () => {
        sweep.wake();
        return looks > 5 && performance.now() - began > 2 * leaseSeconds * 1000;
      },
      { interval: 20 },
    )
    .toBe(true);
  expect(await state(id)).toBe('claimed');

  const manager = await bus.jetstreamManager();
  const caughtUp = performance.now();
  await manager.streams.purge('OUTBOX_OUTCOMES');
  sweep.wake();
  await expect.poll(() => state(id)).toBe('failed');
  expect(performance.now() - caughtUp).toBeGreaterThanOrEqual(leaseSeconds * 1000);
});

it('goes on letting leases run out from then on', async () => {
  const { id } = await given.claimed(await given.connector());
  await given.put(id, { lease_until: anHourAgo() });
  await expect.poll(() => state(id)).toBe('failed');
});
