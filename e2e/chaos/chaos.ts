import { readChaosOptions, usage } from './chaos-options.ts';
import { printViolations } from './print-violations.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos`: progress on stderr, the result as the last line of stdout; exit code 0 only when every zero is zero. */
const startedAt = performance.now();
const say = (text: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  process.stderr.write(`${text.startsWith(' ') ? '' : `${seconds} s  `}${text}\n`);
};

let options;
try {
  options = readChaosOptions(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exit(2);
}
const { result, judged, evidence } = await runChaos(options, say);
for (const [what, count] of evidence.log.errors) say(`logged ${count} × ${what}`);
printViolations(judged.violations, evidence, say);
if (!options.json) for (const [name, count] of Object.entries(result.zero)) say(`${name} ${count}`);
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(judged.violations.length === 0 ? 0 : 1);
