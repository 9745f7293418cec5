import type postgres from 'postgres';

/** What the processes of a PostgreSQL server of our own work for: "postgres for portal-outbox api". */
export async function backendNames(sql: postgres.Sql): Promise<Map<number, string>> {
  const rows = await sql<{ pid: number; name: string | null }[]>`
    select pid, coalesce(nullif(application_name, ''), backend_type) as name from pg_stat_activity`;
  return new Map(
    rows.map((row) => [row.pid, `postgres for ${(row.name ?? '').replace('portal-outbox ', '')}`]),
  );
}
