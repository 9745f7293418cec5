import * as v from 'valibot';
import {
  defaultPageSize,
  outboxCount,
  outboxPage,
  outboxViews,
  pageSizes,
  type OutboxCount,
  type OutboxPage,
} from '@portal-outbox/contracts';
import { countEmails, listEmails } from '../db/list-emails.ts';
import { firstView } from '../outbox/visibility.ts';
import { scopeOf, type App, type Dependencies } from './context.ts';
import { readCursor, writeCursor } from './list-cursor.ts';
import { check, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

const largestPage = Math.max(...pageSizes);
const view = v.optional(v.picklist(outboxViews, `Give one of: ${outboxViews.join(', ')}.`));
const limit = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^\d{1,3}$/, `Give a number from 1 to ${largestPage}.`),
    v.transform(Number),
    v.minValue(1, `Give a number from 1 to ${largestPage}.`),
    v.maxValue(largestPage, `Give a number from 1 to ${largestPage}.`),
  ),
);
const cursor = v.optional(v.pipe(v.string(), v.maxLength(300)));

/** One page of a view, newest first; without `view` the reader's own first one, so that first paint is one round trip. */
export function getOutbox(app: App, dependencies: Dependencies): void {
  const { database, cursorKey } = dependencies;
  app.get(
    '/v1/outbox',
    operation({
      summary: 'List a view of the outbox',
      answers: { 200: outboxPage },
      problems: ['stale_cursor'],
    }),
    check('query', v.strictObject({ view, limit, cursor })),
    async (c) => {
      const query = c.req.valid('query');
      const scope = await scopeOf(c, dependencies);
      const shown = query.view ?? firstView(scope);
      const boundTo = `${scope.portalId} ${scope.userId} ${shown}`;
      const place = query.cursor === undefined ? null : readCursor(cursorKey, boundTo, query.cursor);
      if (query.cursor !== undefined && place === null) {
        throw new ProblemError('stale_cursor', 'Load the first page again, without a cursor.');
      }
      const [page, count] = await Promise.all([
        listEmails(database, scope, shown, query.limit ?? defaultPageSize, place),
        countEmails(database, scope, shown),
      ]);
      const backwards = place !== null && 'before' in place;
      const hasNext = backwards ? page.last !== null : page.more;
      const hasPrevious = backwards ? page.more : place !== null && page.first !== null;
      const answer: OutboxPage = {
        items: page.items,
        view: shown,
        total: count.total,
        next: hasNext && page.last ? writeCursor(cursorKey, boundTo, { after: page.last }) : null,
        previous: hasPrevious && page.first ? writeCursor(cursorKey, boundTo, { before: page.first }) : null,
      };
      return c.json(answer);
    },
  );
}

/** The total for the navigation: of the view that a click would open (M2). */
export function getOutboxCount(app: App, dependencies: Dependencies): void {
  app.get(
    '/v1/outbox/count',
    operation({ summary: 'Count a view of the outbox', answers: { 200: outboxCount } }),
    check('query', v.strictObject({ view })),
    async (c) => {
      const scope = await scopeOf(c, dependencies);
      const shown = c.req.valid('query').view ?? firstView(scope);
      const answer: OutboxCount = {
        view: shown,
        ...(await countEmails(dependencies.database, scope, shown)),
      };
      return c.json(answer);
    },
  );
}
