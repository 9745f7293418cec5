import type { OutboxEmail, OutboxFilter, OutboxSort } from '@portal-outbox/contracts';
import { listBounds, listWays, type ListBounds, type ListWay, type PageFacts } from '../outbox/list-way.ts';
import type { ReadScope, Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { matchingIds } from './filtered-emails.ts';
import type { Fragment, ListRun } from './list-order.ts';
import { isBySubmission, readOrder } from './list-orders.ts';
import { countEach, countSeen, findPage, gatherPage, mergeNewest, type AskedPage } from './list-pages.ts';
import type { ListPlace, ListReading } from './list-places.ts';
import { countRun, segmentsFrom, walkRun } from './list-walks.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from './outbox-rows.ts';
import { visibleByDirectory } from './visible-emails.ts';

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
  const order = await readOrder(sql, portalId, sort, language);
  // One more than shown: whether there is a next page.
  const asked: AskedPage = { portalId, sight, filter, order, reading, limit: limit + 1 };
  const rows = await readRowsOfPage(sql, asked, isBySubmission(sort), bounds);
  const page = rows.slice(0, limit);
  if (reading.backwards) page.reverse();
  return {
    items: page.map(toOutboxEmail),
    first: placeOf(page[0]),
    last: placeOf(page.at(-1)),
    more: rows.length > limit,
  };
}

type PageRow = OutboxRow & { place_empty: boolean; place_keys: string[] };

async function readRowsOfPage(
  sql: Sql,
  asked: AskedPage,
  bySubmission: boolean,
  bounds: ListBounds,
): Promise<PageRow[]> {
  const { portalId, sight, filter } = asked;
  const facts: PageFacts = {
    ...{
      sight,
      bySubmission,
      filtered: Object.keys(filter).length > 0,
      searched: filter.search !== undefined,
    },
    ...{ seesFew: null, fewMatch: null },
  };
  const sets = matchingIds(sql, portalId, filter);
  let rarest: Fragment | undefined;
  for (;;) {
    const { ways, then } = listWays(facts, bounds);
    for (const way of ways) {
      const rows = await readBy(sql, asked, way, { bounds, rarest, seesFew: facts.seesFew === true });
      if (rows !== null) return rows;
    }
    if (then === undefined) throw new Error('No way led to a page.');
    const [counted] = await sql<{ counts: number[] }[]>`
      ${then === 'seesFew' ? countSeen(sql, asked, bounds.few) : countEach(sql, sets, bounds.few)}`;
    const counts = counted?.counts ?? [];
    const least = Math.min(...counts);
    facts[then] = least < bounds.few;
    if (then === 'fewMatch') rarest = sets[counts.indexOf(least)];
  }
}

/** `null`: it gave up. */
async function readBy(
  sql: Sql,
  asked: AskedPage,
  way: ListWay,
  { bounds, rarest, seesFew }: { bounds: ListBounds; rarest: Fragment | undefined; seesFew: boolean },
): Promise<PageRow[] | null> {
  if (way === 'merge') return await readPage(sql, mergeNewest(sql, asked));
  if (way === 'find' && rarest !== undefined) return await readPage(sql, findPage(sql, asked, rarest));
  if (way === 'walk' || way === 'glance') return await walk(sql, asked, bounds[way]);
  return await readPage(sql, gatherPage(sql, asked, seesFew));
}

/** More segments are not gone through for one page. */
const mostSegments = 20;

/** `null`: it gave up. */
async function walk(sql: Sql, asked: AskedPage, most: number): Promise<PageRow[] | null> {
  const segments = segmentsFrom(asked);
  if (segments === null) return null;
  const rows: PageRow[] = [];
  for (const [passed, { runs }] of segments.entries()) {
    const missing = asked.limit - rows.length;
    if (missing === 0) return rows;
    if (runs === null || passed === mostSegments) return null;
    // What is read from is in the first one.
    const reading = passed === 0 ? asked.reading : { ...asked.reading, from: null };
    const found: PageRow[][] = [];
    for (const run of runs) {
      const ofRun = await walkToEnd(sql, { ...asked, reading, limit: missing }, run, most);
      if (ofRun === null) return null;
      found.push(ofRun);
    }
    rows.push(...merge(found, asked).slice(0, missing));
  }
  return rows;
}

async function walkToEnd(sql: Sql, asked: AskedPage, run: ListRun, most: number): Promise<PageRow[] | null> {
  const rows = await readPage(sql, walkRun(sql, asked, run, most));
  if (rows.length === asked.limit) return rows;
  const [walked] = await sql<{ length: number }[]>`${countRun(sql, asked, run, most)}`;
  return walked?.length === most ? null : rows;
}

/** One run, or runs by time: what PostgreSQL writes for an instant in UTC sorts as text. */
function merge(runs: PageRow[][], { order, reading }: AskedPage): PageRow[] {
  if (runs.length < 2) return runs[0] ?? [];
  const sign = order.descending === reading.backwards ? 1 : -1;
  const text = (row: PageRow): string => [...row.place_keys, row.id].join(' ');
  return runs.flat().toSorted((a, b) => (text(a) < text(b) ? -sign : sign));
}

async function readPage(sql: Sql, page: Fragment): Promise<PageRow[]> {
  return await sql<PageRow[]>`
    select shown.*, page.empty as place_empty, page.keys as place_keys
    from (select *, row_number() over () as nth from (${page}) unnumbered) page
    cross join lateral (${outboxRows(sql)} where e.id = page.id) shown
    order by page.nth`;
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
