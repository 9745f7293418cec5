// Longer than 300 lines: rate, probes and switches meet on the same rows and share their arrangement.
import { connect, JSONCodec, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { subjects, type AttemptOutcome, type SendAttempt } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { countWaitingOutcomes } from '../src/bus/service-bus.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { claimAttempts } from '../src/db/claim-attempts.ts';
import { disableConnector, readConnector } from '../src/db/connectors.ts';
import { inTransaction, type Database } from '../src/db/database.ts';
import { cancelEmail } from '../src/db/email-transitions.ts';
import { enableAndDecide } from '../src/db/held-emails.ts';
import { createConnectorGauges } from '../src/dispatch/connector-gauges.ts';
import { Dispatcher } from '../src/dispatch/dispatcher.ts';
import { LiveWorkers } from '../src/dispatch/live-workers.ts';
import { metrics } from '../src/runtime/metrics.ts';
import { OutcomeSettler } from '../src/settle/outcome-settler.ts';
import {
  author,
  claimOf,
  deferral,
  givenOutbox,
  leases,
  many,
  outcomeOf,
  silent,
  unclaimedOutcomeOf,
} from './outbox-fixture.ts';

const given = givenOutbox();
const json = JSONCodec();
let bus: NatsConnection;
let settler: OutcomeSettler;
const forgotten = new Set<string>();

beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
  bus.subscribe(subjects.settled('*'), {
    callback: (_, message) => {
      for (const id of (json.decode(message.data) as { attemptIds: string[] }).attemptIds) forgotten.add(id);
    },
  });
});
afterAll(() => bus.close());
beforeEach(async () => {
  const options = { firstProbeSeconds: 30, random: () => 0, settled: () => undefined };
  settler = new OutcomeSettler(given.database, bus, silent, options);
  await settler.start();
});
afterEach(async () => {
  await settler.stop();
  await given.database`update connector set enabled = false`;
});

/** Reports an outcome as a worker does, and waits until all that belongs to its settling is done. */
async function report(outcome: AttemptOutcome): Promise<void> {
  await bus.jetstream().publish(subjects.outcomes(outcome.connectorId), json.encode(outcome));
  await expect.poll(() => forgotten.has(outcome.attemptId)).toBe(true);
  await expect.poll(() => countWaitingOutcomes(bus)).toBe(0);
}
const unreachable = {
  result: 'connector_trouble',
  phase: 'connect',
  code: null,
  reply: 'no route',
  cause: 'connection_refused',
} as const;
const loginRefused = { ...unreachable, phase: 'login', code: 535, cause: 'login_refused' } as const;
const slowDown = { ...deferral, code: 421, reply: '421 4.7.0 Slow down', cause: 'rate_limited' } as const;

const put = (id: string, columns: Record<string, string | number | boolean | Date | null>) =>
  given.database`update connector set ${given.database(columns)} where id = ${id}`;
const connector = async (id: string) => (await readConnector(given.database, given.portalId, id))!;
const disable = (database: Database, id: string) =>
  inTransaction(database, (tx) => disableConnector(tx, given.portalId, id, 'administrator'));

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

interface InFlight {
  id: string;
  state: string;
  published_at: Date;
  attempt: SendAttempt;
}
const inFlight = (connectorId: string) => given.database<InFlight[]>`
  select id, state, published_at, json_build_object('attemptId', attempt_id, 'attemptNo', attempt_no, 'emailId', id,
    'connectorId', connector_id, 'nonce', nonce, 'size', size) as attempt
  from outbox_email where connector_id = ${connectorId} and state in ('dispatched', 'claimed') order by published_at`;

/** Runs dispatchers side by side until so many emails of the connector are in flight. */
async function dispatchUntil(connectorId: string, count: number, timeout = 5000): Promise<InFlight[]> {
  const dispatchers = [given.database, given.other].map(
    (pool) => new Dispatcher(pool, bus, new LiveWorkers(), silent),
  );
  try {
    for (const dispatcher of dispatchers) await dispatcher.start();
    await expect.poll(async () => (await inFlight(connectorId)).length, { timeout }).toBe(count);
    for (const dispatcher of dispatchers) dispatcher.wake();
  } finally {
    await Promise.all(dispatchers.map((it) => it.stop()));
  }
  const found = await inFlight(connectorId);
  expect(found).toHaveLength(count);
  return found;
}

