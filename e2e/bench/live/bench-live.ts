import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { projectFolder } from '../../stack/service-process.ts';
import type { LiveReadersMethods } from '../programs/live-readers.ts';
import { startProgram } from '../programs/start-program.ts';
import { say } from '../report.ts';
import { rounded } from '../summarise.ts';
import { liveUsage, readLiveOptions, type LiveOptions } from './live-options.ts';
import { audiencesOf, residentMb, startLivePortal, type LivePortal } from './live-portal.ts';
import {
  measureLatency,
  measureLeaving,
  measureResuming,
  measureStorm,
  type LiveReaders,
} from './measure-live.ts';

/** `npm run bench -- live`; returns the exit code. */
export async function benchLive(words: string[]): Promise<number> {
  const options = readLiveOptions(words);
  if (options === 'help') {
    console.log(liveUsage);
    return 0;
  }
  if (options.build) {
    say('npm run build');
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: projectFolder, stdio: ['ignore', 2, 2] });
  }
  const portal = await startLivePortal(options.clients);
  try {
    const readers = await startProgram<LiveReadersMethods>('live-readers');
    try {
      console.log(JSON.stringify(await measure(portal, readers, options)));
    } finally {
      await readers.stop();
    }
    return 0;
  } finally {
    await portal.stop();
  }
}

async function measure(portal: LivePortal, readers: LiveReaders, options: LiveOptions) {
  const memory = watchMemory(() => portal.stack.api.pid);
  try {
    await readers.call('setAudiences', audiencesOf(portal.people, portal.emails));
    const tokens = portal.tokens;
    const openedMs = await readers.call('open', { serviceUrl: portal.stack.serviceUrl, tokens });
    say(`${options.clients} streams opened in ${openedMs.toFixed(0)} ms: ${memory.now()} MB`);
    const { everybody, team } = await measureLatency(portal, readers, options.samples);
    const quietMb = memory.highest();
    say(`To the last of all: p50 ${everybody.p50Ms} p95 ${everybody.p95Ms} max ${everybody.maxMs} ms;`);
    say(`of a team: p50 ${team.p50Ms} p95 ${team.p95Ms} max ${team.maxMs} ms; ${quietMb} MB`);
    const { answered, hidden, joined } = await measureLeaving(portal, readers);
    say(`Leaving a team: the directory answers in p50 ${answered.p50Ms} ms, after p50 ${hidden.p50Ms}`);
    say(`p95 ${hidden.p95Ms} ms it is out of sight; joining: after p95 ${joined.p95Ms} ms it is loaded`);
    const resuming = await measureResuming(portal, readers);
    say(`Resuming: ${resuming.missed} changes missed`);
    const storm = await measureStorm(portal, readers, options.stormSeconds);
    const stormMb = memory.highest();
    say(
      `Storm of ${storm.changesPerSecond.toFixed(0)} changes/s: all caught up after ${storm.caughtUpMs?.toFixed(0)} ms; ${stormMb} MB`,
    );
    await portal.stack.api.restart();
    const reopenedMs = await readers.call(
      'resume',
      portal.people.map((_, place) => place),
    );
    say(`All resumed after a restart in ${reopenedMs.toFixed(0)} ms; ${memory.now()} MB`);
    const { leaks, examples, events, resets } = await readers.call('summary');
    for (const leak of examples) say(`LEAK ${JSON.stringify({ ...leak, who: portal.people[leak.reader] })}`);
    return {
      name: 'live',
      clients: options.clients,
      p50Ms: everybody.p50Ms,
      p95Ms: everybody.p95Ms,
      leaks,
      everybody,
      team,
      leaving: { answered, hidden },
      joining: joined,
      resuming,
      storm: {
        ...storm,
        changesPerSecond: rounded(storm.changesPerSecond),
        caughtUpMs: rounded(storm.caughtUpMs),
      },
      openedMs: rounded(openedMs),
      reopenedMs: rounded(reopenedMs),
      residentMb: quietMb,
      residentStormMb: stormMb,
      ...{ events, resets, loadAverage: loadavg()[0], processors: cpus().length },
      goals: {
        'from commit to the last client p95 within 500 ms':
          everybody.p95Ms !== null && everybody.p95Ms <= 500,
        'the process under 250 MB, in a storm too': stormMb === null ? null : stormMb < 250,
        'nothing reaches who may not see it': leaks === 0,
        'nobody who resumes misses a change': resuming.missed === 0,
      },
    };
  } finally {
    memory.stop();
  }
}

/** Looks four times a second. Megabytes. */
function watchMemory(pid: () => number | undefined) {
  let highest: number | null = null;
  const look = () => {
    const now = rounded(residentMb(pid()));
    if (now !== null) highest = Math.max(highest ?? 0, now);
    return now;
  };
  const timer = setInterval(look, 250);
  return {
    now: look,
    /** Since it was asked last. */
    highest: () => {
      const found = highest;
      highest = look();
      return found;
    },
    stop: () => clearInterval(timer),
  };
}
