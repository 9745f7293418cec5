import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { claimAttempts, renewLeases, type AskedClaim } from '../src/db/claim-attempts.ts';
import { disableConnector } from '../src/db/connectors.ts';
import { cancelEmail } from '../src/db/email-transitions.ts';
import { republishUnclaimed } from '../src/db/unclaimed-attempts.ts';
import { anHourAgo, author, claimOf, givenOutbox, inOneHour, leases } from './outbox-fixture.ts';

const given = givenOutbox();

async function dispatched(changes = {}) {
  const connectorId = await given.connector();
  const id = await given.submit(connectorId, changes);
  const [attempt] = await given.dispatch(connectorId);
  return { id, connectorId, attempt: attempt!, claim: claimOf(attempt!) };
}

const ask = (...claims: AskedClaim[]) => claimAttempts(given.database, claims, leases);
const reasons = async (...claims: AskedClaim[]) =>
  (await ask(...claims)).map((it) => (it.granted ? 'granted' : it.reason));

describe('a claim', () => {
  it('is granted once its attempt is dispatched: the email is claimed by that token', async () => {
    const { id, claim, attempt } = await dispatched();
    const { version } = await given.row(id);
    expect(await ask(claim)).toMatchObject([
      { emailId: id, granted: true, content: { emailId: id, text: 'Body' } },
    ]);
    const row = await given.row(id);
    expect(row).toMatchObject({
      state: 'claimed',
      claim_token: claim.claimToken,
      worker_id: claim.workerId,
      attempt_no: attempt.attemptNo,
      version: version + 1,
    });
    expect(row.lease_until!.getTime() - row.last_attempt_at!.getTime()).toBe(60_000);
  });

  it('asked again with the same token is granted again, and changes nothing that a reader sees', async () => {
    const { id, claim } = await dispatched();
    expect(await reasons(claim)).toEqual(['granted']);
    const { version } = await given.row(id);
    expect(await reasons(claim)).toEqual(['granted']);
    expect(await reasons(claim, claim)).toEqual(['granted', 'granted']);
    expect(await given.row(id)).toMatchObject({ version, claim_token: claim.claimToken });
  });

  it('asked again with the same token is granted again though its connector was disabled meanwhile', async () => {
    const { connectorId, claim } = await dispatched();
    expect(await reasons(claim)).toEqual(['granted']);
    await given.database.begin((tx) => disableConnector(tx, given.portalId, connectorId, 'administrator'));
    expect(await reasons(claim)).toEqual(['granted']);
  });

  it('asked again with the same token keeps the time of the first', async () => {
    const { id, claim } = await dispatched();
    await ask(claim);
    const { last_attempt_at: first } = await given.row(id);
    await ask(claim);
    expect((await given.row(id)).last_attempt_at).toEqual(first);
  });

  it('asked twice in one batch with one token is granted twice', async () => {
    const { claim } = await dispatched();
    expect(await reasons(claim, claim)).toEqual(['granted', 'granted']);
  });

  it('goes to the first of two tokens in one batch', async () => {
    const { id, attempt } = await dispatched();
    const [first, second] = [claimOf(attempt), claimOf(attempt)];
    expect(await reasons(first, second)).toEqual(['granted', 'claimed']);
    expect((await given.row(id)).claim_token).toBe(first.claimToken);
  });

  it('is not lost to a claim in the same batch that proves nothing', async () => {
    const { attempt } = await dispatched();
    const forged = claimOf(attempt, { nonce: randomUUID() });
    expect(await reasons(forged, claimOf(attempt))).toEqual(['superseded', 'granted']);
  });

  it('is answered in the order asked, whatever the order of the rows', async () => {
    const several = await Promise.all([dispatched(), dispatched(), dispatched()]);
    const claims = several.map((it) => it.claim).toSorted((a, b) => b.emailId.localeCompare(a.emailId));
    expect((await ask(...claims)).map((it) => it.emailId)).toEqual(claims.map((it) => it.emailId));
  });
});

