import { backendNames } from '../contenders/backend-names.ts';
import { contenderNames, type Contender, type ContenderName } from '../contenders/contender.ts';
import type { Ends } from '../contenders/http-contender.ts';
import type { Outbox } from '../contenders/outbox.ts';
import { startContenders, type Contenders } from '../contenders/start-contenders.ts';
import { say } from '../report.ts';
import { compareContenders, mediansOf, type Comparison, type Speeds } from './compare-contenders.ts';
import { measureIdleLatency, type IdleLatency } from './idle-latency.ts';
import { profilePreload, toggleProfiles, writeProfiles } from './profile-outbox.ts';
import { forgetStatements, sayStatementTimes, watchStatements } from './statement-times.ts';
import type { SendOptions } from './send-options.ts';
import type { TextSize } from './email-text.ts';

const queueNames = ['pgBoss', 'graphileWorker', 'bullmq'] as const;

/** Emails a second of all contenders, of the queues' bare form, and the time of a single email on an idle system. */
export async function measureSpeeds(ends: Ends, options: SendOptions) {
  const { only, sizes } = options;
  const perSecond: Partial<Record<TextSize, Record<ContenderName, number | null>>> = {};
  const bare: Partial<Record<TextSize, object>> = {};
  const runs: Partial<Record<TextSize, Speeds>> = {};
  const bareRuns: Partial<Record<TextSize, Speeds>> = {};
  let idle: Partial<Record<string, IdleLatency>> = {};
  if (contenderNames.some((name) => only.has(name))) {
    const contenders = await startContenders(ends, (name) => only.has(name), {
      ...options,
      ...(options.profile !== null && { preload: profilePreload }),
    });
    try {
      if (options.profile !== null) await watchStatements(contenders.outbox);
      for (const size of sizes) {
        runs[size] = await compareContenders(contenders.all, comparison(contenders, options, size));
        if (only.has('bare')) bareRuns[size] = await compareBare(contenders, options, size);
      }
      if (only.has('idle')) idle = await measureIdleLatency(ends, contenders.overHttp);
    } finally {
      await contenders.stop();
    }
  }
  for (const size of sizes) {
    perSecond[size] = mediansOf(runs[size] ?? {}, contenderNames);
    bare[size] = mediansOf(bareRuns[size] ?? {}, queueNames);
  }
  const { outbox = null, ...idleOthers } = idle;
  return { perSecond, bare, idle: outbox, idleOthers, perSecondRuns: runs, bareRuns };
}

async function compareBare(contenders: Contenders, options: SendOptions, size: TextSize): Promise<Speeds> {
  const queues = contenders.all.flatMap(({ name, sendBare, processName, stop }): Contender[] =>
    sendBare === undefined ? [] : [{ name, send: sendBare, processName, stop }],
  );
  if (queues.length === 0) return {};
  return compareContenders(queues, {
    ...comparison(contenders, { ...options, profile: null }, size),
    title: `${size} without HTTP`,
  });
}

function comparison(
  { outbox, all }: Contenders,
  { emails, runs, profile }: SendOptions,
  size: TextSize,
): Comparison {
  let backends = new Map<number, string>();
  const profiled = (contender: Contender, run: number) =>
    profile !== null && contender === outbox && run === runs;
  return {
    emails,
    runs,
    size,
    title: size,
    processName: (pid) => all.map((it) => it.processName(pid)).find(Boolean) ?? backends.get(pid),
    before: async (contender, run) => {
      backends = await calmDatabase(outbox);
      if (!profiled(contender, run)) return;
      await forgetStatements(outbox);
      toggleProfiles(outbox.stack);
    },
    sent: async () => {
      backends = await backendNames(outbox.sql);
    },
    after: async (contender, run) => {
      if (profile === null || !profiled(contender, run)) return;
      await writeProfiles(outbox.stack, profile, size);
      await sayStatementTimes(outbox);
    },
  };
}

/** Nobody pays for what somebody else has written. Returns whose the server's processes are. */
export async function calmDatabase({ sql, stack }: Outbox): Promise<Map<number, string>> {
  await sql`checkpoint`.catch(() => say('No right to make a checkpoint: runs may disturb each other.'));
  return stack.postgres === null ? new Map() : await backendNames(sql);
}
