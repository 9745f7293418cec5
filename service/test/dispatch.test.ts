import { connect, JSONCodec, type NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streams, type SendAttempt } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { claimAttempts } from '../src/db/claim-attempts.ts';
import { connectorsForWorkers, disableConnector, enableConnector } from '../src/db/connectors.ts';
import { inTransaction } from '../src/db/database.ts';
import { dispatchDue, lockDueConnector, oldestDueSeconds, untilNextDue } from '../src/db/dispatch-due.ts';
import { Dispatcher } from '../src/dispatch/dispatcher.ts';
import { LiveWorkers } from '../src/dispatch/live-workers.ts';
import { windowOf } from '../src/outbox/send-rate.ts';
import { claimOf, givenOutbox, inOneHour, outcomeOf, silent, many, leases } from './outbox-fixture.ts';

const given = givenOutbox();
const json = JSONCodec<SendAttempt>();
const smallestWindow = 32;

let bus: NatsConnection;
beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
});
afterAll(() => bus.close());

/** Every attempt in the stream, in the order published. */
async function published(): Promise<SendAttempt[]> {
  const manager = await bus.jetstreamManager();
  const { state } = await manager.streams.info(streams.attempts);
  const all: SendAttempt[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    all.push(json.decode((await manager.streams.getMessage(streams.attempts, { seq })).data));
  }
  return all;
}

/** Runs dispatchers side by side until nothing more can go, then stops them. */
async function runDispatchers(count: number): Promise<void> {
  const dispatchers = Array.from({ length: count }, (_, index) => {
    const pool = index % 2 === 0 ? given.database : given.other;
    return new Dispatcher(pool, bus, new LiveWorkers(), silent);
  });
  await Promise.all(dispatchers.map((it) => it.start()));
  await expect.poll(dispatchable).toBe(0);
  await Promise.all(dispatchers.map((it) => it.stop()));
}

/** Emails that are due, of a running connector whose window is not full. */
async function dispatchable(): Promise<number> {
  const [row] = await given.database<{ count: number }[]>`
    select count(*)::int as count from outbox_email e join connector c on c.id = e.connector_id
    where e.state = 'waiting' and e.due_at <= now() and c.enabled
      and (c.paused_until is null or c.paused_until <= now())
      and (select count(*) from outbox_email f
           where f.connector_id = c.id and f.state in ('dispatched', 'claimed'))
          < case when c.trouble_count > 0 then 1 else ${smallestWindow} end`;
  return row!.count;
}

const inFlight = async (connectorId: string): Promise<number> => {
  const [row] = await given.database<{ count: number }[]>`
    select count(*)::int as count from outbox_email
    where connector_id = ${connectorId} and state in ('dispatched', 'claimed')`;
  return row!.count;
};
const disable = (id: string) =>
  inTransaction(given.database, (tx) => disableConnector(tx, given.portalId, id, 'administrator'));

it('dispatches no email twice and exceeds no window, with four dispatchers over several connectors', async () => {
  const connectorIds = await Promise.all([1, 2, 3].map(() => given.connector()));
  const ids = await Promise.all(connectorIds.map((id) => given.submitMany(id, many(80))));
  await runDispatchers(4);
  for (const connectorId of connectorIds) expect(await inFlight(connectorId)).toBe(smallestWindow);
  const first = await published();
  expect(first).toHaveLength(3 * smallestWindow);

  // What is settled makes room for just as many.
  const done = first.filter((it) => it.connectorId === connectorIds[0]).slice(0, 10);
  for (const attempt of done) {
    const claim = claimOf(attempt);
    await claimAttempts(given.database, [claim], leases);
    await given.settle(outcomeOf({ attempt, claim }));
  }
  await runDispatchers(4);
  const all = await published();
  expect(all).toHaveLength(3 * smallestWindow + 10);
  expect(new Set(all.map((it) => it.emailId)).size).toBe(all.length);
  expect(new Set(all.map((it) => it.attemptId)).size).toBe(all.length);
  expect(all.every((it) => it.attemptNo === 1)).toBe(true);
  for (const [index, connectorId] of connectorIds.entries()) {
    expect(await inFlight(connectorId)).toBe(smallestWindow);
    const mine = all.filter((it) => it.connectorId === connectorId).map((it) => it.emailId);
    expect(ids[index]).toEqual(expect.arrayContaining(mine));
    await disable(connectorId);
  }
});

