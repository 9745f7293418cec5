import { inTransaction, type Database, type Sql } from './database.ts';

/** An email for which the page keeps something else than what follows from its row and the directory. */
export interface DriftedEmail {
  id: string;
  portalId: string;
}

export interface DriftLook {
  /** Emails looked at. */
  looked: number;
  drifted: DriftedEmail[];
  /** Where to look on; `null`: that was the last. */
  next: string | null;
}

/**
 * Compares what is kept for emails in the list (their leaf teams, and that the list has them) with what follows from
 * their rows and the directory, in the order of their ids. One statement sees one moment: what changes meanwhile is no
 * drift.
 */
export async function findSightDrift(sql: Sql, after: string | null, limit: number): Promise<DriftLook> {
  const from = after ?? '00000000-0000-0000-0000-000000000000';
  const [row] = await sql<{ looked: number; last: string | null; drifted: DriftedEmail[] }[]>`
    with looked as materialized (
      -- Those too whose row is gone: nothing may be kept for them.
      select id from (
        (select id from outbox_email where id > ${from} order by id limit ${limit})
        union
        (select distinct email_id from email_team where email_id > ${from} order by email_id limit ${limit})
        union
        (select id from listed_email where id > ${from} order by id limit ${limit})
      ) it (id)
      order by id limit ${limit}
    ), present as materialized (
      select t.portal_id, t.team_key, t.submitted_at, t.email_id, t.connector_id, t.system, t.progress
      from email_team t where t.email_id in (select id from looked)
    ), wanted as materialized (
      select portal_id, team_key, submitted_at, email_id, connector_id, system, progress
      from email_team_of(array(select id from looked))
    ), listed as materialized (
      select portal_id, id from outbox_email
      where id in (select id from looked) and listed and state <> 'cancelled'
    ), shown as materialized (
      select portal_id, id from listed_email where id in (select id from looked)
    ), drifted as (
      (select portal_id, email_id from (select * from present except select * from wanted) surplus)
      union
      (select portal_id, email_id from (select * from wanted except select * from present) missing)
      union
      (select * from listed except select * from shown)
      union
      (select * from shown except select * from listed)
    )
    select (select count(*)::int from looked) as looked,
           (select id from looked order by id desc limit 1) as last,
           coalesce(
             (select json_agg(json_build_object('id', email_id, 'portalId', portal_id) order by email_id) from drifted),
             '[]') as drifted`;
  if (row === undefined) throw new Error('The drift query returned no row.');
  return { looked: row.looked, drifted: row.drifted, next: row.looked < limit ? null : row.last };
}

/** Brings what is kept for these emails of a portal in step. Run over few at a time: the list is closed meanwhile. */
export async function repairSight(
  database: Database,
  portalId: string,
  ids: readonly string[],
): Promise<void> {
  await inTransaction(database, async (tx) => {
    await tx`select lock_directory(${portalId})`;
    await tx`select close_gate(${portalId})`;
    await tx`select from rewrite_email_team(${portalId}, '{}', '{}', ${[...ids]}::uuid[])`;
    await tx`select advance_in_list(${[...ids]}::uuid[])`;
    await tx`
      select enter_list(array(
        select id from outbox_email where id = any(${[...ids]}::uuid[]) and listed and state <> 'cancelled'))`;
    await tx`
      select leave_list(array(
        select it.id from unnest(${[...ids]}::uuid[]) as it (id)
        where not exists (
          select from outbox_email e where e.id = it.id and e.listed and e.state <> 'cancelled')))`;
    await tx`select pg_notify('outbox_change', '')`;
  });
}
