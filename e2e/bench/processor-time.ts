import { readdirSync, readFileSync } from 'node:fs';

/** Processor time that each process under this one has used so far. */
export type ProcessorTimes = ReadonlyMap<number, ProcessTime>;

export interface ProcessTime {
  name: string;
  parent: number;
  seconds: number;
  /** Of its children that have ended, over their whole lives. */
  endedSeconds: number;
}

/** Linux counts processor time in hundredths of a second, whatever the machine (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

interface ProcessStat {
  pid: number;
  parent: number;
  seconds: number;
  endedSeconds: number;
}

/**
 * Reads it from /proc, which only Linux has; elsewhere nothing is known. `nameOf` says what a process is called; one
 * that it does not know is called after its program.
 */
export function readProcessorTimes(nameOf: (pid: number) => string | undefined): ProcessorTimes {
  const stats = readStats();
  const times = new Map<number, ProcessTime>();
  const add = ({ pid, ...stat }: ProcessStat, name: string) => times.set(pid, { ...stat, name });
  const walk = (parent: number, inherited: string | undefined): void => {
    for (const stat of stats.filter((it) => it.parent === parent)) {
      const name = nameOf(stat.pid) ?? nameByCommand(stat.pid, inherited);
      add(stat, name);
      walk(stat.pid, name);
    }
  };
  // Ours without our children that have ended: they were builds and other runs.
  const self = stats.find((it) => it.pid === process.pid);
  if (self !== undefined) add({ ...self, endedSeconds: 0 }, 'bench');
  walk(process.pid, undefined);
  return times;
}

/** What was used between two readings under each name, the most first. */
export function spentBetween(
  before: ProcessorTimes,
  after: ProcessorTimes,
): [name: string, seconds: number][] {
  const spent = new Map<string, number>();
  const add = (name: string, seconds: number) => spent.set(name, (spent.get(name) ?? 0) + seconds);
  for (const [pid, now] of after) {
    const then = before.get(pid);
    add(now.name, now.seconds - (then?.seconds ?? 0));
    add(`${now.name}, ended`, now.endedSeconds - (then?.endedSeconds ?? 0));
  }
  // What one that has ended meanwhile had used by the first reading is none of this time.
  for (const [pid, gone] of before) {
    const parent = after.get(gone.parent);
    if (parent !== undefined && !after.has(pid))
      add(`${parent.name}, ended`, -gone.seconds - gone.endedSeconds);
  }
  return [...spent].filter(([, seconds]) => seconds >= 0.005).toSorted(([, a], [, b]) => b - a);
}

function readStats(): ProcessStat[] {
  try {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => readStat(Number(entry)) ?? []);
  } catch {
    return [];
  }
}

function readStat(pid: number): ProcessStat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name in brackets may hold spaces and brackets.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number: number) => Number(fields[number - 3]);
    return {
      pid,
      parent: field(4),
      seconds: (field(14) + field(15)) / ticksPerSecond,
      endedSeconds: (field(16) + field(17)) / ticksPerSecond,
    };
  } catch {
    return null;
  }
}

/** A PostgreSQL process says in its title what it does: "postgres: walwriter", "postgres: USER DATABASE … idle". */
function nameByCommand(pid: number, inherited: string | undefined): string {
  const command = readCommand(pid);
  if (inherited?.startsWith('postgres') === true) {
    const [, role = '', database = ''] = /^postgres: (\S+)(?: (\S+))?/.exec(command) ?? [];
    return /^(checkpointer|walwriter|background|autovacuum|logical|io|walsummarizer)/.test(role)
      ? `postgres: ${role}`
      : `postgres: ${database}`;
  }
  if (/\bpostgres\b/.test(command)) return 'postgres: server';
  if (command.includes('nats-server')) return 'nats-server';
  if (/(redis|valkey)-server/.test(command)) return 'redis';
  // What runs TypeScript for us.
  if (command.includes('esbuild')) return 'bench';
  const program = /dist\/(\w+)\.js|programs\/([\w-]+)\.ts/.exec(command);
  return program?.[1] ?? program?.[2] ?? inherited ?? (command.slice(0, 40) || 'ended');
}

function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}
