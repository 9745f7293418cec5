import type postgres from 'postgres';

/** Notes which emails have failed, and how they stood. */
export async function rememberFailed(sql: postgres.Sql): Promise<void> {
  await sql`
    create table bench.failed as
    select id, due_at, lane, series_position from outbox_email where state = 'failed'`;
}

/** Makes them fail again as they had, so that the next run finds the same; nobody is told. */
export async function failAgain(sql: postgres.Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      update outbox_email e
      set state = 'failed', retry_asked = false, due_at = f.due_at, lane = f.lane, series_position = f.series_position,
          version = version + 1
      from bench.failed f where f.id = e.id and e.state <> 'failed'`;
    await tx`delete from outbox_change`;
  });
  await sql`vacuum (analyze) outbox_email`;
  await sql`vacuum outbox_change`;
  await sql`checkpoint`;
}
