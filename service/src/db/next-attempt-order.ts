import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import type { ListedConnector, ListOrder, ListRun } from './list-order.ts';
import { typed } from './list-places.ts';

/** Stretches that are merged, and paused connectors beside them, at most. */
const mostConnectors = 100;
const mostPaused = 4;

/** As it is shown: none for what has failed, is in hand or whose connector is disabled; not before a pause is over. */
export function nextAttemptOrder(
  sql: Sql,
  descending: boolean,
  connectors: readonly ListedConnector[],
  { status }: OutboxFilter,
): ListOrder {
  // Those of other statuses have no next attempt.
  const progress = [
    ...(status === undefined || status.includes('pending_retry') ? [1] : []),
    ...(status === undefined || status.includes('queued') ? [2] : []),
  ];
  const enabled = connectors.filter((it) => it.enabled);
  const ids = connectors.map(({ id }) => id);
  const pauses = connectors.map(({ pausedUntil }) => pausedUntil?.toISOString() ?? null);
  const pausedUntil = sql`(${pauses}::text[])[array_position(${ids}::uuid[], e.connector_id)]::timestamptz`;
  const isEmpty = sql`
    (e.state not in ('waiting', 'dispatched') or e.connector_id <> all(${enabled.map(({ id }) => id)}::uuid[]))`;
  const paused = enabled.filter((it) => it.pausedUntil !== null);
  const atWork = enabled.filter((it) => it.pausedUntil === null);
  const walkable = enabled.length <= mostConnectors && paused.length <= mostPaused;
  // Until a pause is over all that its connector has to send is shown with the same next attempt: a run of its own.
  const runs = [atWork, ...paused.map((it) => [it])]
    .filter((together) => together.length > 0)
    .map((together) => runByDueTime(sql, together, progress));
  return {
    ...{ source: 'outbox_email', descending, bySubmission: false, isEmpty, join: null },
    keys: [
      { value: sql`greatest(e.due_at, ${pausedUntil})`, type: 'timestamptz' },
      // What a pause keeps goes in the order in which it is due.
      { value: sql`e.due_at`, type: 'timestamptz' },
    ],
    segments: walkable
      ? [
          { holds: (place) => !place.empty, empty: false, runs },
          { holds: (place) => place.empty, empty: true, runs: null },
        ]
      : null,
  };
}

/** Of connectors at work, or of one that is paused: in the order in which it is due. */
function runByDueTime(sql: Sql, connectors: readonly ListedConnector[], progress: number[]): ListRun {
  const pause = typed(sql, connectors[0]?.pausedUntil?.toISOString() ?? '-infinity', 'timestamptz');
  return {
    stretches: connectors.flatMap(({ id }) =>
      progress.map(
        (it) => sql`e.connector_id = ${id} and e.progress = ${it} and e.state in ('waiting', 'dispatched')`,
      ),
    ),
    keys: [sql`e.due_at`],
    beyond: ({ keys: [shown = '', due = ''], id }, comparison) => {
      const place = [typed(sql, shown, 'timestamptz'), typed(sql, due, 'timestamptz')] as const;
      return sql`
        (greatest(e.due_at, ${pause}), e.due_at, e.id) ${comparison} (${place[0]}, ${place[1]}, ${id}::uuid)
        -- The same for the index: within a pause only the due time tells emails apart.
        and e.due_at ${comparison}= case
          when ${place[0]} > ${pause} then ${place[0]} when ${place[0]} = ${pause} then ${place[1]} else '-infinity' end`;
    },
  };
}
