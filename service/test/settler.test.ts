import { randomUUID } from 'node:crypto';
import { connect, JSONCodec, type NatsConnection } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { subjects, type AttemptOutcome } from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import { countWaitingOutcomes } from '../src/bus/service-bus.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { listConnectors } from '../src/db/connectors.ts';
import { readAttempts } from '../src/db/read-email.ts';
import { OutcomeSettler } from '../src/settle/outcome-settler.ts';
import { anHourAgo, givenOutbox, outcomeOf, silent, unclaimedOutcomeOf, many } from './outbox-fixture.ts';

const given = givenOutbox();
const json = JSONCodec();
let bus: NatsConnection;
let settler: OutcomeSettler;
/** Attempts that workers were told to forget. */
const forgotten: string[] = [];
let woken = 0;

beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
  bus.subscribe(subjects.settled('*'), {
    callback: (_, message) => {
      forgotten.push(...(json.decode(message.data) as { attemptIds: string[] }).attemptIds);
    },
  });
});
afterAll(() => bus.close());
beforeEach(async () => {
  const options = { firstProbeSeconds: 30, random: () => 0.5, settled: () => void (woken += 1) };
  settler = new OutcomeSettler(given.database, bus, silent, options);
  await settler.start();
});
afterEach(() => settler.stop());

const report = (outcome: AttemptOutcome | Record<string, unknown>, connectorId = outcome['connectorId']) =>
  bus.jetstream().publish(subjects.outcomes(String(connectorId)), json.encode(outcome));
const isForgotten = (outcome: AttemptOutcome) => expect.poll(() => forgotten).toContain(outcome.attemptId);
const isCaughtUp = () => expect.poll(() => countWaitingOutcomes(bus)).toBe(0);

it('settles what workers report, tells them to forget it, and lets the dispatcher fill the window', async () => {
  const connectorId = await given.connector();
  const emails = [await given.claimed(connectorId), await given.claimed(connectorId)];
  const outcomes = emails.map((email) => outcomeOf(email));
  const before = woken;
  for (const outcome of outcomes) await report(outcome);
  for (const outcome of outcomes) await isForgotten(outcome);
  for (const { id } of emails) expect((await given.archived(id))?.state).toBe('sent');
  await isCaughtUp();
  expect(woken).toBeGreaterThan(before);
});

it('lets a worker forget an outcome that is not the row’s, which changes nothing', async () => {
  const email = await given.claimed(await given.connector());
  const forged = outcomeOf(email, { claimToken: randomUUID() });
  const before = await given.row(email.id);
  await report(forged);
  await isForgotten(forged);
  expect(await given.row(email.id)).toEqual(before);
});

it('drops what it cannot understand, and goes on', async () => {
  const email = await given.claimed(await given.connector());
  const outcome = outcomeOf(email);
  const { connectorId } = outcome;
  await bus.jetstream().publish(subjects.outcomes(connectorId), Buffer.from('{"attemptId":'));
  for (const changes of [
    { attemptId: 'x' },
    { result: 'splendid' },
    { cause: 'constructor' },
    { code: 99.5 },
    { enhancedCode: '9.9.9' },
    { reply: 'x'.repeat(1001) },
    { durationMs: 1e300 },
    { durationMs: -1 },
    { attemptNo: 1.5 },
    { nonce: 'a\u0000' },
    { connectorRevision: 1e300 },
    { recipients: [{ address: 'a' }] },
  ]) {
    await report({ ...outcome, ...changes }, connectorId);
  }
  // Said on the subject of another connector than its own.
  await report(outcome, randomUUID());
  await isCaughtUp();
  expect((await given.row(email.id)).state).toBe('claimed');
  await report(outcome);
  await expect.poll(async () => (await given.archived(email.id))?.state).toBe('sent');
});

it('ends the repetition of an outcome that it cannot understand; its claim runs out as "may have been sent"', async () => {
  const email = await given.claimed(await given.connector());
  const outcome = outcomeOf(email);
  await report({ ...outcome, result: 'splendid' });
  await isForgotten(outcome);
  expect((await given.row(email.id)).state).toBe('claimed');
  await given.put(email.id, { lease_until: anHourAgo() });
  await given.loseClaims();
  expect(await given.row(email.id)).toMatchObject({ state: 'failed', may_have_been_sent: true });
});

it('settles or drops each outcome of a report for itself', async () => {
  const connectorId = await given.connector();
  const emails = [await given.claimed(connectorId), await given.claimed(connectorId)];
  const foreign = await given.claimed(await given.connector());
  const [first, second] = emails.map((email) => outcomeOf(email));
  const third = outcomeOf(await given.claimed(connectorId));
  const reported = [first, { ...second, result: 'splendid' }, outcomeOf(foreign), third];
  await bus.jetstream().publish(subjects.outcomes(connectorId), json.encode(reported));
  await isCaughtUp();
  expect(await Promise.all([first!, third].map(({ emailId }) => given.archived(emailId)))).toMatchObject([
    { state: 'sent' },
    { state: 'sent' },
  ]);
  expect((await given.row(second!.emailId)).state).toBe('claimed');
  expect((await given.row(foreign.id)).state).toBe('claimed');
  for (const outcome of [first!, second!, third]) await isForgotten(outcome);
  expect(forgotten).not.toContain(foreign.attempt.attemptId);
});

