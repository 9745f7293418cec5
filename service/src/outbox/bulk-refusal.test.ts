import { describe, expect, it } from 'vitest';
import { bulkSkipReasons, emailActions, emailStates } from '@portal-outbox/contracts';
import { refuseBulk, type BulkFacts } from './bulk-refusal.ts';

const both = [true, false];
const everyFact: BulkFacts[] = emailStates.flatMap((state) =>
  both.flatMap((connectorEnabled) =>
    both.flatMap((tried) =>
      both.flatMap((retryAsked) =>
        both.flatMap((dueLater) =>
          both.flatMap((mayHaveBeenSent) =>
            both.map((restorable) => ({
              ...{ state, connectorEnabled, connectorPaused: false, tried, retryAsked, dueLater },
              ...{ mayHaveBeenSent, restorable },
            })),
          ),
        ),
      ),
    ),
  ),
);

describe('a bulk operation', () => {
  it.each(['retry', 'cancel'] as const)(
    'may %s what a single action may, and says the same reason',
    (action) => {
      for (const facts of everyFact) {
        const allowed = emailActions(facts)[action];
        expect(refuseBulk(action, facts, true)).toBe(allowed === true ? null : allowed);
      }
    },
  );

  it('skips what may have been sent, of a retry only and unless told otherwise', () => {
    const facts = everyFact.filter((it) => it.mayHaveBeenSent && emailActions(it).retry === true);
    expect(facts.length).toBeGreaterThan(0);
    for (const it of facts) {
      expect(refuseBulk('retry', it, false)).toBe('may_have_been_sent');
      expect(refuseBulk('cancel', it, false)).toBeNull();
    }
  });

  it('restores what is cancelled and not too old', () => {
    const reasons = Object.fromEntries(
      everyFact.map((it) => [`${it.state} ${it.restorable}`, refuseBulk('restore', it, false)]),
    );
    expect(reasons).toMatchObject({
      'cancelled true': null,
      'cancelled false': 'not_restorable',
      'sent false': 'already_sent',
      'failed false': 'already_restored',
      'claimed false': 'already_restored',
    });
  });

  it('has a text for each reason in both languages', () => {
    for (const facts of everyFact) {
      for (const action of ['retry', 'cancel', 'restore'] as const) {
        const reason = refuseBulk(action, facts, false);
        if (reason === null) continue;
        expect(bulkSkipReasons[reason].en).not.toBe('');
        expect(bulkSkipReasons[reason].fr).not.toBe('');
      }
    }
  });
});
