import { afterEach, expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { draft, givenStack } from './given-stack.ts';

const given = givenStack();
let told = 0;
/** Addresses that nobody else uses. */
const addresses = (count: number, name = 'customer') =>
  Array.from({ length: count }, () => `${name}.${(told += 1)}@example.test`);
const submit = (to: readonly string[]) =>
  given.backEnd.submit(to.map((address) => draft(given.connectorId, address)));
const arrived = (to: readonly string[]) => to.flatMap((address) => given.taken(address));
const arrive = (to: readonly string[], count = to.length, seconds = 30) =>
  eventually(`${count} to arrive`, () => (arrived(to).length === count ? arrived(to) : null), seconds);
const connector = async () => (await given.backEnd.connectors()).find((it) => it.id === given.connectorId)!;

afterEach(() =>
  given.backEnd.changeConnector(given.connectorId, { messagesPerMinute: null, concurrentSends: null }),
);

it('sends no faster than the messages a minute, over all workers', async () => {
  await given.backEnd.changeConnector(given.connectorId, { messagesPerMinute: 240 });
  const to = addresses(16);
  await submit(to);
  const times = (await arrive(to)).map((it) => it.at.getTime()).toSorted((a, b) => a - b);
  // Four may go at once; the others at four a second.
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(2500);
});

it('has no more emails in the workers’ hands than the concurrent sends', async () => {
  await given.backEnd.changeConnector(given.connectorId, { concurrentSends: 2 });
  const to = addresses(6, 'slow');
  /** The mail server has read them and owes an answer. */
  const inHand = () => arrived(to).filter((it) => it.reply === null);
  const most: number[] = [];
  given.sink.on('received', () => most.push(inHand().length));
  await submit(to);
  for (let sent = 0; sent < to.length; sent += 2) {
    await eventually('two in hand', () => (inHand().length === 2 ? true : null));
    given.sink.release();
  }
  await arrive(to);
  expect(Math.max(...most)).toBe(2);
});

it('waits while the mail server is away, without using up attempts, and sends everything once it is back', async () => {
  await given.sink.down();
  const to = addresses(5);
  const ids = await submit(to);
  await eventually('the connector to pause', async () => (await connector()).pausedUntil);
  expect((await connector()).enabled).toBe(true);
  const rows = (await given.author.list({ view: 'mine' })).items.filter((it) => ids.includes(it.id));
  for (const row of rows) expect(row).toMatchObject({ status: 'queued', sendCount: 0 });
  await given.sink.up();
  expect(await arrive(to, 5, 60)).toHaveLength(5);
  await eventually('the trouble to be over', async () =>
    (await connector()).troubleSince === null ? true : null,
  );
});

it('holds what waits while it is disabled, and asks what becomes of it when it is enabled', async () => {
  const { connectorId, backEnd } = given;
  await backEnd.disableConnector(connectorId);
  const to = addresses(3);
  const ids = await submit(to);
  await expect(backEnd.enableConnector(connectorId)).rejects.toMatchObject({
    status: 409,
    problem: { code: 'connector_disabled', held: { count: 3 } },
  });
  await backEnd.enableConnector(connectorId, 'leave');
  const left = (await given.author.list({ view: 'mine' })).items.filter((it) => ids.includes(it.id));
  expect(left.map((it) => [it.status, it.lastFailure?.cause])).toEqual(
    ids.map(() => ['failed', 'left_on_enable']),
  );
  await given.author.retry(ids[1]!);
  await arrive([to[1]!]);
  expect(arrived(to)).toHaveLength(1);

  await backEnd.disableConnector(connectorId);
  await given.author.retry(ids[0]!).catch(() => undefined);
  const [later] = addresses(1);
  await submit([later!]);
  await backEnd.enableConnector(connectorId, 'release');
  await arrive([later!]);
  expect(arrived(to)).toHaveLength(1);
});
