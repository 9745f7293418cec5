import { readFile, writeFile } from 'node:fs/promises';
import { describeBus } from './generate-asyncapi.ts';
import { describeHttp } from './generate-openapi.ts';
import { natsAccounts } from './src/bus/nats-accounts.ts';

/**
 * Writes the generated, committed files; with `--check` says which of them are not up to date and exits 1.
 */
const files: Record<string, () => Promise<unknown>> = {
  'contracts/openapi.json': describeHttp,
  'contracts/asyncapi.json': () => Promise.resolve(describeBus()),
  'nats-users.conf': () => Promise.resolve(composeUsers()),
};

const root = new URL('../', import.meta.url);
const checking = process.argv.includes('--check');
const stale: string[] = [];
for (const [file, describe] of Object.entries(files)) {
  const content = await describe();
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  const known = await readFile(new URL(file, root), 'utf8').catch(() => '');
  if (known === text) continue;
  if (checking) stale.push(file);
  else await writeFile(new URL(file, root), text);
}
if (stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run: npm run generate\n`);
  process.exitCode = 1;
}

/** Of docker-compose.yml: `npm run nats-users -- --worker connector=all`. */
function composeUsers(): string {
  return natsAccounts({
    service: 'service',
    workers: [{ user: 'connector', connectorIds: null, workerId: null }],
  });
}
