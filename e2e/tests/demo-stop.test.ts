import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { projectFolder } from '../stack/service-process.ts';

it.each(['SIGINT', 'SIGTERM'] as const)(
  'npm run demo leaves no process and no folder behind at %s',
  async (signal) => {
    // Others must be able to pass through it: PostgreSQL runs as nobody when we are root.
    const temporary = await mkdtemp(join(tmpdir(), 'demo-stop-'));
    await chmod(temporary, 0o711);
    const demo = spawn('npm', ['run', '--silent', 'demo', '--', '--port', String(await getPort())], {
      cwd: projectFolder,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const exited = once(demo, 'exit');
    await untilSays(demo, 'Open ');
    const processes = await descendants(demo.pid!);
    expect(processes.length).toBeGreaterThan(6);

    // As a terminal does: the signal goes to npm and to all that it started in its group.
    process.kill(-demo.pid!, signal);

    await exited;
    await eventually('every process to end', () => (processes.some(isAlive) ? null : true), 15);
    const left = (await readdir(temporary)).filter((name) => name.startsWith('portal-outbox-'));
    expect(left).toEqual([]);
    await rm(temporary, { recursive: true });
  },
  90_000,
);

async function untilSays(child: ChildProcess, words: string): Promise<void> {
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  await eventually(
    `"${words}"`,
    () => {
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${said}`);
      return said.includes(words) ? true : null;
    },
    60,
  );
}

/** Ids of all processes that `pid` started, and theirs. */
async function descendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // The name, in parentheses, may contain anything.
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const found = [pid];
  for (const ancestor of found) {
    for (const [child, parent] of parents) if (parent === ancestor) found.push(child);
  }
  return found;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
