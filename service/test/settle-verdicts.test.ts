import { describe, expect, it } from 'vitest';
import { retryEmail } from '../src/db/email-transitions.ts';
import { anHourAgo, answer, author, givenOutbox, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();

const tooMany = {
  result: 'deferred',
  code: 452,
  enhancedCode: '4.5.3',
  cause: 'too_many_recipients',
  reply: '452 4.5.3 Too many recipients',
} as const;
const slowDown = { result: 'deferred', code: 421, cause: 'try_later', reply: '421 Shutting down' } as const;
const dueIn = async (id: string): Promise<number> => {
  const [row] = await given.database<{ seconds: number }[]>`
    select extract(epoch from due_at - now())::float8 as seconds from outbox_email where id = ${id}`;
  return row!.seconds;
};

describe('an email with more recipients than the server takes at a time', () => {
  it('goes on at once with the others only, as if nothing had failed', async () => {
    const connectorId = await given.connector();
    const to = ['a@x.example', 'b@x.example', 'c@x.example'].map((address) => ({ address }));
    const email = await given.claimed(connectorId, { to });
    const answers = [answer('a@x.example'), answer('b@x.example', tooMany), answer('c@x.example', tooMany)];
    await given.settle(outcomeOf(email, { ...tooMany, recipients: answers }));
    expect(await given.row(email.id)).toMatchObject({
      ...{ state: 'waiting', series_position: 0, send_count: 1, first_failed_at: null, listed: false },
      ...{ last_cause: 'too_many_recipients' },
    });
    const [next] = await given.dispatch(connectorId);
    expect(next?.envelope.to).toEqual(['b@x.example', 'c@x.example']);
  });
});

describe('a mail server that asks to slow down', () => {
  it('takes neither a place of the series nor the retry that was asked for', async () => {
    const email = await given.claimed(await given.connector());
    await given.put(email.id, { retry_asked: true, series_position: 3 });
    await given.settle(outcomeOf(email, slowDown));
    expect(await given.row(email.id)).toMatchObject({
      ...{ state: 'waiting', series_position: 3, retry_asked: true, last_cause: 'try_later', send_count: 1 },
    });
    expect(await dueIn(email.id)).toBeGreaterThan(45);
    expect(await dueIn(email.id)).toBeLessThan(75);
  });
});

describe('an address in To and in Bcc', () => {
  it('is one recipient for the server, and nobody is asked twice once it has it', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId, {
      to: [{ address: 'a@x.example' }],
      bcc: [{ address: 'a@x.example' }, { address: 'b@x.example' }],
    });
    const asked = email.attempt.envelope.to;
    expect(new Set(asked)).toEqual(new Set(['a@x.example', 'b@x.example']));
    const later = { result: 'deferred', code: 451, cause: 'greylisted', reply: '451 Later' } as const;
    await given.settle(
      outcomeOf(email, { ...later, recipients: [answer('a@x.example'), answer('b@x.example', later)] }),
    );
    await given.put(email.id, { due_at: anHourAgo() });
    const [next] = await given.dispatch(connectorId);
    expect(next?.envelope.to).toEqual(['b@x.example']);
  });
});

describe('an email migrated from an older system', () => {
  it('is tried once for each Retry, and Failed again', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId);
    await given.database`update outbox_email set migrated = true, retry_asked = true where id = ${email.id}`;
    await given.settle(
      outcomeOf(email, { result: 'deferred', code: 451, cause: 'greylisted', reply: '451' }),
    );
    expect(await given.row(email.id)).toMatchObject({ state: 'failed', may_have_been_sent: false });
    expect(await given.dispatch(connectorId)).toEqual([]);
    const scope = await given.scopeOf(author);
    expect(await retryEmail(given.database, scope, email.id, false)).toBe(true);
    expect(await given.dispatch(connectorId)).toHaveLength(1);
  });
});

describe('a connector that resends', () => {
  it('sends again by the retry pattern what may have been sent, and says so when the pattern is spent', async () => {
    const connectorId = await given.connector();
    await given.database`update connector set on_uncertain = 'resend' where id = ${connectorId}`;
    const uncertain = { result: 'uncertain', code: null, reply: '', cause: 'may_have_been_sent' } as const;
    const first = await given.claimed(connectorId);
    await given.settle(outcomeOf(first, uncertain));
    expect(await given.row(first.id)).toMatchObject({
      ...{ state: 'waiting', series_position: 1, send_count: 1, last_cause: 'may_have_been_sent' },
    });
    const spent = await given.claimed(connectorId);
    await given.put(spent.id, { series_position: 9 });
    await given.settle(outcomeOf(spent, uncertain));
    expect(await given.row(spent.id)).toMatchObject({ state: 'failed', may_have_been_sent: true });
  });
});
