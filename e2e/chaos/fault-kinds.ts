import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceProcess } from '../stack/service-process.ts';
import type { Stack } from '../stack/stack.ts';
import type { ChaosOptions } from './chaos-options.ts';
import type { DropPoint, RecordingMailServer } from './recording-mail-server.ts';
import type { RunLog } from './run-log.ts';
import type { TcpProxy } from './tcp-proxy.ts';

/** What faults are done to. */
export interface Victims {
  stack: Stack;
  options: ChaosOptions;
  mailServer: RecordingMailServer;
  /** Before the api processes; and between each worker and the broker. */
  balancer: TcpProxy;
  workerNetworks: readonly TcpProxy[];
  log: RunLog;
}

/** One fault as it was drawn: `which` chooses among processes of a kind, 0 ≤ `size` < 1 how long or how much. */
export interface Draw {
  which: number;
  size: number;
}

export interface FaultKind {
  /** Faults on the same target take turns. */
  targets: (draw: Draw) => string[];
  /** Resolves when what was broken runs again. */
  strike: (victims: Victims, draw: Draw) => Promise<void>;
}

/** So long a fault waits for what it is to hit, which may stand still for another one's sake. */
const strikeSeconds = 40;
/** How long a fault lasts is the fault. */
const seconds = (count: number) => pause(count * 1000);
const number = ({ which }: Draw) => `${(which % 2) + 1}`;

export const faultKinds = {
  killWorker: {
    targets: (draw) => [`worker ${number(draw)}`],
    strike: async ({ stack, log }, draw) => {
      const worker = one(stack.workers, draw);
      log.noteKill(worker.name);
      await killAndRestart(worker, draw.size);
    },
  },
  killDispatcher: {
    targets: (draw) => [`dispatcher ${number(draw)}`],
    strike: ({ stack }, draw) => killAndRestart(one(stack.dispatchers, draw), draw.size * 2),
  },
  killApi: {
    targets: (draw) => [`api ${number(draw)}`],
    strike: ({ stack }, draw) => killAndRestart(one(stack.apis, draw), draw.size * 2),
  },
  killNats: {
    targets: () => ['nats'],
    strike: ({ stack }, draw) => restartNats(stack, draw.size * 3, false),
  },
  killNatsEmptyStore: {
    targets: () => ['nats'],
    strike: ({ stack }, draw) => restartNats(stack, draw.size * 2, true),
  },
  killNatsOutcomesWaiting: {
    targets: () => ['nats', 'dispatcher 1', 'dispatcher 2'],
    strike: async ({ stack, mailServer }, draw) => {
      // Outcomes pile up on the bus, nobody settles them, then the bus forgets them.
      const { transactions } = mailServer.record;
      for (const dispatcher of stack.dispatchers) signal(dispatcher, 'SIGSTOP');
      const before = transactions.filter((it) => it.finalDotAt !== null).length;
      for (let waited = 0; waited < 20; waited += 1) {
        await seconds(0.1);
        if (transactions.filter((it) => it.finalDotAt !== null).length > before + 3) break;
      }
      await restartNats(stack, draw.size, true);
      for (const dispatcher of stack.dispatchers) signal(dispatcher, 'SIGCONT');
    },
  },
  crashPostgres: {
    targets: () => ['postgres'],
    strike: async ({ stack }, draw) => {
      await stack.postgres?.kill(draw.which % 2 === 0 ? 'SIGKILL' : 'SIGQUIT');
      await seconds(draw.size);
      await stack.postgres?.restart();
    },
  },
  freezePostgres: {
    targets: () => ['postgres'],
    strike: async ({ stack, options }) => {
      await stack.postgres?.freeze();
      await seconds(options.freezeSeconds);
      await stack.postgres?.thaw();
    },
  },
  freezeWorker: {
    targets: (draw) => [`worker ${number(draw)}`],
    strike: async ({ stack, options, log }, draw) => {
      const worker = one(stack.workers, draw);
      await log.noteAbsence(worker.name, freeze(worker, options.leaseSeconds + 2 + draw.size * 4));
    },
  },
  freezeDispatcher: {
    targets: (draw) => [`dispatcher ${number(draw)}`],
    strike: ({ stack, options }, draw) =>
      freeze(one(stack.dispatchers, draw), options.leaseSeconds + 1 + draw.size * 4),
  },
  dropBeforeData: {
    targets: () => ['mail before data'],
    strike: (victims, draw) => drop(victims, draw.which % 2 === 0 ? 'mail' : 'rcpt', draw),
  },
  dropInBody: { targets: () => ['mail body'], strike: (victims, draw) => drop(victims, 'body', draw) },
  dropAfterFinalDot: {
    targets: () => ['mail final dot'],
    strike: (victims, draw) => drop(victims, 'final_dot', draw),
  },
  partitionWorker: {
    targets: (draw) => [`worker ${number(draw)}`],
    strike: async ({ stack, workerNetworks, options, log }, draw) => {
      const network = workerNetworks[draw.which % workerNetworks.length];
      const cutOff = async (): Promise<void> => {
        network?.blackhole();
        await seconds(2 + draw.size * (options.leaseSeconds + 4));
        network?.heal(draw.size < 0.5);
      };
      await log.noteAbsence(one(stack.workers, draw).name, cutOff());
    },
  },
  lose201: {
    targets: () => ['balancer'],
    strike: async ({ balancer }) => {
      await Promise.race([balancer.loseAnswer('POST /v1/emails HTTP'), seconds(strikeSeconds)]);
      balancer.stopLosing();
    },
  },
} as const satisfies Record<string, FaultKind>;
export type FaultName = keyof typeof faultKinds;
export const faultNames = Object.keys(faultKinds) as FaultName[];

function one(processes: readonly ServiceProcess[], { which }: Draw): ServiceProcess {
  return processes[which % processes.length]!;
}

async function killAndRestart(process: ServiceProcess, afterSeconds: number): Promise<void> {
  await process.kill('SIGKILL');
  await seconds(afterSeconds);
  await bringUp(process);
}

/** As a supervisor does: again and again, for what it needs may be down just now. */
export async function bringUp(process: ServiceProcess): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await process.restart();
    } catch (error) {
      if (tries === 5) throw error;
      await seconds(1);
    }
  }
}

async function freeze(process: ServiceProcess, forSeconds: number): Promise<void> {
  signal(process, 'SIGSTOP');
  await seconds(forSeconds);
  signal(process, 'SIGCONT');
}

function signal({ pid, isRunning }: ServiceProcess, name: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid !== undefined && isRunning()) process.kill(pid, name);
}

async function restartNats(stack: Stack, afterSeconds: number, emptyStore: boolean): Promise<void> {
  await stack.nats?.kill();
  await seconds(afterSeconds);
  await stack.nats?.restart({ emptyStore });
}

async function drop({ mailServer }: Victims, point: DropPoint, draw: Draw): Promise<void> {
  await Promise.race([mailServer.drop(point, 1 + Math.floor(draw.size * 8)), seconds(strikeSeconds)]);
  mailServer.stopDropping(point);
}
