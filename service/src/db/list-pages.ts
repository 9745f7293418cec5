import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { allOf, changingConditions, lastingConditions } from './filtered-emails.ts';
import type { Fragment, ListOrder } from './list-order.ts';
import { beyond, by, inOrder, placeColumns, type ListReading } from './list-places.ts';
import { seenEmails } from './seen-emails.ts';
import { isSeenOneByOne, listed } from './visible-emails.ts';

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

/** Gathers everything that is seen and matches, and sorts it: what it costs depends on how much is seen. */
export function gatherPage(sql: Sql, asked: AskedPage, few: boolean): Fragment {
  const { portalId, sight, filter } = asked;
  const seen = seenEmails(sql, portalId, sight);
  const among = seen === null ? sql`true` : sql`e.id in (select id from (${seen}) seen)`;
  const changing = changingConditions(sql, portalId, filter, { of: few ? 'each' : 'set', row: sql`e` });
  return sortedPage(sql, asked, [among], changing);
}

/** The same where a condition of the filter matches few emails, `ids`: each is asked whether it is seen and matches. */
export function findPage(sql: Sql, asked: AskedPage, ids: Fragment): Fragment {
  const { portalId, sight, filter } = asked;
  const changing = changingConditions(sql, portalId, filter, { of: 'each', row: sql`e` });
  return sortedPage(sql, asked, [sql`e.id in (${ids})`, isSeenOneByOne(sql, portalId, sight)], changing);
}

function sortedPage(sql: Sql, asked: AskedPage, among: Fragment[], changing: Fragment[]): Fragment {
  const { portalId, filter, order, reading, limit } = asked;
  const matches = allOf(sql, [
    ...[sql`e.portal_id = ${portalId}`, ...among],
    ...[...lastingConditions(sql, filter), ...changing],
  ]);
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

/** Newest or oldest submissions of each part of what is seen that match, as many as the page holds, merged. */
export function mergeNewest(sql: Sql, asked: AskedPage): Fragment {
  const { portalId, sight, filter, order, reading, limit } = asked;
  const inOrderOfSubmission = by(sql, [sql`e.submitted_at`], order.descending === reading.backwards);
  const changing = changingConditions(sql, portalId, filter, { of: 'each', row: sql`changing` });
  const joined = changing.length > 0 ? sql`join outbox_email changing on changing.id = e.id` : sql``;
  const lasting = [
    ...(sight.systemOnly ? [sql`e.author_id is null`] : []),
    ...lastingConditions(sql, filter),
  ];
  const newest = (emails: Fragment, condition: Fragment): Fragment => sql`
    select e.id, e.submitted_at from ${emails} e ${joined}
    where e.portal_id = ${portalId} and ${condition} and ${beyond(sql, order, reading)}
      and ${allOf(sql, [...lasting, ...changing])}
    order by ${inOrderOfSubmission} limit ${limit}`;
  const ofEach = (values: Fragment, emails: Fragment): Fragment => sql`
    select newest.id, newest.submitted_at from unnest(${values}) part cross join lateral (${emails}) newest`;
  const ofTeams =
    lasting.length + changing.length === 0
      ? sql`(select portal_id, team_key, submitted_at, email_id as id from email_team)`
      : sql`(
          select t.portal_id, t.team_key, t.submitted_at, t.email_id as id, l.connector_id, l.author_id, l.packet_type,
                 l.importance, l.attachment_count
          from email_team t join listed_email l on l.id = t.email_id)`;
  const parts = [
    sight.authorIds.length > 0 &&
      ofEach(sql`${[...sight.authorIds]}::text[]`, newest(sql`listed_email`, sql`e.author_id = part`)),
    sight.packetRefs.length > 0 &&
      ofEach(sql`${[...sight.packetRefs]}::text[]`, newest(sql`listed_email`, sql`e.packet_ref = part`)),
    sight.teamKeys.length > 0 &&
      ofEach(sql`${[...sight.teamKeys]}::int[]`, newest(ofTeams, sql`e.team_key = part`)),
    sight.systemMail &&
      sql`(${newest(sql`listed_email`, sql`e.author_id is null and e.packet_ref is null`)})`,
  ].filter((part) => part !== false);
  const [first = sql`select null::uuid as id, null::timestamptz as submitted_at where false`, ...others] =
    parts;
  return sql`
    select ${placeColumns(sql, order)}
    from (${others.reduce((some, part) => sql`${some} union ${part}`, first)}) e
    order by ${inOrderOfSubmission}
    limit ${limit}`;
}

/** How many emails are seen, as `counts`: no fewer than there are, and each part counted up to `most` only. */
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
    select array[count(*)::int] as counts
    from (${others.reduce((some, part) => sql`${some} union all ${part}`, first)}) parts`;
}

/** For each of these sets of ids how many there are, as `counts`, counted up to `most`. */
export function countEach(sql: Sql, sets: readonly Fragment[], most: number): Fragment {
  const counts = sets.map(
    (ids) => sql`(select count(*)::int from (select from (${ids}) ids limit ${most}) counted)`,
  );
  const [first = sql``, ...others] = counts;
  return sql`select array[${others.reduce((all, count) => sql`${all}, ${count}`, first)}]::int[] as counts`;
}
