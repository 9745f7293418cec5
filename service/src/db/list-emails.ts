import type { OutboxEmail, OutboxFilter, OutboxSort } from '@portal-outbox/contracts';
import { listBounds, listWays, type ListBounds, type ListWay, type PageFacts } from '../outbox/list-way.ts';
import type { ReadScope, Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { foundIds, matchingIds } from './filtered-emails.ts';
import type { Fragment } from './list-order.ts';
import { readOrder } from './list-orders.ts';
import { mergeNewest, streamNewest } from './list-merges.ts';
import { countEach, countSeen, findPage, gatherPage, type AskedPage } from './list-pages.ts';
import type { ListPlace, ListReading } from './list-places.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from './outbox-rows.ts';
import { readPage, type PageRow } from './page-rows.ts';
import { visibleByDirectory } from './visible-emails.ts';
import { walkList } from './walk-list.ts';

/** What a list shows. */
export interface ListQuestion {
  portalId: string;
  sight: Sight;
  filter: OutboxFilter;
  sort: OutboxSort;
  /** Of the causes' meanings, where they are sorted by. */
  language: 'en' | 'fr';
}

export interface ListedEmails {
  items: OutboxEmail[];
  first: ListPlace | null;
  last: ListPlace | null;
  /** There is at least one more in the direction that was read. */
  more: boolean;
}

/** One page, in the order asked for. */
export async function listEmails(
  sql: Sql,
  question: ListQuestion,
  reading: ListReading,
  limit: number,
  bounds: ListBounds = listBounds,
): Promise<ListedEmails> {
  const { portalId, sight, filter, sort, language } = question;
  const order = await readOrder(sql, portalId, sort, language, filter);
  // One more than shown: whether there is a next page.
  const asked: AskedPage = { portalId, sight, filter, order, reading, limit: limit + 1 };
  const rows = await readRowsOfPage(sql, asked, bounds);
  const page = rows.slice(0, limit);
  if (reading.backwards) page.reverse();
  return {
    items: page.map(toOutboxEmail),
    first: placeOf(page[0]),
    last: placeOf(page.at(-1)),
    more: rows.length > limit,
  };
}

async function readRowsOfPage(sql: Sql, asked: AskedPage, bounds: ListBounds): Promise<PageRow[]> {
  const { sight, filter, order } = asked;
  const facts: PageFacts = {
    ...{ sight, bySubmission: order.bySubmission, filtered: Object.keys(filter).length > 0 },
    ...{ searched: filter.search !== undefined, seesFew: null, fewMatch: null },
  };
  let matching: string[] | null = null;
  for (;;) {
    const { ways, ask } = listWays(facts, bounds);
    for (const way of ways) {
      const rows = await readBy(sql, asked, way, { bounds, matching: matching ?? [], facts });
      if (rows !== null) return rows;
    }
    if (ask === undefined) throw new Error('No way led to a page.');
    if (ask === 'seesFew') {
      const [seen = 0] = await readCounts(sql, countSeen(sql, asked, bounds.few));
      facts.seesFew = seen < bounds.few;
    } else {
      matching = await readFewMatching(sql, asked, bounds.few);
      facts.fewMatch = matching !== null;
    }
  }
}

/** `null`: it gave up. */
async function readBy(
  sql: Sql,
  asked: AskedPage,
  way: ListWay,
  { bounds, matching, facts }: { bounds: ListBounds; matching: readonly string[]; facts: PageFacts },
): Promise<PageRow[] | null> {
  if (way === 'merge')
    return await readPage(sql, facts.filtered ? streamNewest(sql, asked, null) : mergeNewest(sql, asked));
  if (way === 'find') return await readPage(sql, findPage(sql, asked, matching));
  if (way === 'mergeGlance') {
    const rows = await readPage(sql, streamNewest(sql, asked, bounds.glance));
    return rows.length < asked.limit ? null : rows;
  }
  if (way === 'walk' || way === 'glance') return await walkList(sql, asked, bounds[way]);
  return await readPage(sql, gatherPage(sql, asked, facts.seesFew === true));
}

/** The emails that match the rarest condition of the filter; `null` when that are more than a few. */
async function readFewMatching(
  sql: Sql,
  { portalId, filter }: AskedPage,
  few: number,
): Promise<string[] | null> {
  const sets = matchingIds(sql, portalId, filter);
  const counts = sets.length === 0 ? [] : await readCounts(sql, countEach(sql, sets, few));
  const least = Math.min(...counts);
  // A search is looked up only where nothing else is rare.
  const rarest =
    least < few
      ? sets[counts.indexOf(least)]
      : filter.search === undefined
        ? undefined
        : foundIds(sql, portalId, filter.search);
  if (rarest === undefined) return null;
  const rows = await sql<{ id: string }[]>`select id from (${rarest}) ids limit ${few}`;
  return rows.length < few ? rows.map(({ id }) => id) : null;
}

async function readCounts(sql: Sql, counts: Fragment): Promise<number[]> {
  const [row] = await sql<{ counts: number[] }[]>`${counts}`;
  return row?.counts ?? [];
}

function placeOf(row: PageRow | undefined): ListPlace | null {
  return row === undefined ? null : { empty: row.place_empty, keys: row.place_keys, id: row.id };
}

/** The rows with these ids that this reader may see, listed or not, cancelled ones left out. */
export async function readRows(sql: Sql, scope: ReadScope, ids: readonly string[]): Promise<OutboxEmail[]> {
  const rows = await sql<OutboxRow[]>`
    ${outboxRows(sql)}
    where ${visibleByDirectory(sql, scope)} and e.id = any(${[...ids]}::uuid[]) and e.state <> 'cancelled'`;
  return rows.map(toOutboxEmail);
}
