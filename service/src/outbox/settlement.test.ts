// Longer than 300 lines: every case of one pure decision, side by side.
import { randomUUID } from 'node:crypto';
import type { AttemptOutcome, RecipientOutcome, RecipientState } from '@portal-outbox/contracts';
import { describe, expect, it } from 'vitest';
import { settle, type UnsettledEmail } from './settlement.ts';

const delays = [60, 300, 900];

/** An email to a@x, b@x, … whose recipients stand as given. */
function emailTo(states: RecipientState[], seriesPosition = 0): UnsettledEmail {
  return {
    seriesPosition,
    migrated: false,
    onUncertain: 'hold',
    recipients: states.map((state, position) => ({
      position,
      address: `${'abcdef'[position]}@x`,
      state,
      reply: state === 'refused' ? '550 No such user' : '',
    })),
  };
}

const answer = (address: string, result: RecipientOutcome['result']): RecipientOutcome => ({
  address: `${address}@x`,
  result,
  ...{
    accepted: { code: 250, enhancedCode: null, reply: `250 OK ${address}`, cause: null },
    deferred: {
      code: 451,
      enhancedCode: '4.7.1',
      reply: `451 Later ${address}`,
      cause: 'greylisted' as const,
    },
    rejected: {
      code: 550,
      enhancedCode: '5.1.1',
      reply: `550 No ${address}`,
      cause: 'unknown_user' as const,
    },
  }[result],
});

function outcome(result: AttemptOutcome['result'], recipients: RecipientOutcome[] = []): AttemptOutcome {
  const said = recipients.find((it) => it.result === result) ?? recipients[0];
  return {
    attemptId: randomUUID(),
    attemptNo: 1,
    emailId: randomUUID(),
    connectorId: randomUUID(),
    workerId: randomUUID(),
    connectorRevision: 1,
    nonce: '',
    claimToken: null,
    result,
    phase: 'final_dot',
    code: said?.code ?? null,
    enhancedCode: said?.enhancedCode ?? null,
    reply: said?.reply ?? 'words',
    cause: said?.cause ?? null,
    recipients,
    durationMs: 7,
  };
}

const settled = (email: UnsettledEmail, told: AttemptOutcome) => settle(email, told, delays, 0.5);
const states = (email: UnsettledEmail, told: AttemptOutcome) =>
  settled(email, told).recipients.map((it) => it.state);

describe('one recipient', () => {
  it('accepted: sent', () => {
    const { next, counted, recipients } = settled(emailTo(['open']), outcome('accepted'));
    expect([next, counted]).toEqual([{ state: 'sent' }, true]);
    expect(recipients).toEqual([{ position: 0, state: 'delivered', reply: 'words' }]);
  });

  it('deferred: waits for the next delay of the series', () => {
    const told = outcome('deferred', [answer('a', 'deferred')]);
    expect(settled(emailTo(['open'], 1), told)).toEqual({
      next: { state: 'waiting', delaySeconds: 300, failed: true },
      recipients: [{ position: 0, state: 'open', reply: '451 Later a' }],
      counted: true,
      seriesPosition: 2,
      cause: 'greylisted',
      reply: '451 Later a',
      throttled: false,
    });
  });

  it('deferred, the series spent: failed, and never said to have been sent', () => {
    const { next, seriesPosition } = settled(emailTo(['open'], 3), outcome('deferred'));
    expect([next, seriesPosition]).toEqual([{ state: 'failed', mayHaveBeenSent: false }, 3]);
  });

  it('rejected: failed at once, whatever is left of the series', () => {
    const told = outcome('rejected', [answer('a', 'rejected')]);
    expect(settled(emailTo(['open']), told)).toMatchObject({
      next: { state: 'failed', mayHaveBeenSent: false },
      seriesPosition: 0,
      cause: 'unknown_user',
      reply: '550 No a',
    });
  });

  it('uncertain: failed, may have been sent, every recipient left as it was', () => {
    expect(settled(emailTo(['open']), outcome('uncertain'))).toEqual({
      next: { state: 'failed', mayHaveBeenSent: true },
      recipients: [],
      counted: true,
      seriesPosition: 0,
      cause: 'may_have_been_sent',
      reply: 'words',
      throttled: false,
    });
  });
});

