import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { nodeVersionProblem } from './check-node-version.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** `npm test`: everything, in the order in which failures are cheapest to find. The last line is the sum. */
interface Step {
  title: string;
  command: string[];
  folder?: string;
  /** How its tests are counted: vitest's JSON file, or the summary that web-test-runner prints. */
  count: { file: string } | 'summary' | 'nothing';
}

interface Count {
  passed: number;
  failed: number;
}

const root = join(import.meta.dirname, '..', '..');

const problem = nodeVersionProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
const reports = await temporaryFolder();
const steps: Step[] = [
  {
    title: 'Lint, format, types, generated files',
    command: ['npm', 'run', '--silent', 'check'],
    count: 'nothing',
  },
  { title: 'Unit and integration tests', ...vitest('vitest.config.ts', 'tests.json') },
  { title: 'Widget tests in Chromium', command: ['npx', 'wtr'], folder: 'widget', count: 'summary' },
  { title: 'End-to-end tests', ...vitest('e2e/vitest.config.ts', 'e2e.json') },
];

const sum: Count = { passed: 0, failed: 0 };
for (const step of steps) {
  console.log(`\n── ${step.title}`);
  const started = performance.now();
  const { code, output } = await run(step);
  const count = await countTests(step, output);
  // A step that ends badly without a failed test is a failure of its own.
  if (code !== 0 && count.failed === 0) count.failed = 1;
  sum.passed += count.passed;
  sum.failed += count.failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`── ${step.title}: ${count.failed === 0 ? 'passed' : 'FAILED'} in ${seconds} s`);
}
await reports.remove();
console.log(`\n${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 ? 0 : 1);

function vitest(config: string, reportName: string): Pick<Step, 'command' | 'count'> {
  const file = join(reports.path, reportName);
  return {
    command:
      `npx vitest run --config ${config} --reporter=default --reporter=json --outputFile.json=${file}`.split(
        ' ',
      ),
    count: { file },
  };
}

/** Shows the output as it comes and keeps what the summary is read from. */
function run(step: Step): Promise<{ code: number; output: string }> {
  const [command = '', ...args] = step.command;
  const child = spawn(command, args, {
    cwd: join(root, step.folder ?? ''),
    stdio: ['ignore', step.count === 'summary' ? 'pipe' : 'inherit', 'inherit'],
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 1, output }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

async function countTests(step: Step, output: string): Promise<Count> {
  if (step.count === 'nothing') return { passed: 0, failed: 0 };
  if (step.count === 'summary') {
    const last = [...stripVTControlCharacters(output).matchAll(/(\d+) passed, (\d+) failed/g)].at(-1);
    return { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 1) };
  }
  // A missing report counts as one failure: the tests never ran.
  if (!existsSync(step.count.file)) return { passed: 0, failed: 1 };
  const report = JSON.parse(await readFile(step.count.file, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}
