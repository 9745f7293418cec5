import { spentBetween, type ProcessorTimes } from './processor-time.ts';

/** Progress for people, on standard error. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Who used the processors between two readings, in seconds and in milliseconds for each email. */
export function sayProcessorTime(before: ProcessorTimes, after: ProcessorTimes, emails: number): void {
  const spent = spentBetween(before, after);
  const total = spent.reduce((sum, [, seconds]) => sum + seconds, 0);
  const rows: [string, number][] = [...spent, ['all', total]];
  for (const [name, seconds] of rows) {
    const perThousand = (seconds * 1000) / emails;
    say(
      `      ${name.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s ${perThousand.toFixed(3).padStart(8)} s/1000`,
    );
  }
}
