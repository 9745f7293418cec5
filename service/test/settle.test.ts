import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '@portal-outbox/contracts';
import { retryEmail } from '../src/db/email-transitions.ts';
import { readAttempts } from '../src/db/read-email.ts';
import {
  answer,
  author,
  deferral,
  givenOutbox,
  refusal,
  outcomeOf,
  unclaimedOutcomeOf,
  type ClaimedEmail,
} from './outbox-fixture.ts';

const given = givenOutbox();
const claimed = async (changes = {}) => given.claimed(await given.connector(), changes);

describe('an outcome is dropped', () => {
  const unchanged = async (email: ClaimedEmail, outcome: AttemptOutcome) => {
    const before = await given.row(email.id);
    expect(await given.settle(outcome)).toEqual([]);
    expect(await given.row(email.id)).toEqual(before);
  };

  it.each<[string, Partial<AttemptOutcome>]>([
    ['without the claim’s token', { claimToken: null }],
    ['with another token', { claimToken: randomUUID() }],
    ['with another nonce', { nonce: randomUUID() }],
    ['of another attempt', { attemptId: randomUUID() }],
    ['of another connector', { connectorId: randomUUID() }],
  ])('%s', async (_, changes) => {
    for (const result of ['accepted', 'deferred', 'rejected', 'connector_trouble', 'not_sent'] as const) {
      const email = await claimed();
      await unchanged(email, outcomeOf(email, { ...changes, result }));
    }
  });

  it.each<[string, Partial<AttemptOutcome>]>([
    ['that says "accepted"', { result: 'accepted' }],
    ['that says "uncertain"', { result: 'uncertain' }],
    [
      'that says that one recipient has it',
      { ...refusal, recipients: [answer('a@x.example'), answer('b@x.example', refusal)] },
    ],
  ])('of an attempt that nobody claimed, %s', async (_, changes) => {
    const connectorId = await given.connector();
    const id = await given.submit(connectorId, {
      to: [{ address: 'a@x.example' }, { address: 'b@x.example' }],
    });
    const [attempt] = await given.dispatch(connectorId);
    const before = await given.row(id);
    expect(await given.settle(unclaimedOutcomeOf(attempt!, changes))).toEqual([]);
    expect(await given.row(id)).toEqual(before);
    expect((await given.recipients(id)).map((it) => it.state)).toEqual(['open', 'open']);
  });

  it('of an email that was retried since', async () => {
    const email = await claimed();
    await given.settle(outcomeOf(email, refusal));
    await retryEmail(given.database, await given.scopeOf(author), email.id, false);
    await unchanged(email, outcomeOf(email));
  });

  it('the second time', async () => {
    const email = await claimed();
    const outcome = outcomeOf(email, deferral);
    expect(await given.settle(outcome)).toEqual([outcome.attemptId]);
    await unchanged(email, outcome);
  });
});

it('takes a refusal from an attempt that never claimed', async () => {
  const connectorId = await given.connector();
  const id = await given.submit(connectorId);
  const [attempt] = await given.dispatch(connectorId);
  await given.settle(unclaimedOutcomeOf(attempt!, refusal));
  expect(await given.row(id)).toMatchObject({
    state: 'failed',
    send_count: 1,
    last_cause: 'unknown_user',
    last_reply: '550 No',
  });
});

describe('a sent email', () => {
  it('leaves the outbox for the archive, every column intact', async () => {
    const email = await claimed({ subject: 'Kept', importance: 'high', packet: { ref: 'P', type: 'case' } });
    const before = await given.row(email.id);
    expect(await given.settle(outcomeOf(email))).toHaveLength(1);
    await expect(given.row(email.id)).rejects.toThrow('not in the outbox');
    expect(await given.archived(email.id)).toEqual({
      ...before,
      state: 'sent',
      send_count: 1,
      left_at: expect.any(Date) as Date,
      lease_until: null,
    });
  });

  it('keeps its history', async () => {
    const email = await claimed();
    await given.settle(outcomeOf(email, { durationMs: 12.6, enhancedCode: '2.0.0' }));
    expect(await readAttempts(given.database, email.id)).toEqual([
      {
        attemptNo: 1,
        startedAt: expect.any(String) as string,
        endedAt: expect.any(String) as string,
        durationMs: 13,
        workerId: email.claim.workerId,
        result: 'accepted',
        phase: 'final_dot',
        code: 250,
        enhancedCode: '2.0.0',
        reply: '250 OK',
        cause: null,
      },
    ]);
  });
});

it('has the same columns in the outbox and in its archive, in the same order', async () => {
  const columnsOf = (table: string) => given.database`
    select column_name, data_type, is_nullable from information_schema.columns
    where table_schema = 'public' and table_name = ${table} order by ordinal_position`;
  const columns = await columnsOf('outbox_email');
  expect(columns.length).toBeGreaterThan(40);
  expect(await columnsOf('email_archive')).toEqual(columns);
});

it('takes whatever a mail server says, NUL and half characters too', async () => {
  const email = await claimed();
  const reply = 'a\u0000b \ud83d \udc00 <script>';
  const outcome = outcomeOf(email, {
    ...refusal,
    reply,
    recipients: [answer('ann@customer.example', { ...refusal, reply })],
  });
  expect(await given.settle(outcome)).toHaveLength(1);
  const shown = 'ab \ufffd \ufffd <script>';
  expect((await given.row(email.id)).last_reply).toBe(shown);
  expect((await given.recipients(email.id))[0]?.reply).toBe(shown);
  expect((await readAttempts(given.database, email.id))[0]?.reply).toBe(shown);
});

it('settles many outcomes of one batch, and leaves out what is not theirs', async () => {
  const emails = await Promise.all(Array.from({ length: 20 }, () => claimed()));
  const outcomes = emails.map((email, index) =>
    outcomeOf(email, [{}, deferral, refusal, { nonce: 'wrong' }][index % 4]),
  );
  const settled = await given.settle(...outcomes);
  expect(settled.toSorted()).toEqual(
    outcomes
      .filter((_, index) => index % 4 !== 3)
      .map((it) => it.attemptId)
      .toSorted(),
  );
});
