import * as v from 'valibot';
import { outboxPage, outboxSorts, pageSizes, type OutboxPage } from '@portal-outbox/contracts';
import { listEmails, type ListedEmails, type ListQuestion } from '../db/list-emails.ts';
import type { ListReading } from '../db/list-places.ts';
import { countedSight } from '../outbox/counted-sight.ts';
import type { App, Dependencies } from './context.ts';
import { definedOnly, filterParameters, viewParameter } from './filter-query.ts';
import { readCursor, writeCursor, type CursorPlace } from './list-cursor.ts';
import { check, operation } from './operation.ts';
import type { OutboxCounts } from './outbox-counts.ts';
import { ProblemError } from './problem-answer.ts';
import { readVisit } from './read-visit.ts';

const largestPage = Math.max(...pageSizes);
const limitParameter = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,3}$/, `Give a number from 1 to ${largestPage}.`),
    v.transform(Number),
    v.minValue(1, `Give a number from 1 to ${largestPage}.`),
    v.maxValue(largestPage, `Give a number from 1 to ${largestPage}.`),
  ),
);

const listQuery = v.strictObject({
  view: viewParameter,
  sort: v.optional(v.picklist(outboxSorts, 'Give a column of the list, with - before it for the other way.')),
  /** Of the texts of failures, where they are sorted by. */
  lang: v.optional(v.picklist(['en', 'fr'], 'Give en or fr.'), 'en'),
  limit: limitParameter,
  cursor: v.optional(v.pipe(v.string(), v.maxLength(3000))),
  ...filterParameters,
});

/** One page of a view; without `view` what the user left open, so that first paint is one round trip. */
export function getOutbox(app: App, dependencies: Dependencies, counts: OutboxCounts): void {
  const { reads, cursorKey } = dependencies;
  app.get(
    '/v1/outbox',
    operation({
      summary: 'List a view of the outbox',
      answers: { 200: outboxPage },
      problems: ['stale_cursor'],
    }),
    check('query', listQuery),
    async (c) => {
      const {
        view: named,
        sort: namedSort,
        lang,
        limit: namedLimit,
        cursor,
        ...given
      } = c.req.valid('query');
      const { scope, visit } = await readVisit(c, dependencies, named);
      const { view } = visit;
      const sort = namedSort ?? visit.sort;
      const limit = namedLimit ?? visit.pageSize;
      const filter = definedOnly(given);
      const boundTo = JSON.stringify([scope.portalId, scope.userId, view, sort, lang, filter]);
      const place = cursor === undefined ? null : readCursor(cursorKey, boundTo, cursor);
      if (cursor !== undefined && place === null) {
        throw new ProblemError('stale_cursor', 'Load the first page again, without a cursor.');
      }
      const question: ListQuestion = {
        ...{ portalId: scope.portalId, sight: countedSight(scope, view), filter, sort, language: lang },
      };
      const counting = counts.total(scope, view, filter);
      // The last page is as long as the total leaves it.
      const length = place?.kind === 'last' ? (await counting).value % limit || limit : limit;
      const [page, count] = await Promise.all([
        listEmails(reads, question, readingOf(place), length),
        counting,
      ]);
      const answer: OutboxPage = {
        items: page.items,
        view,
        sort,
        total: count.value,
        totalNewerInMs: count.newerInMs,
        ...around(page, place, count.value, limit, (to) => writeCursor(cursorKey, boundTo, to)),
      };
      return c.json(answer);
    },
  );
}

function readingOf(place: CursorPlace | null): ListReading {
  if (place === null) return { backwards: false, from: null };
  if (place.kind === 'last') return { backwards: true, from: null };
  return { backwards: place.kind === 'before', from: place.place };
}

/** The page's place among all, and the cursors of the pages around it. */
function around(
  { items, first, last, more }: ListedEmails,
  place: CursorPlace | null,
  total: number,
  limit: number,
  write: (to: CursorPlace) => string,
): Pick<OutboxPage, 'from' | 'next' | 'previous' | 'last'> {
  const backwards = place !== null && place.kind !== 'after';
  const hasNext = backwards ? place.kind === 'before' && last !== null : more;
  const hasPrevious = backwards ? more : place !== null && first !== null;
  const from = hasPrevious ? Math.max(2, beginning(place, items.length, total)) : Math.min(1, items.length);
  return {
    from,
    next:
      hasNext && last !== null ? write({ kind: 'after', place: last, row: from + items.length - 1 }) : null,
    previous: hasPrevious && first !== null ? write({ kind: 'before', place: first, row: from }) : null,
    last: hasNext && total > limit ? write({ kind: 'last' }) : null,
  };
}

/** As far as is known: emails that came or left since have moved those behind them. */
function beginning(place: CursorPlace | null, length: number, total: number): number {
  if (place === null) return 1;
  if (place.kind === 'after') return place.row + 1;
  return (place.kind === 'before' ? place.row : total + 1) - length;
}
