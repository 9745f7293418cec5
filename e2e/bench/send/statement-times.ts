import type postgres from 'postgres';
import { eventually } from '../../stack/eventually.ts';
import type { Outbox } from '../contenders/outbox.ts';
import { say } from '../report.ts';

const statementsShown = 16;

/** Lets a PostgreSQL server of our own keep book of its statements; that needs a restart. */
export async function watchStatements({ sql, stack }: Outbox): Promise<void> {
  if (stack.postgres === null) return;
  await sql`alter system set shared_preload_libraries = 'pg_stat_statements'`;
  await stack.postgres.restart();
  await eventually('the statement book', () => sql`create extension if not exists pg_stat_statements`);
}

export async function forgetStatements({ sql, stack }: Outbox): Promise<void> {
  if (stack.postgres !== null) await sql`select pg_stat_statements_reset()`;
}

/** Where PostgreSQL's time went since they were forgotten, in milliseconds of waiting and working. */
export async function sayStatementTimes({ sql, stack }: Outbox): Promise<void> {
  if (stack.postgres === null) return;
  say('    statements by total time');
  for (const row of await readStatements(sql)) {
    const total = row.total.toFixed(0).padStart(6);
    const each = (row.total / row.calls).toFixed(2).padStart(8);
    say(`      ${total} ms ${String(row.calls).padStart(6)} × ${each} ms, ${row.rows} rows  ${row.query}`);
  }
}

function readStatements(sql: postgres.Sql) {
  return sql<{ total: number; calls: number; rows: number; query: string }[]>`
    select total_exec_time as total, calls::int, rows::int, left(regexp_replace(query, '\\s+', ' ', 'g'), 150) as query
    from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
    order by total_exec_time desc limit ${statementsShown}`;
}
