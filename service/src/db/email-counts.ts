import type { DeliveryCause, OutboxFilter } from '@portal-outbox/contracts';
import type { StandingTally } from '../outbox/tally-statuses.ts';
import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { filteredBy } from './filtered-emails.ts';
import { seenEmails } from './seen-emails.ts';
import { seenMatches } from './seen-matches.ts';
import { isToldByStandings, seenStandings } from './seen-standings.ts';
import { listed } from './visible-emails.ts';

/** Which emails are counted: what is seen in a portal, and of it what matches. */
export interface CountedEmails {
  portalId: string;
  sight: Sight;
  filter: OutboxFilter;
}

/** What was read of the outbox, and of which moment it is true. */
export interface Reading<Value> extends Moment {
  value: Value;
  /** When all of it was counted; since then at most differences were added. */
  countedAt: Date;
}

export interface Moment {
  asOf: Date;
  /** What had been committed: PostgreSQL's `pg_snapshot`. */
  snapshot: string;
}

export interface Tallies {
  /** Of each connector that has any. */
  connectors: StandingTally[];
  oldestAt: Date | null;
}

/** How many there are. Cheaper than `readTallies` where a filter must look at the emails. */
export async function readTotal(sql: Sql, counted: CountedEmails): Promise<Reading<number>> {
  const { portalId, sight, filter } = counted;
  const source = isToldByStandings(filter)
    ? seenStandings(sql, portalId, sight, filter)
    : sql`select from ${matchingEmails(sql, counted)}`;
  const [row] = await sql<({ total: number } & Moment)[]>`
    select (select count(*) from (${source}) counted)::int as total, ${moment(sql)}`;
  const { total, asOf, snapshot } = demandRow(row);
  return { value: total, asOf, snapshot, countedAt: asOf };
}

/** How many there are of each connector and progress, and since when the oldest is in the outbox. */
export async function readTallies(sql: Sql, counted: CountedEmails): Promise<Reading<Tallies>> {
  const { portalId, sight, filter } = counted;
  const source = isToldByStandings(filter)
    ? seenStandings(sql, portalId, sight, filter)
    : sql`
        select e.connector_id, e.progress, e.submitted_at
        from ${matchingEmails(sql, counted)} join outbox_email e on e.id = matching.id`;
  const [row] = await sql<(Tallies & Moment)[]>`
    with tally as materialized (
      select e.connector_id, count(*) filter (where e.progress = 0) as failed,
             count(*) filter (where e.progress = 1) as tried, count(*) filter (where e.progress = 2) as fresh,
             min(e.submitted_at) as oldest_at
      from (${source}) e
      group by e.connector_id
    )
    select
      (select coalesce(json_agg(json_build_object(
         'connector', json_build_object('id', c.id, 'name', c.name, 'enabled', c.enabled),
         'failed', t.failed, 'tried', t.tried, 'fresh', t.fresh)), '[]')
       from tally t join connector c on c.id = t.connector_id) as connectors,
      (select min(oldest_at) from tally) as "oldestAt",
      ${moment(sql)}`;
  const { connectors, oldestAt, asOf, snapshot } = demandRow(row);
  return { value: { connectors, oldestAt }, asOf, snapshot, countedAt: asOf };
}

export interface CauseGroup {
  connector: { id: string; name: string };
  cause: DeliveryCause;
  total: number;
  failed: number;
  waiting: number;
  firstAt: Date | null;
  lastAt: Date | null;
  exampleReply: string;
}

