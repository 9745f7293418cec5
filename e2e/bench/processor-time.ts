import { readdirSync, readFileSync } from 'node:fs';

/** Processor seconds that each process under this one has used so far, its ended children included. */
export type ProcessorTimes = Map<string, number>;

/** Linux counts processor time in hundredths of a second, whatever the machine (`getconf CLK_TCK`). */
const ticksPerSecond = 100;

interface ProcessStat {
  pid: number;
  parent: number;
  /** Of itself. */
  ownTicks: number;
  /** Of its children that have ended. */
  endedTicks: number;
}

/**
 * Reads it from /proc, which only Linux has; elsewhere nothing is known. `nameOf` says what a process is called; those
 * of the same name are added up. A process that it does not know is called after its program.
 */
export function readProcessorTimes(nameOf: (pid: number) => string | undefined): ProcessorTimes {
  const stats = readStats();
  const times: ProcessorTimes = new Map();
  const add = (name: string, ticks: number) =>
    times.set(name, (times.get(name) ?? 0) + ticks / ticksPerSecond);
  const walk = (parent: number, inherited: string | undefined): void => {
    for (const stat of stats.filter((it) => it.parent === parent)) {
      const name = nameOf(stat.pid) ?? nameByCommand(stat.pid, inherited);
      add(name, stat.ownTicks);
      if (stat.endedTicks > 0) add(name.startsWith('postgres') ? 'postgres: ended' : name, stat.endedTicks);
      walk(stat.pid, name);
    }
  };
  const self = stats.find((it) => it.pid === process.pid);
  add('bench', self?.ownTicks ?? 0);
  walk(process.pid, undefined);
  return times;
}

/** What was used between two readings, the most first. A process that has ended in between is left out. */
export function spentBetween(
  before: ProcessorTimes,
  after: ProcessorTimes,
): [name: string, seconds: number][] {
  return [...after]
    .map(([name, seconds]): [string, number] => [name, seconds - (before.get(name) ?? 0)])
    .filter(([, seconds]) => seconds >= 0.005)
    .toSorted(([, a], [, b]) => b - a);
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
      ownTicks: field(14) + field(15),
      endedTicks: field(16) + field(17),
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
