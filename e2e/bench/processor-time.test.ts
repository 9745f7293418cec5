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
  const spent = () =>
    new Map(
      spentBetween(
        before,
        readProcessorTimes((pid) => (pid === child.pid ? 'busy' : undefined)),
      ),
    );
  await vi.waitFor(() => expect(spent().get('busy') ?? 0).toBeGreaterThan(0.05), {
    timeout: 10_000,
    interval: 20,
  });
  expect(spent().get('bench')).toBeGreaterThan(0);
});

const ofServer = (seconds: number, endedSeconds: number) => ({
  name: 'server',
  parent: 1,
  seconds,
  endedSeconds,
});
const ofChild = (name: string, seconds: number) => ({ name, parent: 2, seconds, endedSeconds: 0 });

it('adds up those of one name, puts the most first and leaves out what did nothing', () => {
  const before = new Map([
    [2, ofServer(1, 0)],
    [3, ofChild('writer', 1)],
    [4, ofChild('idle', 7)],
  ]);
  const after = new Map([
    [2, ofServer(1.25, 0)],
    [3, ofChild('writer', 1.5)],
    [4, ofChild('idle', 7)],
    [5, ofChild('writer', 3)],
  ]);
  expect(spentBetween(before, after)).toEqual([
    ['writer', 3.5],
    ['server', 0.25],
  ]);
});

it('charges a process that ended meanwhile only with what it used meanwhile', () => {
  const before = new Map([
    [2, ofServer(1, 10)],
    [3, ofChild('writer', 4)],
  ]);
  expect(spentBetween(before, new Map([[2, ofServer(1, 14.5)]]))).toEqual([['server, ended', 0.5]]);
});
