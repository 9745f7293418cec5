import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { guard } from './guard.ts';

export interface ChildOptions {
  /** How messages call it. */
  name: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** Asks it to end in good order. */
  stopSignal?: 'SIGTERM' | 'SIGINT';
  /** After so many seconds a stop becomes SIGKILL. */
  stopSeconds?: number;
  /** What ends it at once with its own children, used when this process dies. */
  endSignal?: 'KILL' | 'QUIT';
  onLine?: (line: string) => void;
}

/** `code` is `null` when a signal ended it; `error` is set when it could not be started at all. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  error?: Error;
}

export interface Child {
  pid: number | undefined;
  exited: Promise<ChildExit>;
  hasExited(): boolean;
  /** Asks it to end, waits, and kills it when it does not. Safe to call again and after its end. */
  stop(): Promise<ChildExit>;
  kill(signal: NodeJS.Signals): Promise<ChildExit>;
  /** The last lines that it wrote, for messages. */
  lastLines(): string;
}

const linesKept = 60;

/** Starts a process in a group of its own; the guard ends the group if this process dies first. */
export function startChild(command: string, args: string[], options: ChildOptions): Child {
  const lines: string[] = [];
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.env && { env: options.env }),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.uid !== undefined && { uid: options.uid }),
    ...(options.gid !== undefined && { gid: options.gid }),
  });
  const { pid } = child;
  if (pid !== undefined) guard.watch(pid, options.endSignal);
  for (const stream of [child.stdout, child.stderr]) readLines(stream, keepLine);

  let ended = false;
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('error', (error) => finish({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => finish({ code, signal }));
    function finish(exit: ChildExit): void {
      ended = true;
      if (pid !== undefined) {
        signalGroup(pid, 'SIGKILL');
        guard.forget(pid);
      }
      resolve(exit);
    }
  });

  return { pid, exited, hasExited: () => ended, stop, kill, lastLines: () => lines.join('\n') };

  function keepLine(line: string): void {
    lines.push(line);
    if (lines.length > linesKept) lines.shift();
    options.onLine?.(line);
  }

  async function stop(): Promise<ChildExit> {
    if (ended) return exited;
    child.kill(options.stopSignal ?? 'SIGTERM');
    const timer = setTimeout(
      () => pid !== undefined && signalGroup(pid, 'SIGKILL'),
      (options.stopSeconds ?? 10) * 1000,
    );
    try {
      return await exited;
    } finally {
      clearTimeout(timer);
    }
  }

  async function kill(signal: NodeJS.Signals): Promise<ChildExit> {
    if (!ended) child.kill(signal);
    return exited;
  }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', onLine);
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}
