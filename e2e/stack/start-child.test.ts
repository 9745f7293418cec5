import { expect, it } from 'vitest';
import { startChild } from './start-child.ts';

it('reports a program that does not exist as an exit with its error', async () => {
  const child = startChild('/no/such/program', [], { name: 'nothing' });
  expect((await child.exited).error?.message).toContain('ENOENT');
  await child.stop();
});

it('kills a process that ignores the request to stop', async () => {
  let ready: () => void;
  const isReady = new Promise<void>((resolve) => (ready = resolve));
  const child = startChild('/bin/sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 1; done'], {
    name: 'deaf',
    stopSeconds: 0.2,
    onLine: () => ready(),
  });
  await isReady;
  expect((await child.stop()).signal).toBe('SIGKILL');
});

it('keeps the last lines for messages', async () => {
  const child = startChild('/bin/sh', ['-c', 'echo one; echo two >&2; exit 3'], { name: 'speaker' });
  expect((await child.exited).code).toBe(3);
  expect(child.lastLines().split('\n').toSorted()).toEqual(['one', 'two']);
});
