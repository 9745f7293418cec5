import { expect } from 'chai';
import { waitFor } from '../testing/wait-for.ts';
import { LiveReading } from './live-reading.ts';
import type { ServiceResult } from './service-result.ts';

describe('LiveReading', () => {
  interface Value {
    number: number;
    newerInMs?: number | null;
  }
  const asking = (...answers: Value[]) => {
    const asked: number[] = [];
    const ask = (): Promise<ServiceResult<Value>> => {
      asked.push(performance.now());
      return Promise.resolve({ ok: true, value: answers[asked.length - 1] ?? answers.at(-1)! });
    };
    return { asked, ask };
  };

  it('asks once for everybody who shows it', async () => {
    const { asked, ask } = asking({ number: 7 });
    const reading = new LiveReading(ask, 50);
    const seen: (number | undefined)[] = [];
    reading.subscribe((value) => seen.push(value?.number));
    reading.subscribe((value) => seen.push(value?.number));
    await waitFor(() => seen.length === 2);
    reading.subscribe((value) => seen.push(value?.number));
    expect(seen).to.deep.equal([7, 7, 7]);
    expect(asked.length).to.equal(1);
  });

  it('asks again after changes, however many, and not sooner than it may', async () => {
    const { asked, ask } = asking({ number: 1 }, { number: 2 });
    const reading = new LiveReading(ask, 60);
    reading.subscribe(() => undefined);
    await waitFor(() => reading.value?.number === 1);
    for (let change = 0; change < 20; change += 1) reading.refresh();
    await waitFor(() => reading.value?.number === 2);
    expect(asked.length).to.equal(2);
    expect(asked[1]! - asked[0]!).to.be.greaterThan(55);
  });

  it('follows a count that the service calls older than the last change', async () => {
    const { asked, ask } = asking({ number: 1, newerInMs: 80 }, { number: 2, newerInMs: null });
    const reading = new LiveReading(ask, 10);
    reading.subscribe(() => undefined);
    await waitFor(() => reading.value?.number === 2);
    expect(asked[1]! - asked[0]!).to.be.greaterThan(75);
  });

  it('stops, and forgets, when nobody shows it any more', async () => {
    const { ask } = asking({ number: 1 });
    let isIdle = false;
    const reading = new LiveReading(ask, 10, () => (isIdle = true));
    const stop = reading.subscribe(() => undefined);
    await waitFor(() => reading.value !== null);
    stop();
    expect(isIdle).to.equal(true);
    expect(reading.value).to.equal(null);
  });
});
