import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { afterEach, expect, it, vi } from 'vitest';
import { readProcessorTimes, spentBetween } from './processor-time.ts';

const children: { kill(): boolean }[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

it.runIf(platform() === 'linux')('charges each process by its name, and us for our own time', async () => {
  const before = readProcessorTimes(() => undefined);
  const child = spawn(process.execPath, ['-e', 'for (;;) {}'], { stdio: 'ignore' });
  children.push(child);
  const nameOf = (pid: number) => (pid === child.pid ? 'busy' : undefined);
  await vi.waitFor(() => expect(readProcessorTimes(nameOf).get('busy') ?? 0).toBeGreaterThan(0.05), {
    timeout: 10_000,
    interval: 20,
  });
  const spent = new Map(spentBetween(before, readProcessorTimes(nameOf)));
  expect(spent.get('busy')).toBeGreaterThan(0.05);
  expect(readProcessorTimes(nameOf).get('bench')).toBeGreaterThan(0);
});

it('puts the most first and leaves out what did nothing', () => {
  const before = new Map([
    ['api', 1],
    ['worker', 2],
  ]);
  const after = new Map([
    ['api', 1.5],
    ['worker', 2],
    ['new', 3],
  ]);
  expect(spentBetween(before, after)).toEqual([
    ['new', 3],
    ['api', 0.5],
  ]);
});
