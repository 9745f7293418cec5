import { setTimeout as pause } from 'node:timers/promises';
import getPort from 'get-port';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import type { ServiceProcess } from '../stack/service-process.ts';
import { givenStack } from './given-stack.ts';

/*
 * Parts that stand still, die or forget: everything goes on from the database, and nothing is lost, doubled or wrongly
 * said to be perhaps sent. A worker renews its leases every 5 s.
 */

const leaseSeconds = 8;
const longerThanLeaseMs = leaseSeconds * 1000 + 1000;
const metricsPort = await getPort();
const thaws: (() => void)[] = [];
const given = givenStack({
  leaseSeconds,
  workers: 1,
  environment: { dispatcher: { METRICS_PORT: String(metricsPort) } },
});
let lostBefore = 0;
beforeEach(async () => {
  lostBefore = await lostLeases();
});
afterEach(() => {
  for (const thaw of thaws.splice(0)) thaw();
  given.sink.release();
});

/** Claims that the dispatcher took for lost since it was started. */
async function lostLeases(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return Number(/^outbox_lost_leases_total (\d+)$/m.exec(text)?.[1]);
}

/** Emails whose final dot the mail server has read and not answered. */
async function inHand(count: number, name: string): Promise<string[]> {
  given.sink.pauseAfterData();
  const addresses = Array.from({ length: count }, (_, index) => `${name}.${index}@example.test`);
  for (const address of addresses) await given.submit(address);
  const most = Math.min(count, 5);
  await eventually(`${most} messages at the mail server`, () => (received(name) === most ? true : null));
  return addresses;
}
const received = (name: string): number =>
  given.sink.messages.filter((it) => it.envelope.to.some((address) => address.startsWith(name))).length;

async function expectEachSentOnce(addresses: readonly string[]): Promise<void> {
  await eventually(
    'all to be sent',
    async () => {
      const { total } = await given.author.count();
      return total === 0 && addresses.every((it) => given.taken(it).length > 0) ? true : null;
    },
    30,
  );
  for (const address of addresses) {
    expect(given.sink.messages.filter((it) => it.envelope.to.includes(address))).toHaveLength(1);
  }
}

function freeze({ pid }: ServiceProcess): () => void {
  process.kill(pid!, 'SIGSTOP');
  const thaw = () => void process.kill(pid!, 'SIGCONT');
  thaws.push(thaw);
  return thaw;
}

it('a worker that was frozen for longer than its lease has the last word when it wakes up', async () => {
  const [address] = await inHand(1, 'frozen');
  const thaw = freeze(given.stack.workers[0]!);
  await eventually(
    'it to be perhaps sent',
    async () => ((await given.author.list()).items[0]?.mayHaveBeenSent === true ? true : null),
    30,
  );
  given.sink.release();
  thaw();
  await expectEachSentOnce([address!]);
  expect(await lostLeases()).toBe(lostBefore + 1);
});

it('a dispatcher that was frozen for longer than a lease takes no claim from a living worker', async () => {
  const addresses = await inHand(2, 'dispatcher');
  const thaw = freeze(given.stack.dispatcher);
  await pause(longerThanLeaseMs);
  thaw();
  // It is at work again.
  const after = await given.submit('dispatcher.after@example.test');
  await eventually('the next one', () => (received('dispatcher') === 3 ? true : null));
  given.sink.release();
  await expectEachSentOnce([...addresses, 'dispatcher.after@example.test']);
  expect(await lostLeases()).toBe(lostBefore);
  expect((await given.author.attempts(after)).map((it) => it.result)).toEqual(['accepted']);
});

it('a database that was frozen, then gone, for longer than a lease takes no claim from a living worker', async () => {
  const { postgres } = given.stack;
  const addresses = await inHand(2, 'database');
  await postgres!.freeze();
  await pause(longerThanLeaseMs / 2);
  await postgres!.thaw();
  await postgres!.kill('SIGKILL');
  await pause(longerThanLeaseMs / 2);
  await postgres!.restart();
  await eventually('the service to be back', () => given.submit('database.after@example.test'));
  await eventually('the next one', () => (received('database') === 3 ? true : null), 30);
  given.sink.release();
  await expectEachSentOnce([...addresses, 'database.after@example.test']);
  expect(await lostLeases()).toBe(lostBefore);
});

it('a broker that comes back empty while outcomes and attempts were on it has lost nothing', async () => {
  const addresses = await inHand(12, 'broker');
  await given.stack.nats!.kill();
  given.sink.release();
  await given.stack.nats!.restart({ emptyStore: true });
  await expectEachSentOnce(addresses);
  expect(await lostLeases()).toBe(lostBefore);
});

it('a service that was gone goes on where it was', async () => {
  const { api, dispatcher } = given.stack;
  const addresses = await inHand(12, 'service');
  await Promise.all([api.kill('SIGKILL'), dispatcher.kill('SIGKILL')]);
  given.sink.release();
  await eventually('what was in hand to be answered', () =>
    addresses.filter((it) => given.taken(it).length > 0).length >= 5 ? true : null,
  );
  await Promise.all([api.restart(), dispatcher.restart()]);
  await expectEachSentOnce(addresses);
  expect(await lostLeases()).toBe(0);
});
