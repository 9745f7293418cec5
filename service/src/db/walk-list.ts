import type { Sql } from './database.ts';
import type { ListRun, ListSegment } from './list-order.ts';
import type { AskedPage } from './list-pages.ts';
import { countRun, segmentsFrom, walkRun } from './list-walks.ts';
import { readPage, type PageRow } from './page-rows.ts';

/** More segments are not gone through for one page. */
const mostSegments = 20;

/** Reads a page by walks through the segments of its order, of `most` emails each. `null`: it gave up. */
export async function walkList(sql: Sql, asked: AskedPage, most: number): Promise<PageRow[] | null> {
  const segments = segmentsFrom(asked);
  if (segments === null) return null;
  const rows: PageRow[] = [];
  for (const [passed, segment] of segments.entries()) {
    const missing = asked.limit - rows.length;
    if (missing === 0) return rows;
    if (segment.runs === null || passed === mostSegments) return null;
    // What is read from is in the first one.
    const reading = passed === 0 ? asked.reading : { ...asked.reading, from: null };
    const found: PageRow[][] = [];
    for (const run of segment.runs) {
      const ofRun = await walkToEnd(sql, { ...asked, reading, limit: missing }, segment, run, most);
      if (ofRun === null) return null;
      found.push(ofRun);
    }
    rows.push(...merge(found, asked).slice(0, missing));
  }
  return rows;
}

async function walkToEnd(
  sql: Sql,
  asked: AskedPage,
  segment: ListSegment,
  run: ListRun,
  most: number,
): Promise<PageRow[] | null> {
  if (run.stretches.length === 0) return [];
  const rows = await readPage(sql, walkRun(sql, asked, segment, run, most));
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