describe('a connector in trouble', () => {
  /** Lets the pause pass: everything that waits for a time comes so much nearer. */
  const passPause = (connectorId: string) => given.database`
    with pause as (
      update connector c set paused_until = now() from connector b where b.id = c.id and c.id = ${connectorId}
      returning b.paused_until - now() as length
    )
    update outbox_email e set due_at = e.due_at - pause.length
    from pause where e.connector_id = ${connectorId} and e.state = 'waiting'`;

  it('is probed with one email at a time, never the same twice, and every email has its turn', async () => {
    const connectorId = await given.connector();
    // The first comes first in everything: importance and time.
    const emails = [{ importance: 'high' as const }, {}, {}, { importance: 'low' as const }];
    const ids = await given.submitMany(connectorId, emails);
    await put(connectorId, { trouble_count: 1, paused_until: new Date(Date.now() + 1000) });
    await passPause(connectorId);
    const probed: string[] = [];
    for (let probe = 0; probe < 12; probe += 1) {
      const [email] = await dispatchUntil(connectorId, 1);
      probed.push(email!.id);
      await report(unclaimedOutcomeOf(email!.attempt, unreachable));
      expect(await given.row(email!.id)).toMatchObject({
        state: 'waiting',
        send_count: 0,
        series_position: 0,
      });
      expect((await connector(connectorId)).pausedUntil).not.toBeNull();
      await passPause(connectorId);
    }
    for (const [index, id] of probed.slice(1).entries()) expect(id).not.toBe(probed[index]);
    expect(new Set(probed)).toEqual(new Set(ids));
  });

  it('is probed with the same email again where there is no other', async () => {
    const connectorId = await given.connector();
    const id = await given.submit(connectorId);
    for (let probe = 0; probe < 3; probe += 1) {
      const [email] = await dispatchUntil(connectorId, 1);
      expect(email!.id).toBe(id);
      await report(unclaimedOutcomeOf(email!.attempt, unreachable));
      await passPause(connectorId);
    }
  });

  it('shows since when, until a conversation gets through', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId);
    const [first, second] = await given.submitMany(connectorId, many(2));
    const attempts = await given.dispatch(connectorId);
    const of = (id: string) => attempts.find((it) => it.emailId === id)!;
    await report(unclaimedOutcomeOf(of(first!), unreachable));
    const { troubleSince } = await connector(connectorId);
    expect(troubleSince).not.toBeNull();
    await passPause(connectorId);
    await report(unclaimedOutcomeOf(of(second!), unreachable));
    expect((await connector(connectorId)).troubleSince).toBe(troubleSince);
    await report(outcomeOf(email));
    await expect
      .poll(() => connector(connectorId))
      .toMatchObject({ troubleSince: null, pausedUntil: null, troubleReply: '' });
  });

  it('grants no claim while it is paused but those that were granted before, and the probe’s afterwards', async () => {
    const connectorId = await given.connector();
    const before = await given.claimed(connectorId);
    await given.submit(connectorId);
    const [attempt] = await given.dispatch(connectorId);
    await put(connectorId, { trouble_count: 1, paused_until: new Date(Date.now() + 60_000) });
    const ask = async (claim: ReturnType<typeof claimOf>) =>
      (await claimAttempts(given.database, [claim], leases))[0];
    expect(await ask(claimOf(attempt!))).toMatchObject({ granted: false, reason: 'connector_paused' });
    expect(await ask(before.claim)).toMatchObject({ granted: true });
    await put(connectorId, { paused_until: new Date(Date.now() - 1000) });
    expect(await ask(claimOf(attempt!))).toMatchObject({ granted: true });
  });
});