/** Emails whose last attempt failed, by connector and cause, most first. */
export async function readCauses(sql: Sql, counted: CountedEmails): Promise<Reading<CauseGroup[]>> {
  const { portalId } = counted;
  const rows = await sql<(CauseGroup & Moment & { nothing: boolean })[]>`
    with message_group as materialized (
      -- All that is needed is in one index.
      select e.connector_id, e.failure_key, count(*)::int as total,
             (count(*) filter (where e.progress = 0))::int as failed,
             min(coalesce(e.first_failed_at, e.last_attempt_at)) as first_at, max(e.last_attempt_at) as last_at,
             min(e.id::text) as example_id
      from outbox_email e
      where ${matching(sql, counted)} and e.failure_key <> 0
      group by e.connector_id, e.failure_key
    ), cause_group as materialized (
      select g.connector_id, m.cause, sum(g.total)::int as total, sum(g.failed)::int as failed,
             min(g.first_at) as first_at, max(g.last_at) as last_at,
             -- Of the message that came last.
             (array_agg(g.example_id order by g.last_at desc nulls last, g.total desc))[1]::uuid as example_id
      from message_group g join failure_message m on m.portal_id = ${portalId} and m.key = g.failure_key
      group by g.connector_id, m.cause
    )
    select json_build_object('id', c.id, 'name', c.name) as connector, g.cause, g.total, g.failed,
           g.total - g.failed as waiting, g.first_at as "firstAt", g.last_at as "lastAt",
           coalesce(example.last_reply, '') as "exampleReply", g.total is null as nothing, ${moment(sql)}
    from (values (true)) as always
    left join cause_group g on true
    left join connector c on c.id = g.connector_id
    left join outbox_email example on example.id = g.example_id
    order by g.total desc, c.name, g.cause`;
  const { asOf, snapshot } = demandRow(rows[0]);
  const value = rows
    .filter((row) => !row.nothing)
    .map(({ connector, cause, total, failed, waiting, firstAt, lastAt, exampleReply }) => ({
      ...{ connector, cause, total, failed, waiting, firstAt, lastAt, exampleReply },
    }));
  return { value, asOf, snapshot, countedAt: asOf };
}

/**
 * Whether nothing of this portal has changed since a snapshot that people see: then what was read then is true now, at
 * the moment and snapshot returned; otherwise `null`.
 */
export async function readIfUnchanged(sql: Sql, portalId: string, snapshot: string): Promise<Moment | null> {
  const [row] = await sql<Moment[]>`
    select ${moment(sql)}
    where not exists (
      select from outbox_change
      where portal_id = ${portalId} and xid >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
        and not pg_visible_in_snapshot(xid, ${snapshot}::pg_snapshot)
        and bulk_id is null
    )`;
  return row ?? null;
}

/** What is in the list, seen and matches, as a FROM: `matching`, with its ids, each once. */
function matchingEmails(sql: Sql, { portalId, sight, filter }: CountedEmails) {
  const all = sql`select id from listed_email where portal_id = ${portalId}`;
  return sql`(${seenMatches(sql, portalId, sight, filter) ?? all}) matching`;
}

/** What is in the list, seen and matches, as a condition on `outbox_email e`. */
export function matching(sql: Sql, { portalId, sight, filter }: CountedEmails) {
  return sql`
    e.portal_id = ${portalId} and ${listed(sql)} and ${among(sql, seenEmails(sql, portalId, sight))}
    and ${filteredBy(sql, portalId, filter)}`;
}

function among(sql: Sql, seen: ReturnType<typeof seenEmails>) {
  return seen === null ? sql`true` : sql`e.id in (select id from (${seen}) seen)`;
}

/** When the oldest of what is seen was submitted, by the first place of each part. Not for a sight of system emails only. */
export function oldestSubmission(sql: Sql, portalId: string, sight: Sight) {
  if (sight.everything) {
    return sql`select min(e.submitted_at) from listed_email e where e.portal_id = ${portalId}`;
  }
  return sql`
    select min(first.submitted_at) from (
      select (select min(t.submitted_at) from email_team t where t.portal_id = ${portalId} and t.team_key = key)
        as submitted_at
      from unnest(${[...sight.teamKeys]}::int[]) as key
      union all
      select (select min(e.submitted_at) from listed_email e
              where e.portal_id = ${portalId} and e.author_id = author)
      from unnest(${[...sight.authorIds]}::text[]) as author
      union all
      select (select min(e.submitted_at) from listed_email e
              where e.portal_id = ${portalId} and e.packet_ref = packet)
      from unnest(${[...sight.packetRefs]}::text[]) as packet
      union all
      select (select min(e.submitted_at) from listed_email e
              where ${sight.systemMail} and e.portal_id = ${portalId} and e.author_id is null and e.packet_ref is null)
    ) first`;
}

/** The moment that a statement sees: what commits later it does not. */
export function moment(sql: Sql) {
  return sql`statement_timestamp() as "asOf", pg_current_snapshot()::text as snapshot`;
}

function demandRow<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error('A query of counts returned no row.');
  return row;
}
