import {
  defaultSort,
  type OutboxFilter,
  type OutboxSort,
  type OutboxSortColumn,
} from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import {
  connectorOrder,
  failureOrder,
  importanceOrder,
  packetTypeOrder,
  statusOrder,
  systemOrder,
} from './grouped-orders.ts';
import {
  emptySegment,
  type Fragment,
  type ListedConnector,
  type ListKey,
  type ListOrder,
  type ListRun,
} from './list-order.ts';
import { typed, type ListPlace } from './list-places.ts';
import { nextAttemptOrder } from './next-attempt-order.ts';

/** The column and direction of a sort. */
export function readSort(sort: OutboxSort): { column: OutboxSortColumn; descending: boolean } {
  const descending = sort.startsWith('-');
  return { column: (descending ? sort.slice(1) : sort) as OutboxSortColumn, descending };
}

/**
 * @param language of the causes' meanings, which failures are sorted by
 * @param filter what is to be listed in this order: an order may leave out what cannot match
 */
export async function readOrder(
  sql: Sql,
  portalId: string,
  sort: OutboxSort,
  language: 'en' | 'fr',
  filter: OutboxFilter = {},
): Promise<ListOrder> {
  const { column, descending } = readSort(sort);
  const indexed = (
    source: ListOrder['source'],
    type: ListKey['type'],
    value: Fragment,
    empty?: { is: Fragment; isNot: Fragment },
  ) => indexedOrder(sql, { source, descending, key: { value, type }, empty: empty ?? null });
  /** The empty text is none. */
  const folded = (value: Fragment) =>
    indexed('listed_email', 'text', value, { is: sql`${value} = ''`, isNot: sql`${value} > ''` });
  const time = (value: Fragment) =>
    indexed('outbox_email', 'timestamptz', value, {
      is: sql`${value} is null`,
      isNot: sql`${value} is not null`,
    });
  const connectors = () => readListedConnectors(sql, portalId);

  const orders: Record<OutboxSortColumn, () => ListOrder | Promise<ListOrder>> = {
    submittedAt: () => indexed('listed_email', 'timestamptz', sql`e.submitted_at`),
    to: () => folded(sql`e.recipient_key`),
    subject: () => folded(sql`e.subject_key`),
    author: () => folded(sql`e.author_key`),
    packet: () => folded(sql`e.packet_key`),
    from: () => folded(sql`e.sender_key`),
    attachmentCount: () => indexed('listed_email', 'integer', sql`e.attachment_count`),
    sendCount: () => indexed('outbox_email', 'integer', sql`e.send_count`),
    lastAttemptAt: () => time(sql`e.last_attempt_at`),
    firstFailedAt: () => time(sql`e.first_failed_at`),
    nextAttemptAt: async () => nextAttemptOrder(sql, descending, await connectors(), filter),
    importance: () => importanceOrder(sql, descending),
    systemGenerated: () => systemOrder(sql, descending),
    packetType: () => packetTypeOrder(sql, descending),
    connector: async () => connectorOrder(sql, descending, await connectors()),
    status: async () => statusOrder(sql, descending, await connectors()),
    failureMessage: () => failureOrder(sql, portalId, descending, language),
  };
  return { ...(await orders[column]()), bySubmission: column === readSort(defaultSort).column };
}

/** An index of the source holds the emails of a portal by this key and the id. */
function indexedOrder(
  sql: Sql,
  order: Pick<ListOrder, 'source' | 'descending'> & {
    key: ListKey;
    empty: { is: Fragment; isNot: Fragment } | null;
  },
): ListOrder {
  const { source, descending, key, empty } = order;
  const filled: ListRun = {
    stretches: [empty?.isNot ?? sql`true`],
    keys: [key.value],
    beyond: ({ keys: [at = ''], id }, comparison) => sql`
      (${key.value}, e.id) ${comparison} (${typed(sql, at, key.type)}, ${id}::uuid)`,
  };
  const segments = [
    { holds: (place: ListPlace) => !place.empty, empty: false, runs: [filled] },
    ...(empty === null ? [] : [emptySegment(sql, empty.is)]),
  ];
  return {
    source,
    descending,
    bySubmission: false,
    keys: [key],
    isEmpty: empty?.is ?? null,
    join: null,
    segments,
  };
}

async function readListedConnectors(sql: Sql, portalId: string): Promise<ListedConnector[]> {
  return await sql<ListedConnector[]>`
    select id, name, enabled, case when paused_until > now() then paused_until end as "pausedUntil"
    from connector where portal_id = ${portalId} order by id`;
}
