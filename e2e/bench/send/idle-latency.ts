import { setTimeout as pause } from 'node:timers/promises';
import type { ContenderName } from '../contenders/contender.ts';
import type { Ends, HttpContender } from '../contenders/http-contender.ts';
import { say } from '../report.ts';
import { percentile, rounded } from '../summarise.ts';
import { emailText } from './email-text.ts';

export interface IdleLatency {
  p50Ms: number | null;
  p99Ms: number | null;
  samples: number;
}

const samples = 120;
/** The first ones find connections closed and code cold. */
const warmUp = 20;
const textBytes = 1000;

/** From submit to the mail server's 250, one email at a time, with pauses of different length between them. */
export async function measureIdleLatency(
  ends: Ends,
  contenders: readonly HttpContender[],
): Promise<Partial<Record<ContenderName, IdleLatency>>> {
  const latencies: Partial<Record<ContenderName, IdleLatency>> = {};
  for (const contender of contenders) {
    const times = (await measureOneByOne(ends, contender, warmUp + samples)).slice(warmUp);
    const latency = {
      p50Ms: rounded(percentile(times, 50)),
      p99Ms: rounded(percentile(times, 99)),
      samples: times.length,
    };
    latencies[contender.name] = latency;
    say(`  idle ${contender.name}: p50 ${latency.p50Ms} ms, p99 ${latency.p99Ms} ms`);
  }
  return latencies;
}

/** Milliseconds from submit to 250 of each of so many emails, submitted one after the other. */
export async function measureOneByOne(
  { target, load }: Ends,
  contender: Pick<HttpContender, 'loadOf'>,
  count: number,
  pauseMs = 40,
): Promise<number[]> {
  const batch = await target.expect(count);
  const submission = await contender.loadOf(batch, emailText(textBytes));
  const times: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const writtenMs = await load.call('submitOne', { load: submission, number });
    times.push((await target.receivedOne(batch, number)) - writtenMs);
    // Not in step with anybody's timer.
    await pause(pauseMs + ((number * 7) % 31));
  }
  await load.call('hangUp');
  await target.received(batch, textBytes);
  return times;
}
