import { launchBrowser } from './chromium.ts';
import { CheckContext } from './check-context.ts';
import { browserSteps } from './check-browser-steps.ts';
import { deliverySteps } from './check-delivery-steps.ts';
import { switchSteps } from './check-switch-steps.ts';
import type { Stack } from './stack.ts';

/** One thing that must work. It returns what happened, in lines for a person; it throws when it did not work. */
export interface CheckStep {
  title: string;
  /** Needs a mail server that can be asked and told; left out with `SMTP_URL`. */
  needsSink: boolean;
  run(context: CheckContext): Promise<string[]>;
}

/** Goes the whole way on a running demo and prints each step. Resolves with whether all of them worked. */
export async function check(stack: Stack, portalUrl: string): Promise<boolean> {
  const started = performance.now();
  const browser = await launchBrowser();
  const context = new CheckContext(stack, portalUrl, browser);
  let failed = 0;
  let passed = 0;
  try {
    for (const step of [...deliverySteps, ...browserSteps, ...switchSteps]) {
      if (step.needsSink && stack.sink === null) {
        console.log(
          `– ${step.title}\n    not shown: SMTP_URL names a mail server that we can neither ask nor tell`,
        );
        continue;
      }
      try {
        const lines = await step.run(context);
        passed += 1;
        console.log([`✓ ${step.title}`, ...lines.map((line) => `    ${line}`)].join('\n'));
      } catch (error) {
        failed += 1;
        console.log(`✗ ${step.title}\n    ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  } finally {
    await browser.close();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`\n${failed === 0 ? '✓' : '✗'} ${passed} steps passed, ${failed} failed, in ${seconds} s`);
  return failed === 0;
}
