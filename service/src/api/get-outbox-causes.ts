import { deliveryCauses, outboxCauses, type OutboxCauses } from '@portal-outbox/contracts';
import type { App, Dependencies } from './context.ts';
import { definedOnly, filterQuery } from './filter-query.ts';
import { check, operation } from './operation.ts';
import type { OutboxCounts } from './outbox-counts.ts';
import { readVisit } from './read-visit.ts';

/** Why emails of a view stand still (B3): causes, not rows. A cause as a filter serves the list and a bulk retry. */
export function getOutboxCauses(app: App, dependencies: Dependencies, counts: OutboxCounts): void {
  app.get(
    '/v1/outbox/causes',
    operation({ summary: 'Group a view of the outbox by cause of failure', answers: { 200: outboxCauses } }),
    check('query', filterQuery),
    async (c) => {
      const { view: named, ...given } = c.req.valid('query');
      const { scope, visit } = await readVisit(c, dependencies, named);
      const { value, asOf, newerInMs } = await counts.causes(scope, visit.view, definedOnly(given));
      const answer: OutboxCauses = {
        view: visit.view,
        items: value.map((group) => ({
          ...group,
          ...deliveryCauses[group.cause],
          firstAt: group.firstAt?.toISOString() ?? null,
          lastAt: group.lastAt?.toISOString() ?? null,
        })),
        asOf: asOf.toISOString(),
        newerInMs,
      };
      return c.json(answer);
    },
  );
}
