import { execFileSync } from 'node:child_process';
import { projectFolder } from '../../stack/service-process.ts';
import { StartProblem } from '../../stack/start-problem.ts';
import type { Ends } from '../contenders/http-contender.ts';
import { startMailTarget } from '../contenders/mail-target.ts';
import { installCompetitors } from '../install-competitors.ts';
import type { LoadGeneratorMethods } from '../programs/load-generator.ts';
import { startProgram } from '../programs/start-program.ts';
import { say } from '../report.ts';
import { measureBulkDelay } from './bulk-delay.ts';
import { judgeGoals } from './goals.ts';
import { measureGrowth } from './growth.ts';
import { measureSpeeds } from './measure-speeds.ts';
import { readSendOptions, sendUsage, type Part, type SendOptions } from './send-options.ts';
import { measureWorkers } from './worker-scaling.ts';

/** `npm run bench -- send`; returns the exit code. */
export async function benchSend(words: string[]): Promise<number> {
  const options = readSendOptions(words);
  if (options === 'help') {
    console.log(sendUsage);
    return 0;
  }
  if (options.build) {
    say('npm run build');
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: projectFolder, stdio: ['ignore', 2, 2] });
  }
  installCompetitors();
  const target = await startMailTarget();
  const load = await startProgram<LoadGeneratorMethods>('load-generator');
  try {
    const result = await measure({ target, load }, options);
    console.log(JSON.stringify(result));
    return 0;
  } finally {
    await Promise.all([load.stop(), target.stop()]);
  }
}

async function measure(ends: Ends, options: SendOptions) {
  const measured = {
    ...(await measureSpeeds(ends, options)),
    growth: await orNull(options, 'growth', () => measureGrowth(ends, options)),
    workers: await orNull(options, 'workers', () => measureWorkers(ends, options)),
    bulkDelay: await orNull(options, 'bulkDelay', () => measureBulkDelay(ends, options)),
  };
  const goals = judgeGoals(measured);
  for (const [goal, reached] of Object.entries(goals)) {
    if (reached !== null) say(`${reached ? 'reached' : 'MISSED '}  ${goal}`);
  }
  return { name: 'send', ...measured, goals };
}

/** What was not asked for or could not be run is `null`. */
async function orNull<Result>(
  { only }: SendOptions,
  part: Part,
  run: () => Promise<Result>,
): Promise<Result | null> {
  if (!only.has(part)) return null;
  try {
    return await run();
  } catch (error) {
    // Measuring nothing at all is right where commits may be lost.
    if (error instanceof StartProblem) throw error;
    say(`${part} could not be measured: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    return null;
  }
}
