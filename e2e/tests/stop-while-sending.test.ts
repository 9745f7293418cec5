import { expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { draft, givenStack } from './given-stack.ts';

const given = givenStack();

it('loses and doubles nothing when workers and dispatcher get SIGTERM in the middle, and ends within 10 s', async () => {
  const addresses = Array.from({ length: 400 }, (_, index) => `stop.${index}@example.test`);
  await given.backEnd.submit(addresses.map((to) => draft(given.connectorId, to)));
  await eventually('some to arrive', () => (given.sink.acceptedCounts().size >= 20 ? true : null));

  const processes = [...given.stack.workers, given.stack.dispatcher];
  const exits = await Promise.all(processes.map((it) => it.stop()));
  expect(exits.map(({ code, signal }) => ({ code, signal }))).toEqual(
    processes.map(() => ({ code: 0, signal: null })),
  );
  expect(given.sink.acceptedCounts().size, 'the test must stop them in the middle').toBeLessThan(400);

  await Promise.all(processes.map((it) => it.restart()));
  await eventually('the rest to arrive', () => (given.sink.acceptedCounts().size === 400 ? true : null), 40);
  await eventually('the outbox to be empty', async () =>
    (await given.author.count()).total === 0 ? true : null,
  );
  expect(given.sink.acceptedCounts().size).toBe(400);
  expect([...given.sink.acceptedCounts().values()].every((count) => count === 1)).toBe(true);
}, 90_000);
