import type { ContenderName } from '../contenders/contender.ts';
import type { TextSize } from './email-text.ts';

/** What the goals are judged by; `null` or missing: not measured. */
export interface Measured {
  perSecond: Partial<Record<TextSize, Record<ContenderName, number | null>>>;
  idle: { p50Ms: number | null } | null;
  growth: { waiting1k: number | null; waiting1M: number | null } | null;
  workers: Record<string, number | null> | null;
  bulkDelay: {
    slowServer: { maxMs: number | null } | null;
    limitedRate: { maxMs: number | null } | null;
  } | null;
}

const queues = ['pgBoss', 'graphileWorker', 'bullmq'] as const;

/** Each goal in words, and whether it was reached; `null` where something of it was not measured. */
export function judgeGoals(measured: Measured): Record<string, boolean | null> {
  const { perSecond, idle, growth, workers, bulkDelay } = measured;
  const goals: Record<string, boolean | null> = {};
  for (const [size, speeds] of Object.entries(perSecond)) {
    for (const queue of queues)
      goals[`${size}: ahead of ${queue}`] = atLeast(speeds.outbox, speeds[queue], 1);
    goals[`${size}: at least half of the pool alone`] = atLeast(speeds.outbox, speeds.pool, 0.5);
  }
  goals['idle: p50 under 25 ms'] = below(idle?.p50Ms, 25);
  goals['growth: 1,000,000 waiting at least 0.8 of 1,000 waiting'] = atLeast(
    growth?.waiting1M,
    growth?.waiting1k,
    0.8,
  );
  goals['workers: 2 at least 1.8 times 1'] = atLeast(workers?.['2'], workers?.['1'], 1.8);
  goals['workers: 4 at least 3.4 times 1'] = atLeast(workers?.['4'], workers?.['1'], 3.4);
  goals['bulk retry, slow mail server: a fresh email waits at most 2 s'] = below(
    bulkDelay?.slowServer?.maxMs,
    2000,
  );
  goals['bulk retry, limited rate: a fresh email waits at most 2 s'] = below(
    bulkDelay?.limitedRate?.maxMs,
    2000,
  );
  return goals;
}

function atLeast(ours: number | null | undefined, others: number | null | undefined, share: number) {
  return ours == null || others == null ? null : ours >= others * share;
}

function below(value: number | null | undefined, limit: number) {
  return value == null ? null : value < limit;
}
