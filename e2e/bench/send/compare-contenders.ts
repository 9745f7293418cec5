import type { Contender, ContenderName, SendBatch } from '../contenders/contender.ts';
import { readProcessorTimes } from '../processor-time.ts';
import { say, sayProcessorTime } from '../report.ts';
import { median, rounded } from '../summarise.ts';
import { emailText, textSizes, type TextSize } from './email-text.ts';

/** Emails a second of each run. */
export type Speeds = Partial<Record<ContenderName, number[]>>;

export interface Comparison {
  emails: number;
  runs: number;
  size: TextSize;
  /** For the progress: what is special about these runs. */
  title: string;
  /** Called before and after each measured run, outside of the time that is measured. */
  before?: (contender: Contender, run: number) => Promise<void>;
  after?: (contender: Contender, run: number) => Promise<void>;
  /** Called before processor time is read again: whoever has come meanwhile gets a name. */
  sent?: () => Promise<void>;
  /** What a process is called that no contender knows. */
  processName?: (pid: number) => string | undefined;
}

/** Every contender in turn, `runs` times round, after a short warm-up of each. A contender that fails has no speed. */
export async function compareContenders(
  contenders: readonly Contender[],
  comparison: Comparison,
): Promise<Speeds> {
  const { emails, runs, size } = comparison;
  const text = emailText(textSizes[size]);
  const speeds: Speeds = {};
  const failed = new Set<Contender>();
  for (let run = 0; run <= runs; run += 1) {
    for (const contender of contenders) {
      if (failed.has(contender)) continue;
      const count = run === 0 ? Math.ceil(emails / 4) : emails;
      try {
        const perSecond = await sendOnce(contender, comparison, { count, text }, run);
        if (run > 0) (speeds[contender.name] ??= []).push(perSecond);
      } catch (error) {
        failed.add(contender);
        delete speeds[contender.name];
        say(`  ${contender.name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return speeds;
}

async function sendOnce(
  contender: Contender,
  comparison: Comparison,
  batch: SendBatch,
  run: number,
): Promise<number> {
  await comparison.before?.(contender, run);
  const nameOf = (pid: number) => contender.processName(pid) ?? comparison.processName?.(pid);
  const before = readProcessorTimes(nameOf);
  const { milliseconds } = await contender.send(batch);
  await comparison.sent?.();
  const after = readProcessorTimes(nameOf);
  await comparison.after?.(contender, run);
  const perSecond = (batch.count * 1000) / milliseconds;
  const title = run === 0 ? 'warm-up' : `run ${run}`;
  say(`  ${comparison.title} ${title} ${contender.name}: ${perSecond.toFixed(0)} emails/s`);
  if (run > 0) sayProcessorTime(before, after, batch.count);
  return perSecond;
}

/** The median of each; `null` for those that could not be run. */
export function mediansOf<Name extends ContenderName>(
  speeds: Speeds,
  names: readonly Name[],
): Record<Name, number | null> {
  return Object.fromEntries(names.map((name) => [name, rounded(median(speeds[name] ?? []))])) as Record<
    Name,
    number | null
  >;
}