it('widens the window to twice the connections that the live workers may open', async () => {
  const connectorId = await given.connector();
  await given.database`update connector set max_connections = 25 where id = ${connectorId}`;
  const workers = new LiveWorkers();
  const window = async () => {
    const connector = await inTransaction(given.database, (tx) => lockDueConnector(tx, []));
    return windowOf(connector!, workers.countOf(connectorId));
  };
  await given.submit(connectorId);
  expect(await window()).toBe(smallestWindow);
  for (const workerId of ['a', 'b', 'b']) workers.hear({ workerId, connectorId });
  workers.hear({ workerId: 'a', connectorId: 'other' });
  expect(await window()).toBe(100);
  await disable(connectorId);
});

describe('nothing leaves', () => {
  const stays = async (connectorId: string, changes = {}) => {
    const id = await given.submit(connectorId, changes);
    const before = (await published()).length;
    await runDispatchers(2);
    expect((await given.row(id)).state).toBe('waiting');
    expect(await published()).toHaveLength(before);
    return id;
  };

  it('through a disabled connector, and all of it once it is enabled', async () => {
    const connectorId = await given.connector();
    await disable(connectorId);
    const id = await stays(connectorId);
    await enableConnector(given.database, given.portalId, connectorId);
    await runDispatchers(2);
    expect((await given.row(id)).state).toBe('dispatched');
  });

  it('through a paused connector', async () => {
    const connectorId = await given.connector();
    await given.database`
      update connector set paused_until = now() + interval '1 hour', trouble_count = 1 where id = ${connectorId}`;
    await stays(connectorId);
  });

  it('before its time', async () => {
    await stays(await given.connector(), { sendAt: inOneHour().toISOString() });
  });

  it('through a connector that another dispatcher is looking at', async () => {
    const connectorId = await given.connector();
    await given.submit(connectorId);
    await inTransaction(given.database, async (tx) => {
      expect((await lockDueConnector(tx, []))?.id).toBe(connectorId);
      expect(await inTransaction(given.other, (other) => lockDueConnector(other, []))).toBeNull();
    });
    await disable(connectorId);
  });
});

it('sends one email at a time through a connector that was in trouble', async () => {
  const connectorId = await given.connector();
  await given.submitMany(connectorId, many(5));
  await given.database`
    update connector set paused_until = now(), trouble_count = 3 where id = ${connectorId}`;
  await runDispatchers(2);
  expect(await inFlight(connectorId)).toBe(1);
  await runDispatchers(2);
  expect(await inFlight(connectorId)).toBe(1);
  await given.database`update connector set trouble_count = 0 where id = ${connectorId}`;
  await runDispatchers(1);
  expect(await inFlight(connectorId)).toBe(5);
});

it('takes each lane in the order of due times, and lanes by their share', async () => {
  const connectorId = await given.connector();
  const emails = (['low', 'normal', 'high'] as const).flatMap((importance) => many(10, { importance }));
  const ids = await given.submitMany(connectorId, emails);
  // The later submitted, the earlier due.
  for (const [index, id] of ids.entries()) {
    await given.put(id, { due_at: new Date(Date.now() - 1000 - index * 1000) });
  }
  const share = { 0: 4, 1: 0, 2: 2, 3: 0, 4: 1, 5: 0 };
  const attempts = await inTransaction(given.database, (tx) => dispatchDue(tx, connectorId, share));
  const expected = [29, 28, 27, 26, 19, 18, 9].map((index) => ids[index]);
  expect(attempts.map((it) => it.emailId)).toEqual(expected);
  await disable(connectorId);
});

