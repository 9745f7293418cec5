import { nodeVersionProblem } from '../stack/check-node-version.ts';
import { StartProblem } from '../stack/start-problem.ts';

/** `npm run bench -- NAME`: runs one benchmark. The last line of standard output is its result in JSON. */
const usage = `npm run bench -- send [options]      how fast emails leave, beside other ways to send them
npm run bench -- list [options]      how fast pages of a large outbox are, beside the textbook way
npm run bench -- bulk [options]      how fast many emails are retried, and how fast pages are meanwhile
npm run bench -- live [options]      how soon a thousand open pages are told of a change, and nobody who may not see it
npm run bench -- NAME --help         its options`;

const problem = nodeVersionProblem();
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
const [name, ...words] = process.argv.slice(2);
try {
  process.exitCode = await run(name, words);
} catch (error) {
  if (!(error instanceof StartProblem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function run(name: string | undefined, words: string[]): Promise<number> {
  if (name === 'send') {
    const { benchSend } = await import('./send/bench-send.ts');
    return benchSend(words);
  }
  if (name === 'list') {
    const { benchList } = await import('./list/bench-list.ts');
    return benchList(words);
  }
  if (name === 'bulk') {
    const { benchBulk } = await import('./bulk/bench-bulk.ts');
    return benchBulk(words);
  }
  if (name === 'live') {
    const { benchLive } = await import('./live/bench-live.ts');
    return benchLive(words);
  }
  console.error(usage);
  return 1;
}
