import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { retryEmail } from '../src/db/email-transitions.ts';
import { readAttempts } from '../src/db/read-email.ts';
import { writeSettings } from '../src/db/settings.ts';
import {
  anHourAgo,
  answer,
  author,
  deferral,
  givenOutbox,
  refusal,
  outcomeOf,
  type EmailRow,
} from './outbox-fixture.ts';

const given = givenOutbox();
const claimed = async (changes = {}) => given.claimed(await given.connector(), changes);

describe('the series', () => {
  it('goes on from where it was after a manual retry, and ends when it is spent', async () => {
    const portal = given.portalId;
    await writeSettings(
      given.database,
      portal,
      { retryDelaysSeconds: [60, 600], maxEmailBytes: 10 ** 6, undoChoices: [0] },
      0,
    );
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
    await given.loseClaims();
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
    ['waiting', { result: 'not_sent' } as const, { state: 'waiting', series_position: 0, send_count: 0 }],
  ])(
    'is %s once a late real outcome comes in, counted once if it was an attempt',
    async (_, changes, expected) => {
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
            may_have_been_sent: false,
            send_count: 1,
            ...expected,
          });
        }
      }
    },
  );

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
