import { outboxCount, type OutboxCount } from '@portal-outbox/contracts';
import { tallyStatuses } from '../outbox/tally-statuses.ts';
import type { App, Dependencies } from './context.ts';
import { definedOnly, filterQuery } from './filter-query.ts';
import { check, operation } from './operation.ts';
import type { OutboxCounts } from './outbox-counts.ts';
import { readVisit } from './read-visit.ts';

/** The total for the navigation, of the view that a click would open (M2), and what the status filter shows (B13). */
export function getOutboxCount(app: App, dependencies: Dependencies, counts: OutboxCounts): void {
  app.get(
    '/v1/outbox/count',
    operation({ summary: 'Count a view of the outbox', answers: { 200: outboxCount } }),
    check('query', filterQuery),
    async (c) => {
      const { view: named, ...given } = c.req.valid('query');
      const { scope, visit } = await readVisit(c, dependencies, named);
      const { value, asOf, newerInMs } = await counts.tallies(scope, visit.view, definedOnly(given));
      const answer: OutboxCount = {
        view: visit.view,
        ...tallyStatuses(value.connectors),
        oldestWaitingAt: value.oldestAt?.toISOString() ?? null,
        asOf: asOf.toISOString(),
        newerInMs,
      };
      return c.json(answer);
    },
  );
}
