import type { AttemptOutcome } from '@portal-outbox/contracts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutcomeKeeper } from './outcome-keeper.ts';

const outcome = (changes: Partial<AttemptOutcome> = {}): AttemptOutcome =>
  ({
    attemptId: 'a1',
    connectorId: 'c1',
    claimToken: 't1',
    result: 'accepted',
    ...changes,
  }) as AttemptOutcome;

describe('an outcome', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const published: string[] = [];
  let failures = 0;
  let keeper: OutcomeKeeper;
  beforeEach(() => {
    published.length = 0;
    failures = 0;
    keeper = new OutcomeKeeper(
      ({ attemptId, result }) => {
        published.push(`${attemptId} ${result}`);
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error('no bus')) : Promise.resolve();
      },
      pino({ level: 'silent' }),
    );
  });

  it('is published again every 30 s until it is settled', async () => {
    await keeper.report(outcome());
    await vi.advanceTimersByTimeAsync(61_000);
    keeper.settled(['a1']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(published).toEqual(['a1 accepted', 'a1 accepted', 'a1 accepted']);
  });

  it('is tried again soon while the bus is away', async () => {
    failures = 2;
    const reported = keeper.report(outcome());
    await vi.advanceTimersByTimeAsync(5000);
    await reported;
    expect(published).toEqual(['a1 accepted', 'a1 accepted', 'a1 accepted']);
  });

  it('is published once more when the bus may have lost it, and then every 30 s as before', async () => {
    await keeper.report(outcome());
    await vi.advanceTimersByTimeAsync(20_000);
    keeper.repeatAll();
    // The one before is still on its way.
    keeper.repeatAll();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(published).toEqual(['a1 accepted', 'a1 accepted']);
    await vi.advanceTimersByTimeAsync(2000);
    expect(published).toEqual(['a1 accepted', 'a1 accepted', 'a1 accepted']);
  });

  it('holds its claim until it is settled', async () => {
    await keeper.report(outcome());
    expect(keeper.heldTokens('c1')).toEqual(['t1']);
    expect(keeper.heldTokens('c2')).toEqual([]);
    keeper.settled(['a1']);
    expect(keeper.heldTokens('c1')).toEqual([]);
  });

  it('with a claim outweighs one without, whichever comes first', async () => {
    await keeper.report(outcome({ claimToken: null, result: 'not_sent' }));
    await keeper.report(outcome());
    await keeper.report(outcome({ claimToken: null, result: 'not_sent' }));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(published).toEqual(['a1 not_sent', 'a1 accepted', 'a1 accepted']);
  });

  it('is waited for when the process stops, but not for ever', async () => {
    await keeper.report(outcome());
    const stopped = vi.fn<() => void>();
    void keeper.stop(1500).then(stopped);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stopped).not.toHaveBeenCalled();
    keeper.settled(['a1']);
    await vi.advanceTimersByTimeAsync(0);
    expect(stopped).toHaveBeenCalled();

    await keeper.report(outcome({ attemptId: 'a2' }));
    const stoppedAnyway = vi.fn<() => void>();
    void keeper.stop(1500).then(stoppedAnyway);
    await vi.advanceTimersByTimeAsync(1500);
    expect(stoppedAnyway).toHaveBeenCalled();
    const count = published.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(published).toHaveLength(count);
  });
});
