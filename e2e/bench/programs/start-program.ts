import { fork } from 'node:child_process';
import { join } from 'node:path';
import { guard } from '../../stack/guard.ts';
import type { Answer, Methods, Request } from './serve-parent.ts';

/** A program of the bench in a process of its own, asked over Node's channel between processes. */
export interface Program<Its extends Methods> {
  pid: number;
  call<Name extends keyof Its & string>(
    method: Name,
    ...argument: Parameters<Its[Name]>
  ): Promise<Awaited<ReturnType<Its[Name]>>>;
  stop(): Promise<void>;
}

export interface ProgramOptions {
  env?: Record<string, string>;
  /** Loaded by Node before the program. */
  preload?: string;
}

/** Starts `programs/<name>.ts`; resolves when it is ready. Its errors go to standard error. */
export async function startProgram<Its extends Methods>(
  name: string,
  options: ProgramOptions = {},
): Promise<Program<Its>> {
  const preload = options.preload === undefined ? [] : ['--import', options.preload];
  const child = fork(join(import.meta.dirname, `${name}.ts`), {
    execArgv: ['--import', 'tsx', '--conditions=source', ...preload],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...options.env },
  });
  if (child.pid === undefined) throw new Error(`${name} could not be started.`);
  const { pid } = child;
  guard.watch(pid);
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  const ready = new Promise<unknown>((resolve, reject) => waiting.set(0, { resolve, reject }));
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      guard.forget(pid);
      for (const { reject } of waiting.values()) reject(new Error(`${name} ended (${code ?? signal}).`));
      resolve();
    });
  });
  child.on('message', (answer: Answer) => {
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) asked?.reject(new Error(`${name}: ${answer.error}`));
    else asked?.resolve(answer.result);
  });
  await ready;
  return {
    pid,
    call: (method, ...argument) =>
      new Promise<never>((resolve, reject) => {
        const id = (lastId += 1);
        waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
        child.send({ id, method, argument: argument[0] } satisfies Request);
      }),
    stop: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