describe('a claim is refused', () => {
  it('as claimed, when another token has it', async () => {
    const { attempt, claim } = await dispatched();
    await ask(claim);
    expect(await reasons(claimOf(attempt))).toEqual(['claimed']);
  });

  it.each<[string, Partial<AskedClaim>, string]>([
    ['another nonce', { nonce: randomUUID() }, 'superseded'],
    ['a nonce that is no UUID', { nonce: "' or true --" }, 'superseded'],
    ['another attempt number', { attemptNo: 2 }, 'superseded'],
    ['another attempt', { attemptId: randomUUID() }, 'superseded'],
    ['another connector’s subject', { connectorId: randomUUID() }, 'superseded'],
    ['an email that does not exist', { emailId: randomUUID() }, 'unknown'],
  ])('with %s', async (_, changes, reason) => {
    const { id, attempt } = await dispatched();
    expect(await reasons(claimOf(attempt, changes))).toEqual([reason]);
    expect((await given.row(id)).state).toBe('dispatched');
  });

  it('as cancelled, once the email was cancelled', async () => {
    const { id, claim } = await dispatched();
    expect(await cancelEmail(given.database, await given.scopeOf(author), id)).toBe(true);
    expect(await reasons(claim)).toEqual(['cancelled']);
  });

  it('once its connector was disabled', async () => {
    const { connectorId, claim } = await dispatched();
    await given.database.begin((tx) => disableConnector(tx, given.portalId, connectorId, 'administrator'));
    expect(await reasons(claim)).toEqual(['superseded']);
  });

  it('as connector_disabled, should the email still be dispatched', async () => {
    const { connectorId, claim } = await dispatched();
    await given.database`update connector set enabled = false where id = ${connectorId}`;
    expect(await reasons(claim)).toEqual(['connector_disabled']);
  });

  it('as superseded, once the email was dispatched anew', async () => {
    const { id, connectorId, claim } = await dispatched();
    await given.put(id, { state: 'waiting' });
    const [newer] = await given.dispatch(connectorId);
    expect(newer).toMatchObject({ emailId: id, attemptNo: 2 });
    expect(await reasons(claim)).toEqual(['superseded']);
    expect(await reasons(claimOf(newer!))).toEqual(['granted']);
  });

  it('while the email waits for its next attempt', async () => {
    const { id, claim } = await dispatched();
    await given.put(id, { state: 'waiting', due_at: inOneHour() });
    expect(await reasons(claim)).toEqual(['superseded']);
  });
});

it('publishes again what nobody claimed: the publication rises, nothing else', async () => {
  const { id, attempt, claim } = await dispatched();
  await given.put(id, { published_at: anHourAgo() });
  const before = await given.row(id);
  const again = (await republishUnclaimed(given.database, 30)).find((it) => it.emailId === id);
  expect(again).toEqual({ ...attempt, publication: 2 });
  const after = await given.row(id);
  expect(after).toEqual({ ...before, publication: 2, published_at: after.published_at });
  expect(after.published_at!.getTime()).toBeGreaterThan(before.published_at!.getTime());
  expect(await republishUnclaimed(given.database, 30)).toEqual([]);
  expect(await reasons(claim)).toEqual(['granted']);
  await given.put(id, { published_at: anHourAgo() });
  expect(await republishUnclaimed(given.database, 30)).toEqual([]);
});

describe('a lease', () => {
  it('is lost only after its time: failed, may have been sent, with its history', async () => {
    const connectorId = await given.connector();
    const { id, claim, attempt } = await given.claimed(connectorId);
    expect(await given.loseClaims()).toBe(0);
    await given.put(id, { lease_until: new Date(Date.now() - 1000) });
    expect(await given.loseClaims()).toBe(1);
    expect(await given.row(id)).toMatchObject({
      state: 'failed',
      may_have_been_sent: true,
      last_cause: 'may_have_been_sent',
      send_count: 1,
      listed: true,
      lease_until: null,
      first_failed_at: expect.any(Date) as Date,
    });
    const [history] = await given.database`select * from send_attempt where id = ${attempt.attemptId}`;
    expect(history).toMatchObject({
      result: 'uncertain',
      phase: 'final_dot',
      // With these a late real outcome proves that it is this attempt's.
      nonce: attempt.nonce,
      claim_token: claim.claimToken,
      ended_at: expect.any(Date) as Date,
    });
    expect(await given.loseClaims()).toBe(0);
  });

  it('is renewed for the worker’s own tokens only', async () => {
    const connectorId = await given.connector();
    const [own, others, unsaid] = [
      await given.claimed(connectorId),
      await given.claimed(connectorId),
      await given.claimed(connectorId),
    ];
    const soon = new Date(Date.now() + 1000);
    for (const { id } of [own, others, unsaid]) await given.put(id, { lease_until: soon });
    await given.put(unsaid.id, { worker_id: own.claim.workerId });
    const held = [own.claim.claimToken, others.claim.claimToken];
    await renewLeases(given.database, own.claim.workerId, held, { leaseSeconds: 60, resendLeaseSeconds: 60 });
    const leases = await Promise.all(
      [own, others, unsaid].map(async ({ id }) => (await given.row(id)).lease_until!),
    );
    expect(leases[0]!.getTime()).toBeGreaterThan(soon.getTime() + 50_000);
    expect(leases.slice(1)).toEqual([soon, soon]);
  });

  it('is not renewed once the email is no longer claimed', async () => {
    const { id, claim } = await given.claimed(await given.connector());
    await given.put(id, { lease_until: new Date(Date.now() - 1000) });
    await given.loseClaims();
    await renewLeases(given.database, claim.workerId, [claim.claimToken], {
      leaseSeconds: 60,
      resendLeaseSeconds: 60,
    });
    expect(await given.row(id)).toMatchObject({ state: 'failed', lease_until: null });
  });
});
