import type { Sql } from './database.ts';
import { allOf, changingConditions, datesOf, lastingConditions } from './filtered-emails.ts';
import type { Fragment, ListRun, ListSegment } from './list-order.ts';
import type { AskedPage } from './list-pages.ts';
import { by, direction, placeColumns } from './list-places.ts';
import { isSeenOneByOne, listed } from './visible-emails.ts';

/**
 * The segments that a reading goes through, in its order; the first begins at the place that is read from. `null`: there
 * is no such segment any more.
 */
export function segmentsFrom({ order, reading }: AskedPage): ListSegment[] | null {
  if (order.segments === null) return null;
  const all = reading.backwards ? order.segments.toReversed() : order.segments;
  const { from } = reading;
  if (from === null) return all;
  const first = all.findIndex((segment) => segment.holds(from));
  return first === -1 ? null : all.slice(first);
}

/** The emails of a run from the place asked for, in order, `most` at most. */
export function emailsOf(
  sql: Sql,
  { portalId, order, reading, sight, filter }: AskedPage,
  run: ListRun,
  most: number,
): Fragment {
  const { from, backwards } = reading;
  const inOrder = by(sql, run.keys, order.descending === backwards);
  const isListed = order.source === 'listed_email' ? sql`true` : listed(sql);
  const source = order.source === 'listed_email' ? sql`listed_email` : sql`outbox_email`;
  // An index has the system's emails for themselves.
  const ofSystem = sight.systemOnly || filter.systemGenerated === true ? sql`and e.author_id is null` : sql``;
  // Days are a stretch of the order of submission.
  const ofDays = order.bySubmission ? lastingConditions(sql, datesOf(filter)) : [];
  const beyond =
    from === null ? sql`` : sql`and ${run.beyond(from, direction(sql, order.descending, backwards))}`;
  const [first = sql``, ...others] = run.stretches.map(
    (stretch) => sql`
      select e.* from ${source} e
      where e.portal_id = ${portalId} and ${isListed} and ${stretch} ${ofSystem} ${beyond}
        and ${allOf(sql, ofDays)}
      order by ${inOrder} limit ${most}`,
  );
  if (others.length === 0) return first;
  const all = others.reduce((some, one) => sql`${some} union all (${one})`, sql`(${first})`);
  return sql`select e.* from (${all}) e order by ${inOrder} limit ${most}`;
}

/** Goes through a run and asks each email whether it is seen and matches. */
export function walkRun(
  sql: Sql,
  asked: AskedPage,
  segment: ListSegment,
  run: ListRun,
  most: number,
): Fragment {
  const { portalId, sight, filter, order, reading, limit } = asked;
  const isLasting = order.source === 'listed_email';
  const row = isLasting ? sql`changing` : sql`e`;
  const changing = changingConditions(sql, portalId, filter, { of: 'each', row });
  const joined =
    isLasting && changing.length > 0 ? sql`join outbox_email changing on changing.id = e.id` : sql``;
  return sql`
    select ${placeColumns(sql, { ...order, isEmpty: segment.empty ? sql`true` : null })}
    from (${emailsOf(sql, asked, run, most)}) e ${joined} ${order.join ?? sql``}
    where ${isSeenOneByOne(sql, portalId, sight)} and ${allOf(sql, [...lastingConditions(sql, filter), ...changing])}
    order by ${by(sql, run.keys, order.descending === reading.backwards)}
    limit ${limit}`;
}

/** How many emails such a walk passes: fewer than `most` mean that it came to the end. */
export function countRun(sql: Sql, asked: AskedPage, run: ListRun, most: number): Fragment {
  return sql`select count(*)::int as length from (${emailsOf(sql, asked, run, most)}) e`;
}