describe('everybody has it, or was refused, as a late outcome of an earlier attempt has told', () => {
  it.each(['accepted', 'deferred', 'rejected', 'uncertain', 'not_sent', 'connector_trouble'] as const)(
    '%s: all have it, so it is sent, and the attempt counts if it named the sender',
    (result) => {
      const settlement = settle(emailTo(['delivered', 'delivered']), outcome(result), delays, 0.5);
      const counted = result !== 'not_sent' && result !== 'connector_trouble';
      expect(settlement).toMatchObject({ next: { state: 'sent' }, recipients: [], counted });
    },
  );

  it('one was refused: failed, nobody is asked again', () => {
    const settlement = settle(emailTo(['delivered', 'refused']), outcome('not_sent'), delays, 0.5);
    expect(settlement).toMatchObject({ next: { state: 'failed', mayHaveBeenSent: false }, recipients: [] });
  });
});

describe('what is not the email’s fault uses nothing up', () => {
  it.each(['not_sent', 'connector_trouble'] as const)('%s', (result) => {
    for (const seriesPosition of [0, 2, 3]) {
      const settlement = settled(emailTo(['open', 'delivered'], seriesPosition), outcome(result));
      expect(settlement).toMatchObject({ counted: false, seriesPosition, recipients: [] });
      expect(settlement.next).toMatchObject({ state: 'waiting', failed: false });
    }
  });

  it('keeps the connector’s words, and pauses a worker that could not claim', () => {
    const told = { ...outcome('connector_trouble'), cause: 'connection_refused' as const };
    expect(settled(emailTo(['open']), told)).toMatchObject({ cause: 'connection_refused', reply: 'words' });
    const { next, cause } = settled(emailTo(['open']), outcome('not_sent'));
    expect([next, cause]).toEqual([{ state: 'waiting', delaySeconds: 2, failed: false }, null]);
  });
});

describe('several recipients', () => {
  const three = emailTo(['open', 'open', 'open']);

  it('all accepted: sent', () => {
    expect(settled(three, outcome('accepted')).next).toEqual({ state: 'sent' });
  });

  it('one deferred: waits, and only that one stays open', () => {
    const told = outcome('deferred', [
      answer('a', 'accepted'),
      answer('b', 'deferred'),
      answer('c', 'accepted'),
    ]);
    expect(states(three, told)).toEqual(['delivered', 'open', 'delivered']);
    expect(settled(three, told)).toMatchObject({
      next: { state: 'waiting', delaySeconds: 60, failed: true },
      cause: 'greylisted',
      reply: '451 Later b',
    });
  });

  it('one refused, one deferred: waits for the deferred one and says its words', () => {
    const told = outcome('deferred', [
      answer('a', 'rejected'),
      answer('b', 'deferred'),
      answer('c', 'accepted'),
    ]);
    expect(states(three, told)).toEqual(['refused', 'open', 'delivered']);
    expect(settled(three, told)).toMatchObject({ next: { state: 'waiting' }, reply: '451 Later b' });
  });

  it('one refused, the others accepted: failed, with the refusal’s words', () => {
    const told = outcome('rejected', [
      answer('a', 'accepted'),
      answer('b', 'rejected'),
      answer('c', 'accepted'),
    ]);
    expect(states(three, told)).toEqual(['delivered', 'refused', 'delivered']);
    expect(settled(three, told)).toMatchObject({
      next: { state: 'failed', mayHaveBeenSent: false },
      cause: 'unknown_user',
      reply: '550 No b',
    });
  });

  it('without an answer of their own: what was said of the whole message', () => {
    expect(states(three, outcome('deferred', [answer('b', 'rejected')]))).toEqual([
      'open',
      'refused',
      'open',
    ]);
    expect(states(three, outcome('rejected'))).toEqual(['refused', 'refused', 'refused']);
  });

  it('touches nobody who has it already', () => {
    const later = emailTo(['delivered', 'open', 'delivered']);
    expect(settled(later, outcome('accepted')).next).toEqual({ state: 'sent' });
    expect(settled(later, outcome('rejected')).recipients).toEqual([
      { position: 1, state: 'refused', reply: 'words' },
    ]);
  });

  it('an address named twice gets one answer', () => {
    const twice = emailTo(['open', 'open']);
    const email = { ...twice, recipients: twice.recipients.map((it) => ({ ...it, address: 'a@x' })) };
    expect(states(email, outcome('deferred', [answer('a', 'accepted')]))).toEqual(['delivered', 'delivered']);
  });

  it('refused before, the last open one now accepted: failed, with the words of the refusal', () => {
    const told = outcome('accepted', [answer('b', 'accepted')]);
    const settlement = settled(emailTo(['refused', 'open', 'delivered']), told);
    expect(settlement).toMatchObject({
      next: { state: 'failed', mayHaveBeenSent: false },
      cause: 'refused',
      reply: '550 No such user',
      recipients: [{ position: 1, state: 'delivered' }],
    });
  });
});