it('serves every lane while more important mail keeps coming', async () => {
  const connectorId = await given.connector();
  await given.submitMany(connectorId, many(100, { importance: 'high' }));
  await runDispatchers(1);
  const [low] = await given.submitMany(connectorId, [{ importance: 'low' }]);
  await given.submitMany(connectorId, many(100, { importance: 'high' }));
  const [attempt] = (await published()).filter((it) => it.connectorId === connectorId);
  const claim = claimOf(attempt!);
  await claimAttempts(given.database, [claim], leases);
  await given.settle(outcomeOf({ attempt: attempt!, claim }));
  await runDispatchers(1);
  expect((await given.row(low!)).state).toBe('dispatched');
  await disable(connectorId);
});

it('calls back what nobody has claimed when its connector is disabled: the old attempt counts no more', async () => {
  const connectorId = await given.connector();
  const [first, second] = await given.submitMany(connectorId, many(2));
  const attempts = await given.dispatch(connectorId);
  const of = (id: string) => attempts.find((it) => it.emailId === id)!;
  expect((await claimAttempts(given.database, [claimOf(of(first!))], leases))[0]?.granted).toBe(true);
  const version = (await given.row(second!)).version;
  await disable(connectorId);
  expect(await given.row(first!)).toMatchObject({ state: 'claimed', attempt_no: 1 });
  expect(await given.row(second!)).toMatchObject({ state: 'waiting', attempt_no: 2, version: version + 1 });
  await enableConnector(given.database, given.portalId, connectorId);
  expect((await claimAttempts(given.database, [claimOf(of(second!))], leases))[0]).toMatchObject({
    granted: false,
  });
  expect((await given.dispatch(connectorId))[0]).toMatchObject({ emailId: second, attemptNo: 3 });
  await disable(connectorId);
});

it('publishes what a worker needs to know, and neither content nor a stranger’s connector', async () => {
  const connectorId = await given.connector();
  const id = await given.submit(connectorId, {
    to: [{ address: 'a@x.example' }],
    cc: [{ address: 'b@x.example' }],
    bcc: [{ address: 'c@x.example' }, { address: 'a@x.example' }],
    subject: 'Secret subject',
  });
  await runDispatchers(1);
  const attempt = (await published()).find((it) => it.emailId === id)!;
  expect(Object.keys(attempt).toSorted()).toEqual(
    ['attemptId', 'attemptNo', 'connectorId', 'emailId', 'envelope', 'nonce', 'size'].toSorted(),
  );
  expect(attempt.envelope.from).toBe('ada@portal.example');
  expect(attempt.envelope.to.toSorted()).toEqual(['a@x.example', 'b@x.example', 'c@x.example']);
  const settings = (await connectorsForWorkers(given.database)).find((it) => it.connectorId === connectorId);
  expect(settings).not.toHaveProperty('password');
  await disable(connectorId);
});

it('knows when the next email is due, and how long the oldest due one has waited', async () => {
  await given.database`update connector set enabled = false`;
  expect([await untilNextDue(given.database), await oldestDueSeconds(given.database)]).toEqual([null, 0]);
  const connectorId = await given.connector();
  await given.submit(connectorId, { sendAt: inOneHour().toISOString() });
  const untilHour = (await untilNextDue(given.database))!;
  expect(untilHour).toBeGreaterThan(3_500_000);
  expect(untilHour).toBeLessThanOrEqual(3_600_000);
  expect(await oldestDueSeconds(given.database)).toBe(0);
  const id = await given.submit(connectorId);
  await given.put(id, { due_at: new Date(Date.now() - 60_000) });
  expect(await untilNextDue(given.database)).toBeLessThan(0);
  expect(await oldestDueSeconds(given.database)).toBeGreaterThanOrEqual(60);
  await given.database`
    update connector set paused_until = now() + interval '10 minutes' where id = ${connectorId}`;
  const untilProbe = (await untilNextDue(given.database))!;
  expect(untilProbe).toBeGreaterThan(590_000);
  expect(untilProbe).toBeLessThanOrEqual(600_000);
});
