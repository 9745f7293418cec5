import { describe, expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { givenStack } from './given-stack.ts';

const hour = 3600_000;

/**
 * Environment of a process whose own clock is wrong, by the milliseconds that the expression gives of how long the
 * process has run. It stands in for everything that reads `Date`.
 */
function wrongClock(expression: string): Record<string, string> {
  const module = `
    const Real = Date;
    const wrong = () => Real.now() + ((ms) => ${expression})(performance.now());
    globalThis.Date = class extends Real {
      constructor(...args) { if (args.length === 0) super(wrong()); else super(...args); }
      static now() { return wrong(); }
    };`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(module)}` };
}

/** The api is half an hour fast or hours slow (a token lives an hour), the dispatcher and the workers leap about. */
const given = givenStack({
  environment: {
    api: wrongClock(`Math.floor(ms / 700) % 2 ? ${hour / 2} : ${-9 * hour}`),
    dispatcher: wrongClock(`Math.floor(ms / 500) % 2 ? ${9 * hour} : ${-9 * hour}`),
    connector: wrongClock(`Math.floor(ms / 300) % 2 ? ${40 * 24 * hour} : ${-hour}`),
  },
});

const receivedAt = async (address: string, seconds?: number) =>
  (await eventually(`the email to ${address}`, () => given.taken(address)[0], seconds)).at.getTime();

describe('with clocks that are wrong and jump', () => {
  it('an email for a time leaves at that time, neither early nor late', async () => {
    const times = [2000, 3000, 4000, 5000].map((ms) => Date.now() + ms);
    await Promise.all(
      times.map((at, index) =>
        given.submit(`at-${index}@customer.test`, { sendAt: new Date(at).toISOString() }),
      ),
    );
    for (const [index, at] of times.entries()) {
      const late = (await receivedAt(`at-${index}@customer.test`)) - at;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(10_000);
    }
  });

  it('an email without a time leaves at once', async () => {
    const began = Date.now();
    await given.submit('now@customer.test');
    expect((await receivedAt('now@customer.test')) - began).toBeLessThan(10_000);
  });

  it('Undo Send holds for its time and the margin', async () => {
    await given.author.changePreferences({ undoSeconds: 5 });
    const began = Date.now();
    const id = await given.submit('held@customer.test');
    await given.author.changePreferences({ undoSeconds: 0 });
    const { email } = await given.author.detail(id);
    expect(Date.parse(email.undoUntil!) - began).toBeLessThan(6000);
    const held = (await receivedAt('held@customer.test')) - began;
    expect(held).toBeGreaterThanOrEqual(8000);
    expect(held).toBeLessThan(18_000);
  });

  it('an email for another day stays, and tells when it leaves', async () => {
    const sendAt = new Date(Date.now() + 300 * 24 * hour).toISOString();
    const id = await given.submit('far@customer.test', { sendAt });
    await given.submit('after@customer.test');
    await receivedAt('after@customer.test');
    expect(given.taken('far@customer.test')).toEqual([]);
    expect((await given.author.detail(id)).email).toMatchObject({ status: 'queued', nextAttemptAt: sendAt });
  });

  it('pages are told the time by the database’s clock', async () => {
    for (const told of [(await given.author.me()).serverTime, await helloTime()]) {
      expect(Math.abs(Date.parse(told) - Date.now())).toBeLessThan(5000);
    }
  });
});

async function helloTime(): Promise<string> {
  const stop = new AbortController();
  for await (const change of given.author.changes({ signal: stop.signal })) {
    if (change.type !== 'hello') continue;
    stop.abort();
    return change.serverTime;
  }
  throw new Error('The stream did not begin with hello.');
}
