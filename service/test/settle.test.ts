import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AttemptOutcome, RecipientOutcome } from '@portal-outbox/contracts';
import { loseClaims } from '../src/db/claim-attempts.ts';
import { retryEmail } from '../src/db/email-transitions.ts';
import { readAttempts } from '../src/db/read-email.ts';
import { writeSettings } from '../src/db/settings.ts';
import {
  anHourAgo,
  author,
  givenOutbox,
  outcomeOf,
  unclaimedOutcomeOf,
  type ClaimedEmail,
  type EmailRow,
} from './outbox-fixture.ts';

const given = givenOutbox();
const claimed = async (changes = {}) => given.claimed(await given.connector(), changes);
const deferral = { result: 'deferred', code: 451, reply: '451 Later', cause: 'greylisted' } as const;
const refusal = { result: 'rejected', code: 550, reply: '550 No', cause: 'unknown_user' } as const;

const answer = (address: string, said: Partial<RecipientOutcome> = {}): RecipientOutcome => ({
  ...{ address, result: 'accepted', code: 250, enhancedCode: null, reply: '250 OK', cause: null },
  ...said,
});

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

describe('the series', () => {
  it('goes on from where it was after a manual retry, and ends when it is spent', async () => {
    const portal = given.portalId;
    await writeSettings(given.database, portal, { retryDelaysSeconds: [60, 600], maxEmailBytes: 10 ** 6 }, 0);
    const connectorId = await given.connector();
    let email = await given.claimed(connectorId);
    const again = async (): Promise<void> => {
      const attempt = (await given.dispatch(connectorId))[0]!;
      const claim = { ...email.claim, ...attempt, claimToken: randomUUID() };
      await given.put(email.id, {
        state: 'claimed',
        claim_token: claim.claimToken,
        worker_id: claim.workerId,
      });
      email = { ...email, attempt, claim };
    };
    const deferred = async (): Promise<EmailRow> => {
      await given.settle(outcomeOf(email, deferral));
      return given.row(email.id);
    };
    const waits = (row: EmailRow) =>
      Math.round((row.due_at.getTime() - row.last_attempt_at!.getTime()) / 1000);

    const first = await deferred();
    expect(first).toMatchObject({ state: 'waiting', series_position: 1, send_count: 1, lane: 3 });
    expect([waits(first), first.first_failed_at]).toEqual([60, first.last_attempt_at]);

    const scope = await given.scopeOf(author);
    expect(await retryEmail(given.database, scope, email.id, false)).toBe(true);
    await again();
    const second = await deferred();
    expect(second).toMatchObject({ series_position: 2, send_count: 2, retry_asked: false });
    expect([waits(second), second.first_failed_at]).toEqual([600, first.first_failed_at]);

    await retryEmail(given.database, scope, email.id, false);
    await again();
    expect(await deferred()).toMatchObject({ state: 'failed', series_position: 2, send_count: 3 });

    await retryEmail(given.database, scope, email.id, false);
    await again();
    expect(await deferred()).toMatchObject({ state: 'failed', series_position: 2, send_count: 4 });
    expect((await readAttempts(given.database, email.id)).map((it) => it.result)).toEqual(
      Array(4).fill('deferred'),
    );
  });

  it.each(['not_sent', 'connector_trouble'] as const)('is not used up by %s', async (result) => {
    const email = await claimed();
    await given.settle(outcomeOf(email, { result, phase: 'connect', reply: '', cause: null }));
    expect(await given.row(email.id)).toMatchObject({
      ...{ state: 'waiting', series_position: 0, send_count: 0, lane: 2, listed: false },
      ...{ first_failed_at: null, claim_token: null, lease_until: null },
    });
  });

  it('keeps a retry asked for while the connector is in trouble', async () => {
    const email = await claimed();
    await given.put(email.id, { retry_asked: true, send_count: 1 });
    await given.settle(outcomeOf(email, { result: 'connector_trouble', phase: 'connect' }));
    expect(await given.row(email.id)).toMatchObject({ state: 'waiting', retry_asked: true, send_count: 1 });
  });
});

