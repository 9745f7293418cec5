import type { Sql } from './database.ts';
import type { Fragment } from './list-order.ts';
import { outboxRows, type OutboxRow } from './outbox-rows.ts';

/** A row of a page, and its place in the order. */
export type PageRow = OutboxRow & { place_empty: boolean; place_keys: string[] };

/** @param page `select id, empty, keys`, in order */
export async function readPage(sql: Sql, page: Fragment): Promise<PageRow[]> {
  return await sql<PageRow[]>`
    select shown.*, page.empty as place_empty, page.keys as place_keys
    from (select *, row_number() over () as nth from (${page}) unnumbered) page
    cross join lateral (${outboxRows(sql)} where e.id = page.id) shown
    order by page.nth`;
}
