import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { allOf, changingConditions, lastingConditions } from './filtered-emails.ts';
import type { Fragment, ListOrder } from './list-order.ts';
import { beyond, inOrder, placeColumns, type ListReading } from './list-places.ts';
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

/** The same of a few emails that may match: each is asked whether it is seen and does. */
export function findPage(sql: Sql, asked: AskedPage, ids: readonly string[]): Fragment {
  const { portalId, sight, filter } = asked;
  const changing = changingConditions(sql, portalId, filter, { of: 'each', row: sql`e` });
  return sortedPage(
    sql,
    asked,
    [sql`e.id = any(${[...ids]}::uuid[])`, isSeenOneByOne(sql, portalId, sight)],
    changing,
  );
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
  const keys = order.keys.map(({ type }, index) => ({ type, value: sql`e.${sql(`key_${index}`)}` }));
  const gathered = { ...order, keys, isEmpty: order.isEmpty && sql`e.empty` };
  const [first = sql``, ...others] = order.keys.map(
    ({ value }, index) => sql`${value} as ${sql(`key_${index}`)}`,
  );
  return sql`
    select ${placeColumns(sql, gathered)}
    from (
      select e.id, ${order.isEmpty ?? sql`false`} as empty, ${others.reduce((all, key) => sql`${all}, ${key}`, first)}
      from (${emails}) e ${order.join ?? sql``}
      -- All of it: PostgreSQL must not bet on a page's worth of it coming early in the order.
      offset 0
    ) e
    where ${beyond(sql, gathered, reading)}
    order by ${inOrder(sql, gathered, reading.backwards)}
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