describe('an email that may have been sent', () => {
  const uncertain = async () => {
    const email = await claimed();
    await given.settle(
      outcomeOf(email, { result: 'uncertain', code: null, reply: '', cause: 'may_have_been_sent' }),
    );
    return email;
  };
  const lost = async () => {
    const email = await claimed();
    await given.put(email.id, { lease_until: anHourAgo() });
    await loseClaims(given.database);
    return email;
  };

  it.each([
    ['whose end is uncertain', uncertain],
    ['whose worker went silent', lost],
  ])('%s is Failed, and goes again only when a person accepts that it may arrive twice', async (_, make) => {
    const email = await make();
    expect(await given.row(email.id)).toMatchObject({
      ...{ state: 'failed', may_have_been_sent: true, last_cause: 'may_have_been_sent', send_count: 1 },
    });
    const scope = await given.scopeOf(author);
    expect(await retryEmail(given.database, scope, email.id, false)).toBe(false);
    expect(await retryEmail(given.database, scope, email.id, true)).toBe(true);
    expect(await given.row(email.id)).toMatchObject({
      ...{ state: 'waiting', may_have_been_sent: false, retry_asked: true, claim_token: null },
    });
  });

  it.each([
    ['sent', { result: 'accepted' } as const, null],
    ['waiting', deferral, { state: 'waiting', series_position: 1, last_cause: 'greylisted' }],
    ['failed for good', refusal, { state: 'failed', last_cause: 'unknown_user' }],
    ['waiting', { result: 'not_sent' } as const, { state: 'waiting', series_position: 0 }],
  ])('is %s once a late real outcome comes in, counted once', async (_, changes, expected) => {
    for (const make of [uncertain, lost]) {
      const email = await make();
      expect(await given.settle(outcomeOf(email, changes))).toHaveLength(1);
      if (expected === null) {
        expect(await given.archived(email.id)).toMatchObject({
          state: 'sent',
          may_have_been_sent: false,
          send_count: 1,
        });
      } else {
        expect(await given.row(email.id)).toMatchObject({
          ...expected,
          may_have_been_sent: false,
          send_count: 1,
        });
      }
    }
  });

  it('stays so when the late outcome is uncertain too, or comes without the claim’s token', async () => {
    const email = await lost();
    expect(await given.settle(outcomeOf(email, { result: 'uncertain' }))).toEqual([]);
    expect(await given.settle(outcomeOf(email, { claimToken: randomUUID() }))).toEqual([]);
    expect(await given.row(email.id)).toMatchObject({ state: 'failed', may_have_been_sent: true });
  });
});

describe('several recipients', () => {
  const to = ['a@x.example', 'b@x.example', 'c@x.example'].map((address) => ({ address }));
  const states = async (id: string) => (await given.recipients(id)).map((it) => it.state);

  it('are settled each for itself, and only the open ones are tried again', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId, { to });
    const answers = [answer('a@x.example'), answer('b@x.example', deferral), answer('c@x.example', refusal)];
    await given.settle(outcomeOf(email, { ...deferral, recipients: answers }));
    expect(await given.recipients(email.id)).toEqual([
      { address: 'a@x.example', state: 'delivered', reply: '250 OK' },
      { address: 'b@x.example', state: 'open', reply: '451 Later' },
      { address: 'c@x.example', state: 'refused', reply: '550 No' },
    ]);
    await given.put(email.id, { due_at: anHourAgo() });
    const [next] = await given.dispatch(connectorId);
    expect(next?.envelope.to).toEqual(['b@x.example']);
  });

  it('are asked again by a manual retry, but for those who have it', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId, { to });
    const answers = [answer('a@x.example'), answer('b@x.example'), answer('c@x.example', refusal)];
    await given.settle(outcomeOf(email, { ...refusal, recipients: answers }));
    expect(await given.row(email.id)).toMatchObject({ state: 'failed', last_reply: '550 No' });
    await retryEmail(given.database, await given.scopeOf(author), email.id, false);
    expect(await states(email.id)).toEqual(['delivered', 'delivered', 'open']);
    const [next] = await given.dispatch(connectorId);
    expect(next?.envelope.to).toEqual(['c@x.example']);
  });

  it('of whom one was refused before: failed, saying why, once the last one has it', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId, { to });
    const answers = [answer('a@x.example'), answer('b@x.example', deferral), answer('c@x.example', refusal)];
    await given.settle(outcomeOf(email, { ...deferral, recipients: answers }));
    await given.put(email.id, { state: 'claimed', claim_token: email.claim.claimToken });
    await given.settle(outcomeOf(email, { recipients: [answer('b@x.example')] }));
    expect(await given.row(email.id)).toMatchObject({
      ...{ state: 'failed', may_have_been_sent: false, last_cause: 'refused', last_reply: '550 No' },
    });
  });
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
