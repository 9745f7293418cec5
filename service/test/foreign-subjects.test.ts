import { randomBytes, randomUUID } from 'node:crypto';
import { connect, JSONCodec, type NatsConnection } from 'nats';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  connectorDraft,
  subjects,
  type AttemptOutcome,
  type ClaimReply,
  type CredentialsReply,
} from '@portal-outbox/contracts';
import { freshBroker } from '../../e2e/stack/fresh-test-parts.ts';
import {
  answerClaims,
  answerCredentials,
  countWaitingOutcomes,
  hearHeartbeats,
} from '../src/bus/service-bus.ts';
import { ensureTopology } from '../src/bus/topology.ts';
import { createConnector, enableConnector } from '../src/db/connectors.ts';
import { encryptSecret } from '../src/db/encrypted-secret.ts';
import { CapabilityTokens } from '../src/runtime/capability-token.ts';
import { ClaimDesk } from '../src/settle/claim-desk.ts';
import { ClaimedMessages } from '../src/settle/claimed-messages.ts';
import { CredentialDesk } from '../src/settle/credential-desk.ts';
import { OutcomeSettler } from '../src/settle/outcome-settler.ts';
import { claimOf, givenOutbox, leases, outcomeOf, silent, unclaimedOutcomeOf } from './outbox-fixture.ts';

/**
 * A worker of connector A that knows everything of an email of connector B: the broker lets it speak on A's subjects only,
 * and there the service must not do anything to B's.
 */
const given = givenOutbox();
const json = JSONCodec();
const key = randomBytes(32);
let bus: NatsConnection;
let connectorA: string;
let connectorB: string;

beforeAll(async () => {
  bus = await connect({ servers: await freshBroker() });
  await ensureTopology(bus, []);
  connectorA = await given.connector();
  connectorB = await given.connector();
  const messages = new ClaimedMessages(given.database, new CapabilityTokens(key), 'http://api.example');
  const claims = new ClaimDesk(given.database, messages, leases, silent);
  answerClaims(bus, silent, (claim) => claims.ask(claim));
  const credentials = new CredentialDesk(given.database, key, silent);
  answerCredentials(bus, silent, (request) => void credentials.ask(request));
  const settler = new OutcomeSettler(given.database, bus, silent, {
    ...{ firstProbeSeconds: 30, random: () => 0.5, settled: () => undefined },
  });
  await settler.start();
  return () => settler.stop();
});
afterAll(() => bus.close());

const ask = async <Reply>(subject: string, request: unknown) =>
  json.decode((await bus.request(subject, json.encode(request), { timeout: 5000 })).data) as Reply;
async function report(outcome: AttemptOutcome, connectorId: string): Promise<void> {
  await bus.jetstream().publish(subjects.outcomes(connectorId), json.encode(outcome));
  await expect.poll(() => countWaitingOutcomes(bus)).toBe(0);
}

it('refuses the claim for an email of another connector, which stays free for its own worker', async () => {
  const id = await given.submit(connectorB);
  const [attempt] = await given.dispatch(connectorB);
  const before = await given.row(id);
  const { connectorId: _, ...claim } = claimOf(attempt!);
  expect(await ask<ClaimReply>(subjects.claims(connectorA), claim)).toEqual({
    ...{ granted: false, reason: 'superseded' },
  });
  expect(await given.row(id)).toEqual(before);
  expect(await ask<ClaimReply>(subjects.claims(connectorB), claim)).toMatchObject({ granted: true });
});

it('gives nothing away on a claim that another connector’s worker holds, whose very token it has', async () => {
  const { claim: all } = await given.claimed(connectorB);
  const { connectorId: _, ...claim } = all;
  expect(await ask<ClaimReply>(subjects.claims(connectorA), claim)).toMatchObject({ granted: false });
});

it.each([
  ['that names its own connector', () => connectorA],
  ['that names the other connector', () => connectorB],
])('drops the outcome of another connector’s attempt %s', async (_, named) => {
  const email = await given.claimed(connectorB);
  const waiting = await given.submit(connectorB);
  const attempt = (await given.dispatch(connectorB)).find((it) => it.emailId === waiting)!;
  const before = [await given.row(email.id), await given.row(waiting)];
  await report(outcomeOf(email, { connectorId: named() }), connectorA);
  await report(
    unclaimedOutcomeOf(attempt, {
      ...{ connectorId: named(), result: 'connector_trouble', phase: 'login', cause: 'login_refused' },
    }),
    connectorA,
  );
  expect([await given.row(email.id), await given.row(waiting)]).toEqual(before);
  const rows = await given.database`
    select enabled, trouble_count from connector where id in ${given.database([connectorA, connectorB])}`;
  expect([...rows]).toEqual([1, 2].map(() => ({ enabled: true, trouble_count: 0 })));
});

it('drops an outcome without the claim’s token, and the second of two', async () => {
  const email = await given.claimed(connectorB);
  await report(outcomeOf(email, { claimToken: null }), connectorB);
  await report(outcomeOf(email, { claimToken: randomUUID() }), connectorB);
  expect((await given.row(email.id)).state).toBe('claimed');
  await report(outcomeOf(email, { result: 'rejected', code: 550, cause: 'unknown_user' }), connectorB);
  const failed = await given.row(email.id);
  expect(failed.state).toBe('failed');
  await report(outcomeOf(email), connectorB);
  expect(await given.row(email.id)).toEqual(failed);
});

it('answers with the credentials of the subject’s connector, whatever the request says', async () => {
  const [idA, idB] = [await connectorWithPassword('of A'), await connectorWithPassword('of B')];
  const request = { workerId: randomUUID(), revision: 1, connectorId: idB };
  expect(await ask<CredentialsReply>(subjects.credentials(idA), request)).toEqual({
    ...{ kind: 'password', username: 'sales', password: 'of A' },
  });
});

it('hears no heartbeat for another connector or worker than its subject’s', async () => {
  const heard: string[] = [];
  hearHeartbeats(bus, ({ workerId }) => heard.push(workerId));
  const [workerA, workerB] = [randomUUID(), randomUUID()];
  const beat = (connectorId: string, workerId: string) =>
    bus.publish(
      subjects.heartbeat(connectorA, workerA),
      json.encode({ connectorId, workerId, openConnections: 1, claimTokens: [] }),
    );
  beat(connectorB, workerA);
  beat(connectorA, workerB);
  beat(connectorA, workerA);
  await expect.poll(() => heard).toEqual([workerA]);
});

it('answers claims although somebody asks on a subject that names no connector', async () => {
  const { claim: all } = await given.claimed(connectorB);
  const { connectorId: _, ...claim } = all;
  bus.publish(subjects.claims('nobody'), json.encode(claim), { reply: '_INBOX.x.y' });
  expect(await ask<ClaimReply>(subjects.claims(connectorB), claim)).toMatchObject({ granted: true });
});

async function connectorWithPassword(password: string): Promise<string> {
  const id = randomUUID();
  const about = { name: password, host: 'mail.example', port: 25, username: 'sales', password };
  const draft = v.parse(connectorDraft, about);
  await createConnector(given.database, given.portalId, id, draft, encryptSecret(key, id, password));
  await enableConnector(given.database, given.portalId, id);
  return id;
}
