import { randomUUID } from 'node:crypto';
import type { AttemptOutcome, RecipientOutcome, RecipientState } from '@portal-outbox/contracts';
import { describe, expect, it } from 'vitest';
import { settle, type UnsettledEmail } from './settlement.ts';

const delays = [60, 300, 900];

/** An email to a@x, b@x, … whose recipients stand as given. */
function emailTo(states: RecipientState[], seriesPosition = 0): UnsettledEmail {
  return {
    seriesPosition,
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
    });
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
