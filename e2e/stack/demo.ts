import { nodeVersionProblem } from './check-node-version.ts';

// First of all, before anything is loaded that an old Node could not even read.
const problem = nodeVersionProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
const { runDemo } = await import('./run-demo.ts');
process.exit(await runDemo(process.argv.slice(2)));
