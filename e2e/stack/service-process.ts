import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child, type ChildExit } from './start-child.ts';
import { StartProblem } from './start-problem.ts';

export type ServiceProcessName = 'migrate' | 'api' | 'dispatcher' | 'connector';

export interface ServiceProcessOptions {
  process: ServiceProcessName;
  /** How messages call it, such as "worker 2"; the process's name when not given. */
  name?: string;
  env: Record<string, string>;
  /** Runs what `npm run build` made, as production does. Default: from the source. */
  built?: boolean;
  onLog?: (line: ServiceLogLine) => void;
}

/** One JSON line of its log. */
export type ServiceLogLine = { msg?: string; level?: number | string } & Record<string, unknown>;

export interface ServiceProcess {
  name: string;
  readonly pid: number | undefined;
  /** Settles with its "ready" line; rejects with its last words when it ends before or takes over 30 s. */
  readonly ready: Promise<ServiceLogLine>;
  readonly exited: Promise<ChildExit>;
  isRunning(): boolean;
  /** SIGTERM, then waits; SIGKILL after 10 s, which shows as `signal`. */
  stop(): Promise<ChildExit>;
  kill(signal: NodeJS.Signals): Promise<ChildExit>;
  /** Ends it if it runs and starts it again with the same environment; resolves when it is ready. */
  restart(): Promise<void>;
  lastLines(): string;
}

export const projectFolder = fileURLToPath(new URL('../../', import.meta.url));
const readySeconds = 30;

/** Starts one process of the service from its source, as its own Node process. */
export function startServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  const name = options.name ?? options.process;
  let run = start(options, name);
  return {
    name,
    get pid() {
      return run.child.pid;
    },
    get ready() {
      return run.ready;
    },
    get exited() {
      return run.child.exited;
    },
    isRunning: () => !run.child.hasExited(),
    stop: () => run.child.stop(),
    kill: (signal) => run.child.kill(signal),
    restart: async () => {
      await run.child.stop();
      run = start(options, name);
      await run.ready;
    },
    lastLines: () => run.child.lastLines(),
  };
}

interface Run {
  child: Child;
  ready: Promise<ServiceLogLine>;
}

function start(options: ServiceProcessOptions, name: string): Run {
  let isReady: (line: ServiceLogLine) => void;
  const readyLine = new Promise<ServiceLogLine>((resolve) => (isReady = resolve));
  const child = startChild(
    process.execPath,
    options.built
      ? [join('service', 'dist', `${options.process}.js`)]
      : [
          '--import',
          'tsx',
          '--conditions=source',
          join('service', 'src', 'processes', `${options.process}.ts`),
        ],
    {
      name,
      cwd: projectFolder,
      env: { ...inherited(), ...options.env },
      stopSeconds: 10,
      onLine: (text) => {
        const line = parseLogLine(text);
        if (line === null) return;
        options.onLog?.(line);
        if (line.msg === 'ready') isReady(line);
      },
    },
  );
  const ready = untilReady(child, readyLine, name);
  // Whoever waits for it hears of a failure; nobody else must.
  ready.catch(() => undefined);
  return { child, ready };
}

async function untilReady(child: Child, readyLine: Promise<ServiceLogLine>, name: string) {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), readySeconds * 1000);
  });
  const first = await Promise.race([readyLine, child.exited.then(() => 'ended' as const), tooLate]);
  clearTimeout(timer);
  if (typeof first === 'object') return first;
  const what = first === 'late' ? `is not ready after ${readySeconds} s` : 'ended before it was ready';
  throw new StartProblem(
    `The process "${name}" of the service ${what}. Its last lines:\n${child.lastLines()}`,
  );
}

/** The service gets what we say and nothing that happens to be set here, apart from what Node itself needs. */
function inherited(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function parseLogLine(text: string): ServiceLogLine | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as ServiceLogLine;
  } catch {
    return null;
  }
}
