import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './report.ts';

/** Installs the packages of `package.json` beside this file when they are missing or others are asked for; says so when it cannot. */
export function installCompetitors(): void {
  const folder = import.meta.dirname;
  const wanted = changedAt(join(folder, 'package-lock.json'));
  if (changedAt(join(folder, 'node_modules', '.package-lock.json')) >= wanted) return;
  say('npm ci in e2e/bench: the job queues to compare with');
  const words = [
    'ci',
    '--workspaces=false',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  try {
    execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 2, 2] });
  } catch {
    say('They could not be installed: the queues are left out.');
  }
}

/** 0 for a file that is not there. */
function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
