import { randomBytes } from 'node:crypto';
import { connect } from 'nats';
import { inject } from 'vitest';
import { createDatabase, dropDatabase } from './postgres.ts';

/** A migrated database for one test file or test, removed by `remove`. Returns its URL. */
export async function freshDatabase(): Promise<{ url: string; remove: () => Promise<void> }> {
  const name = `outbox_test_${randomBytes(6).toString('hex')}`;
  const url = await createDatabase(inject('databaseUrl'), name, inject('templateDatabase'));
  return { url, remove: () => dropDatabase(url) };
}

/** The shared broker without any stream of an earlier test. Returns its URL. */
export async function freshBroker(): Promise<string> {
  const url = inject('natsUrl');
  const connection = await connect({ servers: url });
  const manager = await connection.jetstreamManager();
  for await (const { config } of manager.streams.list()) {
    if (/^(OUTBOX_|KV_outbox-)/.test(config.name)) await manager.streams.delete(config.name);
  }
  await connection.close();
  return url;
}
