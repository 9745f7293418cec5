import { beforeEach, describe, expect, it } from 'vitest';
import type { SendAttempt } from '@portal-outbox/contracts';
import { claimAttempts } from '../src/db/claim-attempts.ts';
import { retryEmail } from '../src/db/email-transitions.ts';
import { readAttempts } from '../src/db/read-email.ts';
import { parkUnclaimed, republishUnclaimed } from '../src/db/unclaimed-attempts.ts';
import { author, claimOf, givenOutbox, leases, many, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
const seconds = 30;
let connectorId: string;
beforeEach(async () => {
  // What an earlier test left behind is not this one's.
  await given.database`update outbox_email set state = 'waiting' where state = 'dispatched'`;
  connectorId = await given.connector();
});

/** Lets so much time pass for everything that was ever published. */
async function pass(): Promise<void> {
  await given.database`update outbox_email set published_at = published_at - interval '31 seconds'`;
  await given.database`update send_attempt set started_at = started_at - interval '31 seconds'`;
}
/** An email that a worker claims and sends at once, published after all others. */
async function sendAnother(through = connectorId): Promise<void> {
  await given.settle(outcomeOf(await given.claimed(through)));
}
async function dispatched(): Promise<SendAttempt> {
  const id = await given.submit(connectorId);
  return (await given.dispatch(connectorId)).find((it) => it.emailId === id)!;
}
/** One look of the sweep: what was parked, and what was published again. */
async function sweep(): Promise<{ parked: string[]; again: string[] }> {
  const parked = (await parkUnclaimed(given.database, seconds)).map((it) => it.emailId);
  const again = (await republishUnclaimed(given.database, seconds)).map((it) => it.emailId);
  return { parked, again };
}
async function overtake(times: number, others = sendAnother): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await others();
    await pass();
    await sweep();
  }
}

describe('an email that was published 5 times and never claimed, while later ones were', () => {
  it('is parked: Failed, with its reason, and not counted as tried', async () => {
    const { emailId, attemptNo } = await dispatched();
    await overtake(4);
    expect(await given.row(emailId)).toMatchObject({ state: 'dispatched', publication: 5 });
    await sendAnother();
    await pass();
    expect(await sweep()).toEqual({ parked: [emailId], again: [] });
    expect(await given.row(emailId)).toMatchObject({
      ...{ state: 'failed', last_cause: 'never_claimed', listed: true, may_have_been_sent: false },
      ...{ send_count: 0, series_position: 0, last_attempt_at: null },
    });
    expect((await given.row(emailId)).first_failed_at).not.toBeNull();
    expect(await readAttempts(given.database, emailId)).toMatchObject([
      { attemptNo, result: 'not_sent', cause: 'never_claimed', endedAt: expect.any(String) },
    ]);
    expect(await sweep()).toEqual({ parked: [], again: [] });
  });

  it('goes by Retry, and starts counting anew', async () => {
    const { emailId } = await dispatched();
    await overtake(5);
    expect(await retryEmail(given.database, await given.scopeOf(author), emailId, false)).toBe(true);
    const [attempt] = await given.dispatch(connectorId);
    expect(attempt?.emailId).toBe(emailId);
    await overtake(4);
    expect(await given.row(emailId)).toMatchObject({ state: 'dispatched', publication: 5 });
    expect(await claimAttempts(given.database, [claimOf(attempt!)], leases)).toMatchObject([
      { granted: true },
    ]);
  });

  it('can no longer be claimed by a worker that wakes up late', async () => {
    const attempt = await dispatched();
    await overtake(5);
    expect(await claimAttempts(given.database, [claimOf(attempt)], leases)).toMatchObject([
      { granted: false },
    ]);
  });
});

describe('nobody is parked', () => {
  const stays = async (emailId: string, publication: number) => {
    expect(await given.row(emailId)).toMatchObject({ state: 'dispatched', publication });
  };

  it('while no worker works for the connector, whatever others do', async () => {
    const { emailId } = await dispatched();
    const elsewhere = await given.connector();
    await overtake(8, () => sendAnother(elsewhere));
    await stays(emailId, 9);
    // The workers come back: the one that is served first has overtaken the others once at most.
    await overtake(1);
    await stays(emailId, 10);
  });

  it('for waiting in the line: only what was published later has overtaken', async () => {
    const others = await given.submitMany(connectorId, many(8));
    const line = (await given.dispatch(connectorId)).filter((it) => others.includes(it.emailId));
    const { emailId } = await dispatched();
    await overtake(8, async () => {
      const attempt = line.pop()!;
      const claim = claimOf(attempt);
      await claimAttempts(given.database, [claim], leases);
      await given.settle(outcomeOf({ attempt, claim }));
    });
    await stays(emailId, 9);
  });

  it('whom a worker has claimed', async () => {
    const attempt = await dispatched();
    await overtake(4);
    await claimAttempts(given.database, [claimOf(attempt)], leases);
    await overtake(2);
    expect((await given.row(attempt.emailId)).state).toBe('claimed');
  });
});

it('publishes those that were overtaken twice one at a time, after all others', async () => {
  const suspects = await given.submitMany(connectorId, many(3));
  await given.dispatch(connectorId);
  await overtake(2);
  await sendAnother();
  const fresh = await given.submit(connectorId);
  await given.dispatch(connectorId);
  await pass();
  expect((await sweep()).again).toEqual([fresh]);
  const oneByOne = [(await sweep()).again, (await sweep()).again, (await sweep()).again];
  expect(oneByOne.map((it) => it.length)).toEqual([1, 1, 1]);
  expect(oneByOne.flat().toSorted()).toEqual(suspects.toSorted());
  expect((await sweep()).again).toEqual([]);
});