it('draws the delay with the given jitter', () => {
  const next = (random: number) => settle(emailTo(['open']), outcome('deferred'), delays, random).next;
  expect(next(0)).toMatchObject({ delaySeconds: 48 });
  expect(next(0.999_999)).toMatchObject({ delaySeconds: expect.closeTo(72, 3) as number });
});

const throttle = (address: string, changes: Partial<RecipientOutcome> = {}): RecipientOutcome => ({
  ...answer(address, 'deferred'),
  ...{ code: 450, cause: 'rate_limited', reply: `450 4.7.1 Too much mail ${address}` },
  ...changes,
});
const tooMany = (address: string): RecipientOutcome => ({
  ...answer(address, 'deferred'),
  ...{
    code: 452,
    enhancedCode: '4.5.3',
    cause: 'too_many_recipients',
    reply: '452 4.5.3 Too many recipients',
  },
});

describe('a mail server that asks to slow down', () => {
  it.each([
    ['of a recipient', outcome('deferred', [throttle('a')])],
    [
      'at MAIL FROM',
      { ...outcome('deferred'), code: 450, cause: 'rate_limited' as const, phase: 'mail' as const },
    ],
    ['by closing the connection', { ...outcome('deferred'), code: 421, cause: 'try_later' as const }],
  ])('is obeyed, and uses nothing up: %s', (_, told) => {
    for (const seriesPosition of [0, 2, 3]) {
      expect(settled(emailTo(['open'], seriesPosition), told)).toMatchObject({
        ...{ next: { state: 'waiting', delaySeconds: 60, failed: false }, throttled: true, counted: true },
        ...{ seriesPosition, cause: told.cause, reply: told.reply, recipients: [{ state: 'open' }] },
      });
    }
  });

  it('is waited for a minute, more or less, so that not all come back together', () => {
    const pause = (random: number) =>
      settle(emailTo(['open']), outcome('deferred', [throttle('a')]), delays, random).next;
    expect(pause(0)).toMatchObject({ delaySeconds: 48 });
    expect(pause(0.999_999)).toMatchObject({ delaySeconds: expect.closeTo(72, 3) as number });
  });

  it('takes no place of the series from the others that were deferred with it', () => {
    const told = outcome('deferred', [answer('a', 'deferred'), throttle('b'), answer('c', 'accepted')]);
    expect(states(emailTo(['open', 'open', 'open']), told)).toEqual(['open', 'open', 'delivered']);
    expect(settled(emailTo(['open', 'open', 'open'], 3), told)).toMatchObject({
      ...{ next: { state: 'waiting', failed: false }, seriesPosition: 3, reply: '450 4.7.1 Too much mail b' },
    });
  });

  it('is noted though nobody is left to wait for', () => {
    const told = outcome('rejected', [{ ...throttle('a'), result: 'rejected' }]);
    expect(settled(emailTo(['open']), told)).toMatchObject({ next: { state: 'failed' }, throttled: true });
  });

  it('is not what a greylisted or a blocked 421 means', () => {
    for (const cause of ['greylisted', 'blocked', 'sender_refused'] as const) {
      const told = outcome('deferred', [throttle('a', { code: 421, cause })]);
      expect(settled(emailTo(['open']), told)).toMatchObject({ throttled: false, seriesPosition: 1 });
    }
  });

  it('before MAIL FROM makes the email wait as well: one connection too many does not turn in circles', () => {
    const told = { ...outcome('connector_trouble'), cause: 'rate_limited' as const };
    expect(settled(emailTo(['open'], 2), told)).toMatchObject({
      ...{ next: { state: 'waiting', delaySeconds: 60, failed: false }, throttled: true },
      ...{ counted: false, seriesPosition: 2 },
    });
    expect(settled(emailTo(['open']), outcome('connector_trouble')).throttled).toBe(false);
  });
});

