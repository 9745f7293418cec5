import postgres from 'postgres';
import type { Logger } from '../runtime/logger.ts';

/** A pool, or one transaction of it. */
export type Sql = postgres.ISql<{ bigint: number }>;
export type Database = postgres.Sql<{ bigint: number }>;

/** `bigint` columns hold sizes and counters below 2^53. */
const bigint = {
  to: 20,
  from: [20],
  serialize: (value: number) => String(value),
  parse: (text: string) => Number(text),
};

/**
 * Opens a pool. `keyed`: every statement looks rows up by their keys, so a plan made while a table was empty must not
 * choose to read and join the whole of it later. `fresh`: what is asked for differs so much, from one email to all, that
 * every question is planned for itself.
 */
export function openDatabase(
  url: string,
  name: string,
  connections: number,
  logger: Logger,
  plans: 'kept' | 'keyed' | 'fresh' = 'kept',
): Database {
  return postgres(url, {
    max: connections,
    types: { bigint },
    connection: {
      application_name: `portal-outbox ${name}`,
      TimeZone: 'UTC',
      // Compiling a plan takes longer than any of ours may run.
      jit: 'off',
      ...(plans === 'keyed' && keyedPlans),
      ...(plans === 'fresh' && freshPlans),
    },
    connect_timeout: 10,
    onnotice: (notice) => logger.debug({ notice: notice['message'] }, 'database notice'),
  });
}

/** Planned once, for any number of keys: planning costs more than looking up. */
const keyedPlans = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
};

/** What is joined of a hundred thousand emails stays in memory. */
const freshPlans = { plan_cache_mode: 'force_custom_plan', work_mem: '32MB' };

const deadlock = '40P01';
const serializationFailure = '40001';

/** Runs a transaction; repeats it when PostgreSQL broke a deadlock by ending this side of it. */
export async function inTransaction<Result>(
  database: Database,
  work: (tx: Sql) => Promise<Result>,
): Promise<Result> {
  return await repeatOnDeadlock(
    async () =>
      (await database.begin(async (tx) => {
        try {
          return await work(tx);
        } catch (error) {
          // The library would send its rollback into a connection that is gone, which ends the process (postgres.js
          // issue 1208). It fails `begin` by itself when the connection closes, so there is nothing left to do here.
          if (isConnectionLoss(error)) return await new Promise<never>(() => undefined);
          throw error;
        }
      })) as Result,
  );
}

/** The connection is closed or about to be: PostgreSQL closes it after a fatal error. */
function isConnectionLoss(error: unknown): boolean {
  if (error instanceof postgres.PostgresError)
    return error.severity === 'FATAL' || error.severity === 'PANIC';
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return code === 'CONNECTION_CLOSED' || (error instanceof Error && typeof syscall === 'string');
}

/** Runs what commits by itself; repeats it when PostgreSQL broke a deadlock by ending this side of it. */
export async function repeatOnDeadlock<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof postgres.PostgresError ? error.code : null;
      if (tries === 5 || (code !== deadlock && code !== serializationFailure)) throw error;
    }
  }
}

export type Channel = 'outbox_change' | 'outbox_due' | 'connector_change' | 'directory_change' | 'bulk_work';

/** Calls `heard` for each notification, and once after every (re)connection, when some may have been missed. */
export async function listen(database: Database, channel: Channel, heard: () => void): Promise<void> {
  await database.listen(channel, heard, heard);
}

/** A row with these values is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === '23505';
}

/** The statement's data was at fault (SQLSTATE classes 21 to 23): asking again would fail again. */
export function isDataError(error: unknown): boolean {
  return error instanceof postgres.PostgresError && /^2[123]/.test(error.code);
}

/** The database's clock; `null` when it does not answer. Waits for as long as it hangs. */
export async function readDatabaseTime(sql: Sql): Promise<Date | null> {
  try {
    const [row] = await sql<{ now: Date }[]>`select now() as now`;
    return row?.now ?? null;
  } catch {
    return null;
  }
}

/** `null` when the database answers and keeps what it commits; otherwise what is wrong. */
export async function findDatabaseProblem(sql: Sql): Promise<string | null> {
  try {
    const [row] = await sql<{ fsync: string; commit: string }[]>`
      select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`;
    if (row?.fsync === 'off') return 'PostgreSQL runs with fsync off: it may forget what was sent.';
    if (row?.commit === 'off')
      return 'PostgreSQL runs with synchronous_commit off: it may forget what was sent.';
    return null;
  } catch {
    return 'The database does not answer.';
  }
}
