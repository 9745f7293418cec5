import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { allOf, changingConditions, lastingConditions } from './filtered-emails.ts';
import type { Fragment, ListOrder } from './list-order.ts';
import { beyond, by, inOrder, placeColumns, type ListReading } from './list-places.ts';
import { seenEmails } from './seen-emails.ts';
import { listed } from './visible-emails.ts';

/** Which emails, in which order, from where, and how many at most. */
export interface AskedPage {
  portalId: string;
  sight: Sight;
  filter: OutboxFilter;
  order: ListOrder;
  reading: ListReading;
  limit: number;
}

/*
 * Ways to the same page, each as `select id, empty, keys`, beside those of list-walks.ts. Which one is for whom:
 * outbox/list-way.ts.
 */

/** Gathers everything that is seen and matches, and sorts it: what it costs depends on how much that is. */
export function gatherPage(sql: Sql, asked: AskedPage): Fragment {
  const { portalId, sight, filter, order, reading, limit } = asked;
  const changing = changingConditions(sql, portalId, filter);
  const lasting = lastingConditions(sql, filter);
  const seen = seenEmails(sql, portalId, sight);
  const among = seen === null ? sql`true` : sql`e.id in (select id from (${seen}) seen)`;
  const matches = sql`e.portal_id = ${portalId} and ${among} and ${allOf(sql, [...lasting, ...changing])}`;
  const changingOnes = sql`from outbox_email e where ${listed(sql)} and ${matches}`;
  // What changes is read only where it is asked for.
  const emails =
    order.source === 'outbox_email'
      ? sql`select e.* ${changingOnes}`
      : changing.length > 0
        ? sql`
            select l.* from listed_email l
            where l.portal_id = ${portalId} and l.id in (select e.id ${changingOnes})`
        : sql`select e.* from listed_email e where ${matches}`;
  return sql`
    select ${placeColumns(sql, order)}
    from (${emails}) e ${order.join ?? sql``}
    where ${beyond(sql, order, reading)}
    order by ${inOrder(sql, order, reading.backwards)}
    limit ${limit}`;
}

/** Newest or oldest submissions of each part of what is seen, as many as the page holds, merged. Matches no filter. */
export function mergeNewest(sql: Sql, asked: AskedPage): Fragment {
  const { portalId, sight, order, reading, limit } = asked;
  const inOrderOfSubmission = by(sql, [sql`e.submitted_at`], order.descending === reading.backwards);
  const top = sql`and ${beyond(sql, order, reading)} order by ${inOrderOfSubmission} limit ${limit}`;
  const ofEach = (values: Fragment, emails: Fragment): Fragment => sql`
    select newest.id, newest.submitted_at from unnest(${values}) part cross join lateral (${emails} ${top}) newest`;
  const parts = [
    sight.authorIds.length > 0 &&
      ofEach(
        sql`${[...sight.authorIds]}::text[]`,
        sql`select e.id, e.submitted_at from listed_email e where e.portal_id = ${portalId} and e.author_id = part`,
      ),
    sight.packetRefs.length > 0 &&
      ofEach(
        sql`${[...sight.packetRefs]}::text[]`,
        sql`select e.id, e.submitted_at from listed_email e where e.portal_id = ${portalId} and e.packet_ref = part`,
      ),
    sight.teamKeys.length > 0 &&
      ofEach(
        sql`${[...sight.teamKeys]}::int[]`,
        sql`select e.id, e.submitted_at
            from (select portal_id, team_key, submitted_at, email_id as id from email_team) e
            where e.portal_id = ${portalId} and e.team_key = part`,
      ),
    sight.systemMail &&
      sql`(
        select e.id, e.submitted_at from listed_email e
        where e.portal_id = ${portalId} and e.author_id is null and e.packet_ref is null ${top})`,
  ].filter((part) => part !== false);
  const [first = sql`select null::uuid as id, null::timestamptz as submitted_at where false`, ...others] =
    parts;
  return sql`
    select ${placeColumns(sql, order)}
    from (${others.reduce((some, part) => sql`${some} union ${part}`, first)}) e
    order by ${inOrderOfSubmission}
    limit ${limit}`;
}

/** How many emails are seen, counted up to `most`. */
export function countSeen(sql: Sql, { portalId, sight }: AskedPage, most: number): Fragment {
  const { authorIds, packetRefs, teamKeys, systemMail } = sight;
  const parts = [
    sql`select from email_team where portal_id = ${portalId} and team_key = any(${[...teamKeys]}::int[])`,
    sql`select from listed_email where portal_id = ${portalId} and author_id = any(${[...authorIds]}::text[])`,
    sql`select from listed_email where portal_id = ${portalId} and packet_ref = any(${[...packetRefs]}::text[])`,
    sql`select from listed_email
        where portal_id = ${portalId} and author_id is null and packet_ref is null and ${systemMail}`,
  ].map((part) => sql`(${part} limit ${most})`);
  const [first = sql``, ...others] = parts;
  return sql`
    select least(count(*), ${most})::int as seen
    from (${others.reduce((some, part) => sql`${some} union all ${part}`, first)}) parts`;
}
