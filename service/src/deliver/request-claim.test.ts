import type { ClaimReply, ClaimRequest } from '@portal-outbox/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestClaim } from './request-claim.ts';

const request: ClaimRequest = {
  attemptId: 'a',
  attemptNo: 1,
  emailId: 'e',
  nonce: 'n',
  claimToken: 't',
  workerId: 'w',
};
const refused: ClaimReply = { granted: false, reason: 'cancelled' };

describe('a claim', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked for again with the same token, within 5 s in all', async () => {
    const asked: string[] = [];
    const reply = requestClaim((it) => {
      asked.push(it.claimToken);
      return new Promise(() => {});
    }, request);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await reply).toBeNull();
    expect(asked).toEqual(['t', 't', 't', 't']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes a late answer to its first question', async () => {
    let question = 0;
    const reply = requestClaim(() => {
      question += 1;
      const first = question === 1;
      return new Promise((resolve) =>
        setTimeout(() => resolve(first ? refused : null), first ? 3100 : 60_000),
      );
    }, request);
    await vi.advanceTimersByTimeAsync(3100);
    expect(await reply).toEqual(refused);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(question).toBe(3);
  });

  it('asks again when there was nobody to ask', async () => {
    let question = 0;
    const reply = requestClaim(() => {
      question += 1;
      return question < 3 ? Promise.reject(new Error('no responders')) : Promise.resolve(refused);
    }, request);
    await vi.advanceTimersByTimeAsync(3000);
    expect(await reply).toEqual(refused);
  });
});
