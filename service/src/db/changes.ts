import type { Sql } from './database.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from './outbox-rows.ts';
import type { OutboxEmail } from '@portal-outbox/contracts';

/** Keeps 15 minutes of changes; a reader that comes back later starts anew. */
const keptMinutes = 15;

/** A place in the order of changes: transaction, then sequence within it. */
export interface ChangePosition {
  xid: string;
  seq: string;
}

export interface CommittedChange extends ChangePosition {
  portalId: string;
  /** Neither email nor connector: more of the portal has changed than can be told one by one. */
  emailId: string | null;
  connectorId: string | null;
  authorId: string | null;
  packetRef: string | null;
  leftAs: 'sent' | 'cancelled' | null;
}

/**
 * Changes after a position, in (xid, seq) order, only of transactions older than every running one: whatever commits
 * later sorts later, so that nobody who resumes ever skips a change.
 */
export async function readChanges(
  sql: Sql,
  after: ChangePosition,
  limit: number,
): Promise<CommittedChange[]> {
  return await sql<CommittedChange[]>`
    select xid::text, seq::text, portal_id as "portalId", email_id as "emailId", connector_id as "connectorId",
           author_id as "authorId", packet_ref as "packetRef", left_as as "leftAs"
    from outbox_change
    where (xid, seq) > (${after.xid}::xid8, ${after.seq}::bigint)
      and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by xid, seq
    limit ${limit}`;
}

/** The place from which a new reader goes on, and whether changes are still held back by a running transaction. */
export async function latestPosition(sql: Sql): Promise<ChangePosition> {
  const [row] = await sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`;
  // Everything below this transaction is visible already; its own changes come next.
  return { xid: row?.xid ?? '0', seq: '-1' };
}

/** Whether every change after this position is still kept. */
export async function isResumable(sql: Sql, position: ChangePosition): Promise<boolean> {
  const [row] = await sql<{ resumable: boolean }[]>`
    select ${position.xid}::xid8 <= pg_snapshot_xmax(pg_current_snapshot()) and not exists (
      select from outbox_change_removed where (xid, seq) > (${position.xid}::xid8, ${position.seq}::bigint)
    ) as resumable`;
  return row?.resumable ?? false;
}

/** Whether changes were written after this position that cannot be read yet. */
export async function hasHeldBackChanges(sql: Sql, after: ChangePosition): Promise<boolean> {
  const rows = await sql`
    select from outbox_change where (xid, seq) > (${after.xid}::xid8, ${after.seq}::bigint) limit 1`;
  return rows.length > 0;
}

/** Rows for the feed, of one portal: listed ones with what decides who may see them. */
export async function readFeedRows(
  sql: Sql,
  portalId: string,
  ids: readonly string[],
): Promise<Map<string, OutboxEmail>> {
  const rows = await sql<OutboxRow[]>`
    ${outboxRows(sql)}
    where e.portal_id = ${portalId} and e.id = any(${[...ids]}::uuid[]) and e.listed and e.state <> 'cancelled'`;
  return new Map(rows.map((row) => [row.id, toOutboxEmail(row)]));
}

/** Forgets old changes and remembers how far. */
export async function removeOldChanges(sql: Sql): Promise<void> {
  await sql`
    with removed as (
      delete from outbox_change where created_at < now() - make_interval(mins => ${keptMinutes})
      returning xid, seq
    ), furthest as (
      select xid, seq from removed order by xid desc, seq desc limit 1
    )
    update outbox_change_removed r set xid = f.xid, seq = f.seq
    from furthest f where (f.xid, f.seq) > (r.xid, r.seq)`;
}