describe('a server that takes only some recipients at a time', () => {
  const three = (seriesPosition = 0) => emailTo(['open', 'open', 'open'], seriesPosition);

  it('gets the others at once, without using up the series', () => {
    const told = outcome('deferred', [answer('a', 'accepted'), tooMany('b'), tooMany('c')]);
    expect(states(three(), told)).toEqual(['delivered', 'open', 'open']);
    for (const seriesPosition of [0, 3]) {
      expect(settled(three(seriesPosition), told)).toMatchObject({
        ...{ next: { state: 'waiting', delaySeconds: 0, failed: false }, seriesPosition, throttled: false },
        ...{ cause: 'too_many_recipients', counted: true },
      });
    }
  });

  it('ends after as many rounds as it needs, though the pattern is empty', () => {
    let email = emailTo(['open', 'open', 'open', 'open', 'open']);
    for (let round = 1; round <= 5; round += 1) {
      const [first, ...others] = email.recipients.filter(({ state }) => state === 'open');
      const letter = (address: string) => address.slice(0, 1);
      const told = outcome(others.length > 0 ? 'deferred' : 'accepted', [
        answer(letter(first!.address), 'accepted'),
        ...others.map(({ address }) => tooMany(letter(address))),
      ]);
      const { next, recipients } = settle(email, told, [], 0.5);
      expect(next.state).toBe(round < 5 ? 'waiting' : 'sent');
      const changed = new Map(recipients.map((it) => [it.position, it.state]));
      email = {
        ...email,
        recipients: email.recipients.map((it) => ({ ...it, state: changed.get(it.position) ?? it.state })),
      };
    }
  });

  it('is an ordinary deferral when nobody was taken: it might never end', () => {
    const told = outcome('deferred', [tooMany('a'), tooMany('b'), tooMany('c')]);
    expect(settled(three(), told)).toMatchObject({
      ...{ next: { state: 'waiting', delaySeconds: 60, failed: true }, seriesPosition: 1 },
      ...{ cause: 'too_many_recipients' },
    });
    expect(settled(three(3), told).next).toEqual({ state: 'failed', mayHaveBeenSent: false });
    const refusedToo = outcome('deferred', [answer('a', 'rejected'), tooMany('b'), tooMany('c')]);
    expect(settled(three(), refusedToo)).toMatchObject({ seriesPosition: 1 });
  });

  it('goes on at once past somebody who is greylisted, whose own wait begins when the others have it', () => {
    const first = outcome('deferred', [answer('a', 'accepted'), answer('b', 'deferred'), tooMany('c')]);
    expect(settled(three(), first)).toMatchObject({ next: { delaySeconds: 0 }, seriesPosition: 0 });
    const second = outcome('deferred', [answer('b', 'deferred'), answer('c', 'accepted')]);
    expect(settled(emailTo(['delivered', 'open', 'open']), second)).toMatchObject({
      ...{ next: { delaySeconds: 60, failed: true }, cause: 'greylisted' },
    });
  });
});

describe('an email migrated from an older system', () => {
  const migrated = (states: RecipientState[], changes: Partial<UnsettledEmail> = {}): UnsettledEmail => ({
    ...emailTo(states),
    migrated: true,
    ...changes,
  });

  it.each(['deferred', 'rejected'] as const)('fails again when its one attempt is %s', (result) => {
    expect(settled(migrated(['open']), outcome(result, [answer('a', result)]))).toMatchObject({
      ...{ next: { state: 'failed', mayHaveBeenSent: false }, seriesPosition: 0, counted: true },
    });
  });

  it('fails again when only some recipients got it', () => {
    const told = outcome('deferred', [answer('a', 'accepted'), answer('b', 'deferred')]);
    expect(settled(migrated(['open', 'open']), told)).toMatchObject({
      ...{ next: { state: 'failed' }, recipients: [{ state: 'delivered' }, { state: 'open' }] },
    });
  });

  it('is never sent again by itself when nobody knows, whatever its connector does', () => {
    for (const onUncertain of ['hold', 'resend'] as const) {
      expect(settled(migrated(['open'], { onUncertain }), outcome('uncertain')).next).toEqual({
        state: 'failed',
        mayHaveBeenSent: true,
      });
    }
  });

  it.each([
    ['was not tried', outcome('not_sent')],
    ['met a connector in trouble', { ...outcome('connector_trouble'), cause: 'connection_refused' as const }],
  ])('keeps its attempt when it %s', (_, told) => {
    expect(settled(migrated(['open']), told).next).toMatchObject({ state: 'waiting', failed: false });
  });

  it('fails again when the mail server asks to slow down, and the connector slows down', () => {
    expect(settled(migrated(['open']), outcome('deferred', [throttle('a')]))).toMatchObject({
      ...{ next: { state: 'failed', mayHaveBeenSent: false }, throttled: true },
    });
  });

  it('goes on with the recipients that the server takes next: it is one attempt still', () => {
    const told = outcome('deferred', [answer('a', 'accepted'), tooMany('b')]);
    expect(settled(migrated(['open', 'open']), told).next).toMatchObject({
      state: 'waiting',
      delaySeconds: 0,
    });
  });

  it('is sent when accepted', () => {
    expect(settled(migrated(['open']), outcome('accepted')).next).toEqual({ state: 'sent' });
  });
});

