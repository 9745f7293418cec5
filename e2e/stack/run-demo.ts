import { startPortal, type RunningPortal } from '../portal/portal.ts';
import { check } from './check.ts';
import { demoUsage, readDemoOptions, type DemoOptions } from './demo-options.ts';
import { startStack, type Stack } from './stack.ts';
import { StartProblem } from './start-problem.ts';

/** Times of the demo, short enough to be watched. */
const demoTimes = { leaseSeconds: 10, probeSeconds: 3 };

/** Runs `npm run demo`; resolves with the exit code once everything is stopped. */
export async function runDemo(words: string[]): Promise<number> {
  const stops: (() => Promise<void>)[] = [];
  const interrupted = untilInterrupted();
  try {
    const options = await readDemoOptions(words);
    if (options === 'help') {
      console.log(demoUsage);
      return 0;
    }
    return await Promise.race([run(options, stops, interrupted), interrupted]);
  } catch (error) {
    console.error(error instanceof StartProblem ? `\n${error.message}\n` : error);
    return 1;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function run(
  options: DemoOptions,
  stops: (() => Promise<void>)[],
  interrupted: Promise<number>,
): Promise<number> {
  const started = performance.now();
  console.log('Starting PostgreSQL, NATS, a mail server, the service, two connector workers and a portal…');
  const stack = await startStack({ portalPort: options.port, ...demoTimes, onLog: showErrors });
  stops.push(stack.stop);
  const portal = await startPortal({
    stack,
    port: options.port,
    ...(options.mail !== undefined && { mail: options.mail }),
  });
  stops.push(() => portal.stop());
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (options.check) {
    console.log(`Up in ${seconds} s.\n`);
    if (portal.imported !== null) console.log(sayImported(await portal.imported));
    return (await check(stack, portal.url)) ? 0 : 1;
  }
  console.log(welcome(stack, portal, seconds));
  void portal.imported?.then((total) => console.log(sayImported(total)));
  for (const child of [stack.api, stack.dispatcher]) {
    void child.exited.then(({ code, signal }) =>
      console.error(`${child.name} has ended (${signal ?? code}).`),
    );
  }
  return interrupted;
}

function welcome(stack: Stack, portal: RunningPortal, seconds: string): string {
  const mail = stack.mailServer;
  return [
    '',
    `  Open   ${portal.url}`,
    '',
    `  Up in ${seconds} s. Mail server ${mail.host}:${mail.port}, service ${stack.serviceUrl}`,
    ...(stack.sink === null
      ? ['  SMTP_URL is set: the panel "Mail server" stays empty, and its switches do nothing.']
      : ['  No email leaves this machine.']),
    '  Stop with Ctrl-C.',
    '',
  ].join('\n');
}

function sayImported({ done, skipped }: { done: number; skipped: number }): string {
  return `Of your mail ${done} handed over, ${skipped} left out.\n`;
}

/** Resolves at the first Ctrl-C or SIGTERM. At the second one nothing is waited for: the guard cleans up. */
function untilInterrupted(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      let before = false;
      process.on(signal, () => {
        if (before) process.exit(130);
        before = true;
        console.log('\nStopping…');
        resolve(0);
      });
    }
  });
}

/** Only what the service calls an error (pino's 50); the demo's mail server refuses things all the time. */
function showErrors(
  name: string,
  line: { level?: number | string; msg?: string } & Record<string, unknown>,
): void {
  if (typeof line.level === 'number' && line.level >= 50) console.error(`[${name}] ${JSON.stringify(line)}`);
}