it('ends nothing at the word of somebody who speaks for another connector', async () => {
  const email = await given.claimed(await given.connector());
  const outcome = outcomeOf(email);
  await report({ ...outcome, result: 'splendid' }, randomUUID());
  await report(outcome, randomUUID());
  await isCaughtUp();
  expect(forgotten).not.toContain(outcome.attemptId);
});

it('lets a worker forget an outcome of an email that nobody knows', async () => {
  const outcome = outcomeOf(await given.claimed(await given.connector()));
  const unknown = { ...outcome, emailId: randomUUID(), attemptId: randomUUID() };
  await report(unknown);
  await isForgotten(unknown);
});

it('holds up neither other outcomes nor leases with one that the database does not take', async () => {
  const connectorId = await given.connector();
  const emails = [await given.claimed(connectorId), await given.claimed(connectorId)];
  await given.database`alter table send_attempt add constraint poison check (reply <> 'poison')`;
  await report(outcomeOf(emails[0]!, { reply: 'poison' }));
  await report(outcomeOf(emails[1]!));
  await isForgotten(outcomeOf(emails[1]!));
  await isCaughtUp();
  await given.database`alter table send_attempt drop constraint poison`;
  // Nobody repeats it any more, so its claim runs out: nobody knows what became of it.
  await isForgotten(outcomeOf(emails[0]!));
  expect((await given.row(emails[0]!.id)).state).toBe('claimed');
  await given.put(emails[0]!.id, { lease_until: anHourAgo() });
  await given.loseClaims();
  expect(await given.row(emails[0]!.id)).toMatchObject({ state: 'failed', may_have_been_sent: true });
});

it('pauses a connector once for the trouble of all its emails, which use up no attempt', async () => {
  const connectorId = await given.connector();
  const ids = await given.submitMany(connectorId, many(5));
  const outcomes = (await given.dispatch(connectorId)).map((attempt) =>
    unclaimedOutcomeOf(attempt, {
      ...{ result: 'connector_trouble', phase: 'connect', code: null, reply: '' },
      cause: 'connection_refused',
    }),
  );
  for (const outcome of outcomes) await report(outcome);
  for (const outcome of outcomes) await isForgotten(outcome);
  const [row] = await given.database`
    select trouble_count, paused_until > now() as paused from connector where id = ${connectorId}`;
  expect(row).toEqual({ trouble_count: 1, paused: true });
  for (const id of ids) {
    expect(await given.row(id)).toMatchObject({
      ...{ state: 'waiting', send_count: 0, series_position: 0, last_cause: 'connection_refused' },
    });
  }
});

it('takes nobody’s word for the health of a connector but that of an attempt that is current', async () => {
  const connectorId = await given.connector();
  const email = await given.claimed(connectorId);
  const forged = outcomeOf(email, {
    ...{ attemptId: randomUUID(), nonce: randomUUID(), result: 'connector_trouble', phase: 'login' },
    cause: 'login_refused',
  });
  await report(forged);
  await isForgotten(forged);
  const connectors = await listConnectors(given.database, given.portalId);
  expect(connectors.find((it) => it.id === connectorId)).toMatchObject({ enabled: true, pausedUntil: null });
});

it('clears the pause with the first email that gets past MAIL FROM, refused or not', async () => {
  const connectorId = await given.connector();
  const email = await given.claimed(connectorId);
  await given.database`
    update connector set paused_until = now() + interval '1 hour', trouble_count = 4 where id = ${connectorId}`;
  const outcome = outcomeOf(email, { result: 'rejected', code: 550, cause: 'unknown_user' });
  await report(outcome);
  await isForgotten(outcome);
  const health = () => given.database`
    select trouble_count, paused_until from connector where id = ${connectorId}`;
  await expect.poll(health).toEqual([{ trouble_count: 0, paused_until: null }]);
});

it('disables a connector whose login is refused, and keeps why in the email’s history', async () => {
  const connectorId = await given.connector();
  const [told, other] = await given.submitMany(connectorId, [{}, {}]);
  const attempts = await given.dispatch(connectorId);
  const outcome = unclaimedOutcomeOf(
    attempts.find((it) => it.emailId === told)!,
    {
      ...{ result: 'connector_trouble', phase: 'login', code: 535, reply: '535 5.7.8 No' },
      cause: 'login_refused',
    },
  );
  await report(outcome);
  await isForgotten(outcome);
  const connectors = await listConnectors(given.database, given.portalId);
  expect(connectors.find((it) => it.id === connectorId)).toMatchObject({
    ...{ enabled: false, disabledBy: 'credentials_refused', troubleReply: '535 5.7.8 No' },
  });
  expect(await given.row(told!)).toMatchObject({
    state: 'waiting',
    last_cause: 'login_refused',
    send_count: 0,
  });
  expect(await readAttempts(given.database, told!)).toMatchObject([
    { result: 'connector_trouble', phase: 'login', code: 535, cause: 'login_refused' },
  ]);
  expect(await given.row(other!)).toMatchObject({ state: 'waiting', attempt_no: 2 });
});

it('settles after a restart what came in while it was down', async () => {
  await settler.stop();
  const email = await given.claimed(await given.connector());
  const outcome = outcomeOf(email);
  await report(outcome);
  expect(await countWaitingOutcomes(bus)).toBe(1);
  settler = new OutcomeSettler(given.other, bus, silent, {
    ...{ firstProbeSeconds: 30, random: () => 0.5, settled: () => undefined },
  });
  await settler.start();
  await isForgotten(outcome);
  expect((await given.archived(email.id))?.state).toBe('sent');
});
