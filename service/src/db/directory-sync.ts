import type { DirectoryKind } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

/*
 * A complete sync: what it does not name, and nobody has put since it began, is deleted at its end. What it has named is
 * kept in the database, so that any number of lines needs no memory, and other processes add to it.
 */

/** Begins to note what is named; forgets syncs that were broken off long ago. */
export async function beginSync(sql: Sql, portalId: string, syncId: string): Promise<void> {
  await sql`delete from directory_sync where started_at < now() - interval '1 day'`;
  await sql`insert into directory_sync (id, portal_id) values (${syncId}, ${portalId})`;
}

/** Notes for every sync under way that these exist. In the transaction that puts them. */
export async function noteNamed(
  tx: Sql,
  portalId: string,
  entries: readonly { kind: DirectoryKind; id: string }[],
): Promise<void> {
  await tx`
    insert into directory_named (sync_id, kind, id)
    select s.id, it.kind, it.id
    from directory_sync s
    cross join unnest(${entries.map((it) => it.kind)}::text[], ${entries.map((it) => it.id)}::text[]) as it (kind, id)
    where s.portal_id = ${portalId}
    on conflict do nothing`;
}

/** Up to `limit` that the sync has not named; none when there is no such sync any more. */
export async function readUnnamed(
  sql: Sql,
  portalId: string,
  syncId: string,
  kind: DirectoryKind,
  limit: number,
): Promise<string[]> {
  const known = {
    user: sql`select id from directory_user where portal_id = ${portalId}`,
    team: sql`select id from directory_team where portal_id = ${portalId}`,
    packet: sql`select ref as id from packet where portal_id = ${portalId}`,
  }[kind];
  const rows = await sql<{ id: string }[]>`
    select id from (${known}) known
    where not exists (
      select from directory_named n where n.sync_id = ${syncId} and n.kind = ${kind} and n.id = known.id)
      and exists (select from directory_sync where id = ${syncId})
    order by id limit ${limit}`;
  return rows.map((row) => row.id);
}

export async function endSync(sql: Sql, syncId: string): Promise<void> {
  await sql`delete from directory_sync where id = ${syncId}`;
}
