import type { Ends } from '../contenders/http-contender.ts';
import { startMailTarget } from '../contenders/mail-target.ts';
import { startOutbox } from '../contenders/outbox.ts';
import { readProcessorTimes } from '../processor-time.ts';
import { say, sayProcessorTime } from '../report.ts';
import { median, rounded } from '../summarise.ts';
import { emailText } from './email-text.ts';
import type { SendOptions } from './send-options.ts';

const workerCounts = [1, 2, 4] as const;
const replyDelayMs = 50;
/** Few enough that the mail server's slowness, not the machine's processors, is what more workers help against. */
const connectionsPerWorker = 10;
/** MAIL, RCPT, DATA and the final dot take 200 ms: so many emails last about eight seconds, however many workers. */
const emailsPerWorker = 400;

/** Emails a second of 1, 2 and 4 workers against a mail server that answers each command after 50 ms. */
export async function measureWorkers(ends: Ends, options: SendOptions) {
  const target = await startMailTarget(replyDelayMs);
  const slow = { ...ends, target };
  const speeds = new Map<number, number[]>(workerCounts.map((workers) => [workers, []]));
  try {
    for (let run = 1; run <= options.runs; run += 1) {
      for (const workers of workerCounts) {
        const perSecond = await sendWith(slow, options, workers);
        speeds.get(workers)?.push(perSecond);
        say(
          `  run ${run}, ${workers} worker(s), replies after ${replyDelayMs} ms: ${perSecond.toFixed(0)} emails/s`,
        );
      }
    }
  } finally {
    await target.stop();
  }
  return Object.fromEntries([...speeds].map(([workers, values]) => [workers, rounded(median(values))]));
}

/** A product of its own each time: workers that stand by would share the work. */
async function sendWith(ends: Ends, options: SendOptions, workers: number): Promise<number> {
  const connections = connectionsPerWorker * workers;
  const outbox = await startOutbox(ends, { ...options, workers, connections });
  try {
    const text = emailText(1000);
    // Opens the connections.
    await outbox.send({ count: connections * 2, text });
    const count = emailsPerWorker * workers;
    const before = readProcessorTimes(outbox.processName);
    const { milliseconds } = await outbox.send({ count, text });
    sayProcessorTime(before, readProcessorTimes(outbox.processName), count);
    return (count * 1000) / milliseconds;
  } finally {
    await outbox.stop();
  }
}
