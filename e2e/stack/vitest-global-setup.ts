import { randomBytes } from 'node:crypto';
import type { TestProject } from 'vitest/node';
import { startNats } from './nats-server.ts';
import { createDatabase, dropDatabase, startPostgres } from './postgres.ts';
import { migrate } from './stack.ts';
import { temporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated, empty database to copy with `createDatabase(url, name, templateDatabase)`; never connect to it. */
    databaseUrl: string;
    templateDatabase: string;
    natsUrl: string;
  }
}

/** One PostgreSQL and one NATS for all integration tests; `DATABASE_URL` and `NATS_URL` name others. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder();
  const [postgres, nats] = await Promise.all([
    given('DATABASE_URL') ?? startPostgres({ folder: folder.path, fsync: false }),
    given('NATS_URL') ?? startNats({ folder: folder.path }),
  ]);
  const templateDatabase = `outbox_template_${randomBytes(4).toString('hex')}`;
  const templateUrl = await createDatabase(postgres.url, templateDatabase);
  await migrate(templateUrl);

  project.provide('databaseUrl', postgres.url);
  project.provide('templateDatabase', templateDatabase);
  project.provide('natsUrl', nats.url);
  return async () => {
    await dropDatabase(templateUrl);
    await Promise.all([postgres.stop(), nats.stop()]);
    await folder.remove();
  };
}

function given(name: 'DATABASE_URL' | 'NATS_URL'): { url: string; stop: () => Promise<void> } | null {
  const url = process.env[name];
  return url === undefined || url === '' ? null : { url, stop: () => Promise.resolve() };
}
