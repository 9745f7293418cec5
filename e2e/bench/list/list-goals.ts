import type { Latency } from './latency.ts';

export interface MeasuredList {
  rows: number;
  small: Record<string, Latency | null> | null;
  large: Record<string, Latency | null>;
  above100k: Record<string, Latency | null>;
  page1OfPage100: Latency | null;
  sequentialScans: readonly string[] | null;
}

/** Served by an index of their own. */
const indexedSorts = ['submittedAt', 'nextAttemptAt', 'lastAttemptAt', 'subject', 'to'];
const firstPageMs = 30;
const indexedMs = 30;
const sortMs = 250;
const wideSortMs = 1000;
const searchMs = 300;
const countMs = 30;

/** Each goal in words, and whether it was reached; `null` where something of it was not measured. */
export function judgeList(measured: MeasuredList): Record<string, boolean | null> {
  const { small, large, above100k, page1OfPage100, sequentialScans } = measured;
  const goals: Record<string, boolean | null> = {};
  const within = (words: string, value: number | null | undefined, limit: number | null | undefined) => {
    goals[words] = value == null || limit == null ? null : value <= limit;
  };
  const names = (beginning: string) => Object.keys(large).filter((name) => name.startsWith(beginning));
  for (const name of names('first.')) {
    within(`${name}: p95 at most ${firstPageMs} ms`, large[name]?.p95Ms, firstPageMs);
    const smallP95 = small?.[name]?.p95Ms;
    within(
      `${name}: p95 at most twice that of the small outbox`,
      large[name]?.p95Ms,
      smallP95 == null ? null : smallP95 * 2,
    );
  }
  for (const name of [...names('sort.'), ...names('filter.')]) {
    const indexed = indexedSorts.some((column) => name === `sort.${column}`);
    const limit = indexed ? indexedMs : sortMs;
    within(`${name}: p95 at most ${limit} ms`, large[name]?.p95Ms, limit);
    const wideLimit = indexed ? indexedMs : wideSortMs;
    within(`${name}, views above 100,000: p95 at most ${wideLimit} ms`, above100k[name]?.p95Ms, wideLimit);
  }
  within(`search: p95 at most ${searchMs} ms`, large['search']?.p95Ms, searchMs);
  within(`search, views above 100,000: p95 at most ${searchMs} ms`, above100k['search']?.p95Ms, searchMs);
  within(`count.team: p95 at most ${countMs} ms`, large['count.team']?.p95Ms, countMs);
  const first = page1OfPage100?.p95Ms;
  // As fast, but for what two measurements of the same thing differ by.
  within('page 100 as fast as page 1', large['page100.team']?.p95Ms, first == null ? null : first * 1.25 + 2);
  goals['no sequential scan of the hot table'] =
    sequentialScans === null ? null : sequentialScans.length === 0;
  return goals;
}