describe('a connector whose credentials are refused', () => {
  it.each(['login_refused', 'token_expired'] as const)('is switched off: %s', async (cause) => {
    const connectorId = await given.connector();
    await given.submit(connectorId);
    const [attempt] = await given.dispatch(connectorId);
    await report(unclaimedOutcomeOf(attempt!, { ...loginRefused, cause }));
    expect(await connector(connectorId)).toMatchObject({
      enabled: false,
      disabledBy: 'credentials_refused',
      troubleReply: 'no route',
    });
  });

  it('is switched off though it is paused, for the worker that was refused asks no more', async () => {
    const connectorId = await given.connector();
    await given.submitMany(connectorId, many(2));
    const [first, second] = await given.dispatch(connectorId);
    await report(unclaimedOutcomeOf(first!, unreachable));
    await report(unclaimedOutcomeOf(second!, loginRefused));
    expect((await connector(connectorId)).disabledBy).toBe('credentials_refused');
  });

  it('is switched off though the email was cancelled meanwhile, but not by somebody who has not read the message', async () => {
    const connectorId = await given.connector();
    const id = await given.submit(connectorId);
    const [attempt] = await given.dispatch(connectorId);
    expect(await cancelEmail(given.database, await given.scopeOf(author), id)).toBe(true);
    const { nonce } = (await given.dispatch(connectorId))[0] ?? { nonce: connectorId };
    await report(unclaimedOutcomeOf({ ...attempt!, nonce }, loginRefused));
    expect((await connector(connectorId)).enabled).toBe(true);
    forgotten.clear();
    await report(unclaimedOutcomeOf(attempt!, loginRefused));
    expect((await connector(connectorId)).disabledBy).toBe('credentials_refused');
  });

  it('stays on when they were changed since', async () => {
    const connectorId = await given.connector();
    await given.submit(connectorId);
    const [attempt] = await given.dispatch(connectorId);
    await put(connectorId, { revision: 3 });
    await report(unclaimedOutcomeOf(attempt!, loginRefused));
    expect(await connector(connectorId)).toMatchObject({ enabled: true, pausedUntil: null });
  });
});

describe('limits of a connector', () => {
  it('let no more emails out than the rate and its burst, with two dispatchers', async () => {
    const connectorId = await given.connector();
    const [perMinute, burst] = [600, 10];
    await put(connectorId, { messages_per_minute: perMinute, rate_at: ago(60) });
    await given.submitMany(connectorId, many(60));
    const sent = await dispatchUntil(connectorId, 32, 10_000);
    const times = sent.map((it) => it.published_at.getTime());
    for (const [first, from] of times.entries()) {
      for (const [beyond, to] of times.slice(first).entries()) {
        // A millisecond for the rounding of both times.
        expect(beyond + 1).toBeLessThanOrEqual(burst + ((to - from + 2) * perMinute) / 60_000 + 0.01);
      }
    }
    // Half a second more than it must take at least.
    expect(times.at(-1)! - times[0]!).toBeLessThan(((32 - burst) / perMinute) * 60_000 + 500);
  });

  it('keep the emails in the hands of all workers to the concurrent sends', async () => {
    const connectorId = await given.connector();
    await put(connectorId, { concurrent_sends: 3 });
    await given.submitMany(connectorId, many(10));
    const [first] = await dispatchUntil(connectorId, 3);
    const claim = claimOf(first!.attempt);
    await claimAttempts(given.database, [claim], leases);
    await dispatchUntil(connectorId, 3);
    await report(outcomeOf({ attempt: first!.attempt, claim }));
    await dispatchUntil(connectorId, 3);
  });

  it('are not spent by what does not leave', async () => {
    const connectorId = await given.connector();
    const paused = { paused_until: new Date(Date.now() + 60_000) };
    await put(connectorId, { messages_per_minute: 1, rate_at: ago(60), ...paused });
    await given.submitMany(connectorId, many(3));
    await dispatchUntil(connectorId, 0);
    await put(connectorId, { paused_until: null });
    await dispatchUntil(connectorId, 1);
  });
});

