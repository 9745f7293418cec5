import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WorkerLoop } from './worker-loop.ts';

const silent = pino({ level: 'silent' });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A step that stays under way until `finish`, and counts how often it began. */
function heldStep() {
  const steps: ((waitMs: number) => void)[] = [];
  let most = 0;
  let underWay = 0;
  return {
    step: async (): Promise<number> => {
      underWay += 1;
      most = Math.max(most, underWay);
      const waitMs = await new Promise<number>((resolve) => void steps.push(resolve));
      underWay -= 1;
      return waitMs;
    },
    /** Steps begun so far. */
    begun: () => steps.length,
    mostAtOnce: () => most,
    finish: async (waitMs = Infinity) => {
      steps.at(-1)!(waitMs);
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const loopOf = (step: () => Promise<number>) => new WorkerLoop('test', silent, step);

describe('a loop', () => {
  it('runs at once when it starts, and again when the time that its step named has passed', async () => {
    const step = vi.fn(() => Promise.resolve(500));
    const loop = loopOf(step);
    await loop.start();
    await vi.advanceTimersByTimeAsync(499);
    expect(step).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(step).toHaveBeenCalledTimes(2);
    await loop.stop();
  });

  it('runs at least once a minute: a lost signal costs no more, and no timer overflows', async () => {
    for (const wait of [Infinity, 2 ** 40]) {
      const step = vi.fn(() => Promise.resolve(wait));
      const loop = loopOf(step);
      await loop.start();
      await vi.advanceTimersByTimeAsync(59_999);
      expect(step).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(1);
      expect(step).toHaveBeenCalledTimes(2);
      await loop.stop();
    }
  });

  it('with a pace begins a step no sooner after the one before, however often it is woken, and at once after a rest', async () => {
    const step = vi.fn(() => Promise.resolve(Infinity));
    const loop = new WorkerLoop('test', silent, step, 10);
    await loop.start();
    for (let ms = 0; ms < 9; ms += 1) {
      loop.wake();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(step).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(step).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(50);
    loop.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(step).toHaveBeenCalledTimes(3);
    loop.wake();
    await loop.stop();
  });

  it('runs at once when it is woken', async () => {
    const step = vi.fn(() => Promise.resolve(Infinity));
    const loop = loopOf(step);
    await loop.start();
    await vi.advanceTimersByTimeAsync(1);
    loop.wake();
    await vi.advanceTimersByTimeAsync(0);
    expect(step).toHaveBeenCalledTimes(2);
    await loop.stop();
  });

  it('runs once more when it is woken during a step, however often, and never twice at once', async () => {
    const held = heldStep();
    const loop = loopOf(held.step);
    await loop.start();
    for (const _ of [1, 2, 3]) loop.wake();
    expect(held.begun()).toBe(1);
    await held.finish();
    expect(held.begun()).toBe(2);
    await held.finish();
    await vi.advanceTimersByTimeAsync(1000);
    expect(held.begun()).toBe(2);
    expect(held.mostAtOnce()).toBe(1);
    await loop.stop();
  });

  it('started twice runs once', async () => {
    const held = heldStep();
    const loop = loopOf(held.step);
    await Promise.all([loop.start(), loop.start()]);
    expect(held.begun()).toBe(1);
    await held.finish();
    await loop.stop();
  });
});

describe('a step that throws', () => {
  it('is repeated after growing pauses of up to 3 s, which a wake does not shorten', async () => {
    const begun: number[] = [];
    const loop = loopOf(() => {
      begun.push(Date.now());
      return Promise.reject(new Error('database gone'));
    });
    await loop.start();
    for (let times = 0; times < 40; times += 1) {
      loop.wake();
      await vi.advanceTimersByTimeAsync(1000);
    }
    const pauses = begun.slice(1).map((time, index) => time - begun[index]!);
    expect(pauses.slice(0, 8)).toEqual([200, 400, 800, 1600, 3000, 3000, 3000, 3000]);
    await loop.stop();
  });

  it('is forgotten once a step succeeds', async () => {
    const begun: number[] = [];
    const loop = loopOf(() => {
      begun.push(Date.now());
      return begun.length === 3 ? Promise.resolve(0) : Promise.reject(new Error('x'));
    });
    await loop.start();
    await vi.advanceTimersByTimeAsync(1000);
    const pauses = begun.slice(1).map((time, index) => time - begun[index]!);
    // The shortest timer is one of 1 ms.
    expect(pauses.slice(0, 4)).toEqual([200, 400, 1, 200]);
    await loop.stop();
  });
});

describe('stopping', () => {
  it('ends a waiting loop at once and leaves no timer behind', async () => {
    const step = vi.fn(() => Promise.resolve(Infinity));
    const loop = loopOf(step);
    await loop.start();
    await vi.advanceTimersByTimeAsync(1);
    await loop.stop();
    expect(vi.getTimerCount()).toBe(0);
    loop.wake();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(step).toHaveBeenCalledTimes(1);
  });

  it('ends the pause after a failure at once', async () => {
    const loop = loopOf(() => Promise.reject(new Error('x')));
    await loop.start();
    await vi.advanceTimersByTimeAsync(1);
    await loop.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the step under way, and begins no other', async () => {
    const held = heldStep();
    const loop = loopOf(held.step);
    await loop.start();
    loop.wake();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(5000);
    expect(stopped).toBe(false);
    await held.finish(0);
    await stopping;
    expect(held.begun()).toBe(1);
  });

  it('before the start keeps it from ever running', async () => {
    const step = vi.fn(() => Promise.resolve(0));
    const loop = loopOf(step);
    await loop.stop();
    await loop.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(step).not.toHaveBeenCalled();
  });

  it('twice is harmless', async () => {
    const loop = loopOf(() => Promise.resolve(Infinity));
    await loop.start();
    await Promise.all([loop.stop(), loop.stop()]);
    await loop.stop();
  });
});
