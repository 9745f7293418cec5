import { expect, it } from 'vitest';
import { readChaosOptions } from '../chaos/chaos-options.ts';
import { planFaults } from '../chaos/fault-schedule.ts';
import { printViolations } from '../chaos/print-violations.ts';
import { runChaos } from '../chaos/run-chaos.ts';
import { SeededRandom } from '../chaos/seeded-random.ts';

const quietLog = (text: string): void => void process.stderr.write(`${text}\n`);

it('loses nothing, doubles nothing and says what it knows while everything breaks', async () => {
  const options = readChaosOptions(['--emails=300', '--faults=9', '--seed=16', '--freeze-seconds=3']);
  const said: string[] = [];
  const { result, judged, evidence } = await runChaos(options, (text) => said.push(text));
  if (judged.violations.length > 0) {
    quietLog(said.join('\n'));
    printViolations(judged.violations, evidence, quietLog);
  }
  expect(result.zero).toEqual(Object.fromEntries(Object.keys(result.zero).map((name) => [name, 0])));
  expect(result.emails).toBe(300);
  expect(result.received).toBeGreaterThan(150);
  expect(result.actions.cancel).toBeGreaterThan(0);
}, 240_000);

it('strikes in the same order for the same seed', () => {
  const order = (seed: number) => planFaults(45, new SeededRandom(seed)).map(({ name }) => name);
  expect(order(7)).toEqual(order(7));
  expect(order(7)).not.toEqual(order(8));
  expect(new Set(order(7)).size).toBe(15);
});
