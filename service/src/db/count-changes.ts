import type { StandingTally } from '../outbox/tally-statuses.ts';
import type { Sql } from './database.ts';
import {
  moment,
  oldestSubmission,
  type CountedEmails,
  type Moment,
  type Reading,
  type Tallies,
} from './email-counts.ts';
import { isSeenInChange } from './visible-emails.ts';

/** More changes than this are not added up: everything is counted again. */
const mostChanges = 20_000;

/**
 * Brings tallies up to now by what has changed since, which costs little however many emails there are. `null` where that
 * does not tell: after an import, after changes of the directory (whatever was under way beside them carries the teams of
 * before), after too much, and where not everything of what is seen is counted.
 */
export async function catchUpTallies(
  sql: Sql,
  counted: CountedEmails,
  before: Reading<Tallies>,
): Promise<Reading<Tallies> | null> {
  const changes = await readDifference(sql, counted, before);
  if (changes === null) return null;
  const known = new Map(before.value.connectors.map((tally) => [tally.connector.id, tally]));
  const connectors = changes.connectors
    .map(({ connector, failed, tried, fresh }) => {
      const old = known.get(connector.id) ?? { failed: 0, tried: 0, fresh: 0 };
      return { connector, failed: old.failed + failed, tried: old.tried + tried, fresh: old.fresh + fresh };
    })
    .filter(({ failed, tried, fresh }) => failed !== 0 || tried !== 0 || fresh !== 0);
  const { asOf, snapshot, oldestAt } = changes;
  return { value: { connectors, oldestAt }, asOf, snapshot, countedAt: before.countedAt };
}

/** The same for the total alone. */
export async function catchUpTotal(
  sql: Sql,
  counted: CountedEmails,
  before: Reading<number>,
): Promise<Reading<number> | null> {
  const changes = await readDifference(sql, counted, before);
  if (changes === null) return null;
  const { asOf, snapshot, connectors } = changes;
  const value = connectors.reduce(
    (total, { failed, tried, fresh }) => total + failed + tried + fresh,
    before.value,
  );
  return { value, asOf, snapshot, countedAt: before.countedAt };
}

interface Difference extends Moment {
  /** By how much the tallies of each connector of the portal differ. */
  connectors: StandingTally[];
  oldestAt: Date | null;
}

async function readDifference(
  sql: Sql,
  counted: CountedEmails,
  { snapshot, countedAt }: Reading<unknown>,
): Promise<Difference | null> {
  const { portalId, sight, filter } = counted;
  if (Object.keys(filter).length > 0 || sight.systemOnly) return null;
  const differenceOf = (progress: number) => sql`(
    count(*) filter (where e.progress_after = ${progress}) - count(*) filter (where e.progress_before = ${progress}))::int`;
  const [row] = await sql<(Difference & { unclear: boolean })[]>`
    with change as materialized (
      select * from outbox_change
      where portal_id = ${portalId} and xid >= pg_snapshot_xmin(${snapshot}::pg_snapshot)
        and not pg_visible_in_snapshot(xid, ${snapshot}::pg_snapshot)
        and bulk_id is null and connector_id is null
      limit ${mostChanges + 1}
    ), difference as materialized (
      select e.mail_connector_id as connector_id, ${differenceOf(0)} as failed, ${differenceOf(1)} as tried,
             ${differenceOf(2)} as fresh
      from change e
      where ${isSeenInChange(sql, portalId, sight)}
      group by e.mail_connector_id
    )
    select
      (select count(*) > ${mostChanges} or count(*) <> count(mail_connector_id) from change) or exists (
        select from sight_change
        where portal_id = ${portalId} and created_at > ${countedAt}::timestamptz - interval '10 seconds'
      ) as unclear,
      (select coalesce(json_agg(json_build_object(
         'connector', json_build_object('id', c.id, 'name', c.name, 'enabled', c.enabled),
         'failed', coalesce(d.failed, 0), 'tried', coalesce(d.tried, 0), 'fresh', coalesce(d.fresh, 0))), '[]')
       from connector c left join difference d on d.connector_id = c.id
       where c.portal_id = ${portalId}) as connectors,
      (${oldestSubmission(sql, portalId, sight)}) as "oldestAt",
      ${moment(sql)}`;
  return row === undefined || row.unclear ? null : row;
}