describe('an uncertain end where the connector resends', () => {
  const resend = (seriesPosition: number): UnsettledEmail => ({
    ...emailTo(['delivered', 'open', 'refused'], seriesPosition),
    onUncertain: 'resend',
  });

  it('goes on with the series, to those who had not accepted', () => {
    expect(settled(resend(1), outcome('uncertain'))).toMatchObject({
      ...{ next: { state: 'waiting', delaySeconds: 300, failed: true }, seriesPosition: 2, recipients: [] },
      ...{ cause: 'may_have_been_sent', counted: true },
    });
  });

  it('ends as may have been sent when the series is spent', () => {
    expect(settled(resend(3), outcome('uncertain'))).toMatchObject({
      ...{ next: { state: 'failed', mayHaveBeenSent: true }, seriesPosition: 3 },
    });
  });
});

describe('partial acceptance', () => {
  it('all refused but one: failed, and the one is recorded as delivered', () => {
    const told = outcome('rejected', [
      answer('a', 'rejected'),
      answer('b', 'accepted'),
      answer('c', 'rejected'),
    ]);
    const three = emailTo(['open', 'open', 'open']);
    expect(states(three, told)).toEqual(['refused', 'delivered', 'refused']);
    expect(settled(three, told)).toMatchObject({ next: { state: 'failed' }, cause: 'unknown_user' });
  });

  it('all refused: failed, nobody open', () => {
    const told = outcome('rejected', [answer('a', 'rejected'), answer('b', 'rejected')]);
    expect(states(emailTo(['open', 'open']), told)).toEqual(['refused', 'refused']);
  });

  it('refused, deferred and accepted in turn over three attempts: each address asked until it has answered', () => {
    const first = outcome('deferred', [
      answer('a', 'rejected'),
      answer('b', 'deferred'),
      answer('c', 'accepted'),
    ]);
    expect(states(emailTo(['open', 'open', 'open']), first)).toEqual(['refused', 'open', 'delivered']);
    const after = emailTo(['refused', 'open', 'delivered'], 1);
    const second = outcome('deferred', [answer('b', 'deferred')]);
    expect(settled(after, second)).toMatchObject({
      ...{ next: { state: 'waiting', delaySeconds: 300 }, recipients: [{ position: 1, state: 'open' }] },
    });
    const third = outcome('accepted', [answer('b', 'accepted')]);
    expect(settled(after, third)).toMatchObject({ next: { state: 'failed' }, reply: '550 No such user' });
  });

  it('an address in To and in Bcc, accepted once of two times: it has it', () => {
    const both = emailTo(['open', 'open']);
    const email = { ...both, recipients: both.recipients.map((it) => ({ ...it, address: 'a@x' })) };
    for (const answers of [
      [answer('a', 'accepted'), tooMany('a')],
      [answer('a', 'deferred'), answer('a', 'accepted')],
    ]) {
      expect(settled(email, outcome('deferred', answers))).toMatchObject({
        ...{ next: { state: 'sent' }, recipients: [{ state: 'delivered' }, { state: 'delivered' }] },
      });
    }
  });

  it('a connection lost after some were refused: the others wait, the refused stay refused', () => {
    const told = {
      ...outcome('deferred', [answer('a', 'rejected')]),
      ...{ cause: 'connection_lost' as const, code: null, reply: '' },
    };
    expect(states(emailTo(['open', 'open']), told)).toEqual(['refused', 'open']);
    expect(settled(emailTo(['open', 'open']), told)).toMatchObject({
      ...{ next: { state: 'waiting' }, cause: 'connection_lost', reply: '' },
    });
  });
});
