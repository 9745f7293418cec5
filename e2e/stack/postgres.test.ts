import postgres from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, dropDatabase, startPostgres, type RunningPostgres } from './postgres.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
let server: RunningPostgres;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startPostgres({ folder: folder.path, fsync: false });
}, 30_000);

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

it('runs a current PostgreSQL whatever user we are', async () => {
  const [row] = await query(
    server.url,
    (sql) => sql`select current_setting('server_version_num')::int as version`,
  );
  expect(row?.['version']).toBeGreaterThanOrEqual(150_000);
});

it('folds letters of other alphabets', async () => {
  const [row] = await query(server.url, (sql) => sql`select lower('ÉÀΣ') as folded`);
  expect(row?.['folded']).toBe('éàσ');
});

it('copies a database from a template and removes it again', async () => {
  const template = await createDatabase(server.url, 'template_of_test');
  await query(template, (sql) => sql`create table note (text text)`);
  const copy = await createDatabase(server.url, 'copy_of_test', 'template_of_test');
  expect(await query(copy, (sql) => sql`select * from note`)).toHaveLength(0);
  await dropDatabase(copy);
  await expect(query(copy, (sql) => sql`select 1`)).rejects.toThrow('does not exist');
});

it('still has committed rows after it was killed and started again', async () => {
  await query(server.url, (sql) => sql`create table kept as select 7 as number`);
  await server.kill('SIGKILL');
  await server.restart();
  expect(await query(server.url, (sql) => sql`select number from kept`)).toEqual([{ number: 7 }]);
}, 30_000);

async function query(url: string, run: (sql: postgres.Sql) => Promise<readonly postgres.Row[]>) {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return [...(await run(sql))];
  } finally {
    await sql.end();
  }
}
