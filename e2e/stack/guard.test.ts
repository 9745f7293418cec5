import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, it, vi } from 'vitest';

const folder = import.meta.dirname;

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'leaves no process and no folder behind when the parent dies of %s',
  async (signal) => {
    const parent = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', parentProgram],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let line = '';
    for await (line of createInterface({ input: parent.stdout })) break;
    const { pid, path } = JSON.parse(line) as { pid: number; path: string };
    expect(isAlive(pid)).toBe(true);

    parent.kill(signal);

    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 10_000);
    await vi.waitFor(() => expect(existsSync(path)).toBe(false), 10_000);
  },
  30_000,
);

/** Starts a shell with a child of its own: the whole group must go. */
const parentProgram = `
  const { startChild } = await import('${folder}/start-child.ts');
  const { temporaryFolder } = await import('${folder}/temporary-folder.ts');
  const { path } = await temporaryFolder();
  startChild('/bin/sh', ['-c', 'sleep 600 & echo $!; wait'], {
    name: 'a child',
    onLine: (line) => console.log(JSON.stringify({ pid: Number(line), path })),
  });
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
