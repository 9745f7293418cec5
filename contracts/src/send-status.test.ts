import { expect, it } from 'vitest';
import { sendStatus, type SendStatusFacts } from './send-status.ts';
import { emailStates } from './email-state.ts';

const fresh: SendStatusFacts = {
  state: 'waiting',
  connectorEnabled: true,
  tried: false,
  retryAsked: false,
};

it.each<[string, Partial<SendStatusFacts>, string]>([
  ['waits for its first time', {}, 'queued'],
  ['was dispatched for the first time', { state: 'dispatched' }, 'queued'],
  ['is being sent for the first time', { state: 'claimed' }, 'queued'],
  ['was tried before', { tried: true }, 'pending_retry'],
  ['was asked for again before it was ever tried', { retryAsked: true }, 'pending_retry'],
  ['is being sent again', { state: 'claimed', tried: true }, 'pending_retry'],
  ['waits while its connector is off', { connectorEnabled: false }, 'connector_disabled'],
  ['was tried, its connector now off', { connectorEnabled: false, tried: true }, 'connector_disabled'],
  [
    'was asked for, its connector now off',
    { connectorEnabled: false, retryAsked: true },
    'connector_disabled',
  ],
  ['has failed', { state: 'failed', tried: true }, 'failed'],
  ['has failed and its connector is off', { state: 'failed', connectorEnabled: false }, 'failed'],
])('an email that %s', (_, facts, status) => {
  expect(sendStatus({ ...fresh, ...facts })).toBe(status);
});

it('asks for the first that holds: Failed, Connector Disabled, Pending Retry, Queued', () => {
  for (const state of emailStates) {
    for (const [connectorEnabled, tried, retryAsked] of everyCombination()) {
      const expected =
        state === 'failed'
          ? 'failed'
          : !connectorEnabled
            ? 'connector_disabled'
            : tried || retryAsked
              ? 'pending_retry'
              : 'queued';
      expect(sendStatus({ state, connectorEnabled, tried, retryAsked })).toBe(expected);
    }
  }
});

function everyCombination(): [boolean, boolean, boolean][] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0]);
}
