import { readFile, readdir } from 'node:fs/promises';
import type { Database } from './database.ts';

const folder = new URL('./migrations/', import.meta.url);
/** Any constant: one migrator at a time. */
const migrationLock = 7_302_114;

/** Applies the migrations that are missing, each in a transaction of its own, forward only. Returns their names. */
export async function migrate(database: Database): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  const applied: string[] = [];
  const connection = await database.reserve();
  try {
    await connection`select pg_advisory_lock(${migrationLock})`;
    await connection`
      create table if not exists migration (
        name text primary key,
        applied_at timestamptz not null default now()
      )`;
    const known = await connection<{ name: string }[]>`select name from migration`;
    for (const name of names) {
      if (known.some((row) => row.name === name)) continue;
      const text = await readFile(new URL(name, folder), 'utf8');
      // One simple query message runs as one transaction.
      await connection.unsafe(`${text};\ninsert into migration (name) values ('${name}')`);
      applied.push(name);
    }
  } finally {
    await connection`select pg_advisory_unlock(${migrationLock})`.catch(() => undefined);
    connection.release();
  }
  return applied;
}
