import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { eventually } from '../../stack/eventually.ts';
import type { Stack } from '../../stack/stack.ts';
import { say } from '../report.ts';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const functionsShown = 25;

/** To be loaded by the processes that are to be profiled. */
export const profilePreload = join(import.meta.dirname, '..', 'programs', 'profile-preload.mjs');

/** Starts them, and again: ends them. */
export function toggleProfiles(stack: Stack): void {
  for (const { pid } of processesOf(stack)) if (pid !== undefined) process.kill(pid, 'SIGUSR2');
}

/** Ends the profiles, keeps them as `<folder>/<title>/<process>.cpuprofile` and says where the time went. */
export async function writeProfiles(stack: Stack, folder: string, title: string): Promise<void> {
  const kept = resolve(folder, title);
  await mkdir(kept, { recursive: true });
  toggleProfiles(stack);
  for (const { pid, name } of processesOf(stack)) {
    const written = join(tmpdir(), `portal-outbox-${pid}.cpuprofile`);
    const path = join(kept, `${name.replace(' ', '-')}.cpuprofile`);
    const profile = await eventually('a profile', () => readProfile(written));
    await copyFile(written, path);
    await rm(written);
    say(`    ${name}: self time by function (${path})`);
    for (const [where, milliseconds] of selfTimes(profile).slice(0, functionsShown)) {
      say(`      ${milliseconds.toFixed(0).padStart(6)} ms  ${where}`);
    }
  }
}

function processesOf({ apis, dispatchers, workers }: Stack) {
  return [...apis, ...dispatchers, ...workers];
}

/** Throws as long as it is not there or not complete. */
async function readProfile(path: string): Promise<CpuProfile> {
  return JSON.parse(await readFile(path, 'utf8')) as CpuProfile;
}

/** Milliseconds of each function itself, without what it called; the most first, idle time left out. */
export function selfTimes({
  nodes,
  samples,
  timeDeltas,
}: CpuProfile): [where: string, milliseconds: number][] {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'}${url === '' ? '' : `  ${shortPath(url)}:${lineNumber + 1}`}`,
    ]),
  );
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? '?';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  }
  times.delete('(idle)');
  return [...times].toSorted(([, a], [, b]) => b - a);
}

function shortPath(url: string): string {
  if (url.startsWith('node:')) return url;
  const inPackage = url.split('/node_modules/').at(-1);
  return inPackage === undefined || inPackage === url ? basename(url) : inPackage;
}
