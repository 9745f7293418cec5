import { describe, expect, it } from 'vitest';
import {
  emailActions,
  refusalReasons,
  type Allowed,
  type EmailActionFacts,
  type EmailActions,
} from './email-actions.ts';
import { emailStates } from './email-state.ts';

const sound: EmailActionFacts = {
  state: 'waiting',
  connectorEnabled: true,
  connectorPaused: false,
  tried: false,
  retryAsked: false,
  dueLater: false,
};

/** Product table "What one may do", a dash in it being `false`. */
type Row = [string, Partial<EmailActionFacts>, Allowed, true | false, Allowed];
const rows: Row[] = [
  ['Failed', { state: 'failed', tried: true }, true, false, true],
  ['Failed before any attempt, its time passed', { state: 'failed' }, true, false, true],
  ['Failed, connector paused', { state: 'failed', tried: true, connectorPaused: true }, true, false, true],
  [
    'Failed, connector off',
    { state: 'failed', tried: true, connectorEnabled: false },
    'connector_disabled',
    false,
    true,
  ],
  [
    'Connector Disabled, scheduled',
    { connectorEnabled: false, dueLater: true },
    'connector_disabled',
    false,
    true,
  ],
  [
    'Connector Disabled, tried before',
    { connectorEnabled: false, tried: true, dueLater: true },
    'connector_disabled',
    false,
    true,
  ],
  ['Pending Retry, waiting for its time', { tried: true, dueLater: true }, true, false, true],
  [
    'Pending Retry, waiting for its time, connector paused',
    { tried: true, dueLater: true, connectorPaused: true },
    true,
    false,
    true,
  ],
  ['Pending Retry, asked for', { tried: true, retryAsked: true }, 'retry_on_its_way', false, true],
  [
    'Pending Retry, asked for and published',
    { state: 'dispatched', tried: true, retryAsked: true },
    'retry_on_its_way',
    false,
    true,
  ],
  ['Pending Retry, its time has come', { tried: true }, 'retry_on_its_way', false, true],
  ['Queued, scheduled or held', { dueLater: true }, 'not_tried_yet', true, true],
  ['Queued, about to go', {}, 'about_to_be_sent', false, true],
  ['Queued, published', { state: 'dispatched' }, 'about_to_be_sent', false, true],
  ['Queued, connector paused', { connectorPaused: true }, 'about_to_be_sent', false, true],
  [
    'Queued, scheduled, connector paused',
    { connectorPaused: true, dueLater: true },
    'about_to_be_sent',
    false,
    true,
  ],
  ['claimed', { state: 'claimed' }, 'being_sent', false, 'being_sent'],
  [
    'claimed, its connector switched off since',
    { state: 'claimed', connectorEnabled: false },
    'being_sent',
    false,
    'being_sent',
  ],
];

describe('what one may do with an email that is', () => {
  it.each(rows)('%s', (_, facts, retry, sendNow, cancel) => {
    const actions = emailActions({ ...sound, ...facts });
    expect(actions.retry).toBe(retry);
    expect(actions.sendNow === true).toBe(sendNow);
    expect(actions.cancel).toBe(cancel);
  });

  it.each([
    ['sent', 'already_sent'],
    ['cancelled', 'already_cancelled'],
  ] as const)('%s: nothing', (state, reason) => {
    for (const facts of everyFacts().filter((it) => it.state === state)) {
      expect(emailActions(facts)).toEqual({ retry: reason, sendNow: reason, cancel: reason });
    }
  });
});

it('always lets cancel an email that nobody has claimed', () => {
  const open = everyFacts().filter((it) => ['waiting', 'dispatched', 'failed'].includes(it.state));
  expect(new Set(open.map((it) => emailActions(it).cancel))).toEqual(new Set([true]));
});

it('never offers Retry and Send Now at once, and points to Send Now only where it is offered', () => {
  for (const facts of everyFacts()) {
    const { retry, sendNow } = emailActions(facts);
    expect([facts, retry === true && sendNow === true]).toEqual([facts, false]);
    expect([facts, sendNow === true]).toEqual([facts, retry === 'not_tried_yet']);
  }
});

it('has a text in both languages for every reason', () => {
  const reasons = new Set(everyFacts().flatMap((it) => reasonsOf(emailActions(it))));
  expect(reasons).toEqual(new Set(Object.keys(refusalReasons)));
  for (const { en, fr } of Object.values(refusalReasons)) {
    expect(en).toMatch(/\.$/);
    expect(fr).toMatch(/\.$/);
    expect(fr).not.toContain("'");
  }
});

function reasonsOf(actions: EmailActions): string[] {
  return Object.values(actions).filter((it): it is Exclude<Allowed, true> => it !== true);
}

function everyFacts(): EmailActionFacts[] {
  return emailStates.flatMap((state) =>
    Array.from({ length: 32 }, (_, bits) => ({
      state,
      connectorEnabled: (bits & 1) > 0,
      connectorPaused: (bits & 2) > 0,
      tried: (bits & 4) > 0,
      retryAsked: (bits & 8) > 0,
      dueLater: (bits & 16) > 0,
    })),
  );
}
