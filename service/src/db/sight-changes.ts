import type { EmailOwnership } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { listed } from './visible-emails.ts';

/** A change of a portal's directory. */
export interface SightChange {
  portalId: string;
  /** Whose sight it changed; `null`: too many to be named. */
  userIds: string[] | null;
}

/** Notes whose sight has changed, in the transaction that changed it. */
export async function noteSightChange(tx: Sql, portalId: string, userIds: readonly string[]): Promise<void> {
  const named = userIds.length <= 1000 ? [...userIds] : null;
  await tx`
    with noted as (insert into sight_change (portal_id, user_ids) values (${portalId}, ${named}))
    select pg_notify('directory_change', '')`;
}

/** Every change of a directory that was committed after a snapshot, and the snapshot to go on from. */
export async function readSightChanges(
  sql: Sql,
  since: string,
): Promise<{ snapshot: string; changes: SightChange[] }> {
  const [row] = await sql<{ snapshot: string; changes: SightChange[] }[]>`
    select pg_current_snapshot()::text as snapshot, coalesce((
      select json_agg(json_build_object('portalId', portal_id, 'userIds', user_ids))
      from sight_change
      where xid >= pg_snapshot_xmax(${since}::pg_snapshot)
         or xid = any(array(select pg_snapshot_xip(${since}::pg_snapshot)))
    ), '[]') as changes`;
  if (row === undefined) throw new Error('The sight query returned no row.');
  return row;
}

/** A part of a portal's mail. */
export interface MailOf {
  teamKeys: readonly number[];
  packetRefs: readonly string[];
  authorIds: readonly string[];
}

export interface ListedOf {
  emails: (EmailOwnership & { id: string })[];
  /** These are not all. */
  more: boolean;
}

/** Emails in the list that are in one of these parts: of each kind of part `limit` at most. */
export async function readListedOf(
  sql: Sql,
  portalId: string,
  { teamKeys, packetRefs, authorIds }: MailOf,
  limit: number,
): Promise<ListedOf> {
  const ofPortal = sql`e.portal_id = ${portalId} and ${listed(sql)}`;
  const rows = await sql<(EmailOwnership & { id: string; more: boolean })[]>`
    with of_team as materialized (
      select email_id as id from email_team
      where portal_id = ${portalId} and team_key = any(${[...teamKeys]}::int[]) limit ${limit}
    ), of_author as materialized (
      select id from outbox_email e where ${ofPortal} and e.author_id = any(${[...authorIds]}::text[]) limit ${limit}
    ), of_packet as materialized (
      select id from outbox_email e where ${ofPortal} and e.packet_ref = any(${[...packetRefs]}::text[]) limit ${limit}
    )
    select e.id, e.author_id as "authorId", e.packet_ref as "packetRef",
           array(select t.team_key from email_team t where t.email_id = e.id) as "teamKeys",
           greatest((select count(*) from of_team), (select count(*) from of_author),
                    (select count(*) from of_packet)) >= ${limit} as more
    from (select id from of_team union select id from of_author union select id from of_packet) part
    join outbox_email e on e.id = part.id
    where ${ofPortal}`;
  return { emails: rows, more: rows[0]?.more ?? false };
}
