import type { OutboxEmail, OutboxView } from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from './outbox-rows.ts';
import { listed, visibleTo } from './visible-emails.ts';

/** A place in the order "newest submission first": microseconds since 1970, ties by id. */
export interface ListPosition {
  submittedAtMicros: string;
  id: string;
}

export interface ListedEmails {
  items: OutboxEmail[];
  first: ListPosition | null;
  last: ListPosition | null;
  /** There is at least one more in the direction that was read. */
  more: boolean;
}

/** One page, newest first: after `after`, or the page that ends before `before`. */
export async function listEmails(
  sql: Sql,
  scope: ReadScope,
  view: OutboxView,
  limit: number,
  at: { after: ListPosition } | { before: ListPosition } | null,
): Promise<ListedEmails> {
  const backwards = at !== null && 'before' in at;
  const place = at === null ? null : 'after' in at ? at.after : at.before;
  const beyond =
    place === null
      ? sql`true`
      : sql`(e.submitted_at, e.id) ${backwards ? sql`>` : sql`<`} (
          timestamptz 'epoch' + ${place.submittedAtMicros}::bigint * interval '1 microsecond', ${place.id}::uuid)`;
  const order = backwards ? sql`e.submitted_at, e.id` : sql`e.submitted_at desc, e.id desc`;
  const rows = await sql<(OutboxRow & { micros: string })[]>`
    select r.*, (extract(epoch from r.submitted_at) * 1000000)::bigint::text as micros
    from (
      ${outboxRows(sql)}
      where ${visibleTo(sql, scope, view)} and ${listed(sql)} and ${beyond}
      order by ${order}
      limit ${limit + 1}
    ) r`;
  const page = rows.slice(0, limit);
  if (backwards) page.reverse();
  const position = (row: (typeof page)[number] | undefined): ListPosition | null =>
    row === undefined ? null : { submittedAtMicros: row.micros, id: row.id };
  return {
    items: page.map(toOutboxEmail),
    first: position(page[0]),
    last: position(page.at(-1)),
    more: rows.length > limit,
  };
}

/** The total of a view, and how many of it have failed. */
export async function countEmails(
  sql: Sql,
  scope: ReadScope,
  view: OutboxView,
): Promise<{ total: number; failed: number }> {
  const [row] = await sql<{ total: number; failed: number }[]>`
    select count(*)::int as total, (count(*) filter (where e.state = 'failed'))::int as failed
    from outbox_email e
    where ${visibleTo(sql, scope, view)} and ${listed(sql)}`;
  return row ?? { total: 0, failed: 0 };
}

/** The rows with these ids that this reader may see, listed or not, cancelled ones left out. */
export async function readRows(sql: Sql, scope: ReadScope, ids: readonly string[]): Promise<OutboxEmail[]> {
  const rows = await sql<OutboxRow[]>`
    ${outboxRows(sql)}
    where ${visibleTo(sql, scope)} and e.id = any(${[...ids]}::uuid[]) and e.state <> 'cancelled'`;
  return rows.map(toOutboxEmail);
}