describe('a mail server that asks to slow down', () => {
  const throttle = async (id: string) => {
    const [row] = await given.database<{ rate: number | null }[]>`
      select throttle_per_minute as rate from connector where id = ${id}`;
    return row!.rate;
  };
  it('halves the rate, once for what it says at one moment, and pauses nothing', async () => {
    const connectorId = await given.connector();
    await put(connectorId, { messages_per_minute: 100 });
    for (const [seconds, rate] of [
      [0, 50],
      [31, 25],
      [10, 25],
      [24 * 3600, 50],
    ] as const) {
      await put(connectorId, { throttled_at: ago(seconds) });
      await report(outcomeOf(await given.claimed(connectorId), slowDown));
      await expect.poll(() => throttle(connectorId)).toBe(rate);
    }
    expect(await connector(connectorId)).toMatchObject({ pausedUntil: null, troubleSince: null });
  });

  it('is not in trouble when it says so before any email, and the email uses up no attempt', async () => {
    const connectorId = await given.connector();
    const id = await given.submit(connectorId);
    const [attempt] = await given.dispatch(connectorId);
    const greeting = { ...unreachable, phase: 'greeting', code: 421, cause: 'rate_limited' } as const;
    await report(unclaimedOutcomeOf(attempt!, greeting));
    await expect.poll(() => throttle(connectorId)).toBe(300);
    expect(await connector(connectorId)).toMatchObject({ enabled: true, pausedUntil: null });
    expect(await given.row(id)).toMatchObject({ state: 'waiting', send_count: 0, series_position: 0 });
  });

  it('is obeyed by the dispatchers', async () => {
    const connectorId = await given.connector();
    await put(connectorId, { throttle_per_minute: 4, throttled_at: new Date(), rate_at: ago(60) });
    await given.submitMany(connectorId, many(5));
    await dispatchUntil(connectorId, 1);
  });
});

describe('what waits for a connector', () => {
  it('is claimed or called back when the connector is disabled at that moment, never both', async () => {
    const seen = new Set<boolean>();
    for (let round = 0; round < 60 && (round < 20 || seen.size < 2); round += 1) {
      const connectorId = await given.connector();
      const ids = await given.submitMany(connectorId, many(5));
      const claims = (await given.dispatch(connectorId)).map((attempt) => claimOf(attempt));
      // Now one, now the other has a head start.
      const [, ...answers] = await Promise.all([
        given.other`select pg_sleep(${(round % 4) / 500})`.then(() => disable(given.other, connectorId)),
        ...claims.map(async (claim) => (await claimAttempts(given.database, [claim], leases))[0]!),
      ]);
      for (const id of ids) {
        const { granted } = answers.find((it) => it.emailId === id)!;
        seen.add(granted);
        expect((await given.row(id)).state).toBe(granted ? 'claimed' : 'waiting');
      }
    }
    expect(seen).toEqual(new Set([true, false]));
  });

  it('does not leave while it is being left Failed, though dispatchers wait for it', async () => {
    const connectorId = await given.connector();
    await disable(given.database, connectorId);
    await given.submitMany(connectorId, many(400));
    const dispatchers = [given.database, given.other].map(
      (pool) => new Dispatcher(pool, bus, new LiveWorkers(), silent),
    );
    for (const dispatcher of dispatchers) await dispatcher.start();
    const enabled = await inTransaction(given.database, (tx) =>
      enableAndDecide(tx, given.portalId, connectorId, 'leave'),
    );
    expect(enabled).toMatchObject({ kind: 'enabled' });
    for (const dispatcher of dispatchers) {
      dispatcher.wake();
      await dispatcher.stop();
    }
    const states = await given.database`
      select state, max(publication) as published, count(*)::int as count from outbox_email
      where connector_id = ${connectorId} group by state`;
    expect(states).toEqual([{ state: 'failed', published: 0, count: 400 }]);
  });
});

it('shows an alarm which connectors stand still, and since when', async () => {
  const [healthy, paused, refused] = [
    await given.connector(),
    await given.connector(),
    await given.connector(),
  ];
  const since = new Date(1_800_000_000_000);
  await put(paused, { paused_until: new Date(Date.now() + 60_000), trouble_since: since });
  await put(refused, { enabled: false, disabled_by: 'credentials_refused', trouble_since: since });
  const gauges = createConnectorGauges(given.database, silent);
  await gauges.start();
  const shown = async (name: string, id: string) =>
    (await metrics.getSingleMetricAsString(`outbox_connector_${name}`))
      .split('\n')
      .find((line) => line.includes(id))
      ?.split(' ')[1];
  await expect.poll(() => shown('paused', paused)).toBe('1');
  await gauges.stop();
  const of = async (id: string) =>
    Promise.all(['paused', 'credentials_refused', 'trouble_since_seconds'].map((name) => shown(name, id)));
  expect(await of(healthy)).toEqual(['0', '0', undefined]);
  expect(await of(paused)).toEqual(['1', '0', '1800000000']);
  expect(await of(refused)).toEqual(['0', '1', '1800000000']);
});
