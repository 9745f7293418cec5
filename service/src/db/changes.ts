import type { Sql } from './database.ts';

/** Keeps 15 minutes of changes; a reader that comes back later starts anew. */
export const keptMinutes = 15;

/** A place in the order in which changes are read: transaction, then sequence within it. */
export interface ChangePlace {
  xid: number;
  seq: number;
}

/** One row of `outbox_change`. With neither email nor connector nor bulk: more has changed than can be told one by one. */
export interface CommittedChange extends ChangePlace {
  portalId: string;
  emailId: string | null;
  connectorId: string | null;
  bulkId: string | null;
  /** Whose bulk operation it is. */
  userId: string | null;
  authorId: string | null;
  packetRef: string | null;
  /** Leaf teams of the email after the change, or as they were when it left; without an email, those whose mail changed hands. */
  teamKeys: number[];
  /** Set when the directory changed who sees the email: its leaf teams before. */
  teamKeysBefore: number[] | null;
  leftAs: 'sent' | 'cancelled' | null;
}

/**
 * Which transactions have ended, as PostgreSQL writes it (`xmin:xmax:running,…`), and the database's time. What a reader
 * of changes has had is exactly what such a snapshot shows, in whatever order transactions begin and end.
 */
export async function readSnapshot(sql: Sql): Promise<{ snapshot: string; time: Date }> {
  const [row] = await sql<{ snapshot: string; time: Date }[]>`
    select pg_current_snapshot()::text as snapshot, now() as time`;
  if (row === undefined) throw new Error('The snapshot query returned no row.');
  return row;
}

/** What was committed between two snapshots, in the order of `ChangePlace`, a page at a time. */
export async function readChanges(
  sql: Sql,
  since: string,
  until: string,
  after: ChangePlace | null,
  limit: number,
): Promise<CommittedChange[]> {
  const place =
    after === null ? sql`` : sql`and (xid, seq) > (${after.xid}::text::xid8, ${after.seq}::bigint)`;
  const page = (transactions: ReturnType<typeof columns>) => sql`(
    select ${columns(sql)} from outbox_change
    where ${transactions} and pg_visible_in_snapshot(xid, ${until}::pg_snapshot) ${place}
    order by xid, seq limit ${limit})`;
  // Two ranges of the primary key: what was running then, and what has begun since.
  return await sql<CommittedChange[]>`
    ${page(sql`xid = any(array(select pg_snapshot_xip(${since}::pg_snapshot)))`)}
    union all
    ${page(sql`xid >= pg_snapshot_xmax(${since}::pg_snapshot)`)}
    order by xid, seq
    limit ${limit}`;
}

export interface LatestChanges {
  /** In order. */
  changes: CommittedChange[];
  /** Every change of a transaction from this one on that `until` shows is among them. */
  from: number;
}

/** The latest changes that a snapshot shows: whole transactions, `limit` changes at most. */
export async function readLatestChanges(sql: Sql, until: string, limit: number): Promise<LatestChanges> {
  const rows = await sql<CommittedChange[]>`
    select ${columns(sql)} from outbox_change
    where xid < pg_snapshot_xmax(${until}::pg_snapshot) and pg_visible_in_snapshot(xid, ${until}::pg_snapshot)
    order by xid desc, seq desc limit ${limit}`;
  const changes = rows.toReversed();
  const first = changes[0];
  // The first transaction may have begun before the first row.
  if (first !== undefined && rows.length === limit) {
    return { changes: changes.filter(({ xid }) => xid > first.xid), from: first.xid + 1 };
  }
  // Read afterwards: what is removed meanwhile was read, or is below what this says.
  const [removed] = await sql<{ xid: number }[]>`
    select least(xid, pg_snapshot_xmax(${until}::pg_snapshot))::text::bigint as xid from outbox_change_removed`;
  return { changes, from: (removed?.xid ?? 0) + 1 };
}

/** Forgets old changes and remembers how far. */
export async function removeOldChanges(sql: Sql): Promise<void> {
  await sql`
    with removed as (
      delete from outbox_change c using outbox_change_removed r
      where c.created_at < now() - make_interval(mins => ${keptMinutes})
        and pg_visible_in_snapshot(c.xid, r.clean_up)
      returning c.xid, c.seq
    ), forgotten as (
      delete from sight_change s using outbox_change_removed r
      where s.created_at < now() - make_interval(mins => ${keptMinutes})
        and pg_visible_in_snapshot(s.xid, r.clean_up)
    ), furthest as (
      select xid, seq from removed order by xid desc, seq desc limit 1
    )
    update outbox_change_removed r
    set clean_up = pg_current_snapshot(),
        xid = greatest(r.xid, (select xid from furthest)), seq = coalesce((select seq from furthest), r.seq)`;
}

function columns(sql: Sql) {
  return sql`
    xid::text::bigint as xid, seq, portal_id as "portalId", email_id as "emailId", connector_id as "connectorId",
    bulk_id as "bulkId", user_id as "userId", author_id as "authorId", packet_ref as "packetRef",
    team_keys as "teamKeys", team_keys_before as "teamKeysBefore", left_as as "leftAs"`;
}
