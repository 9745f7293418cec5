import {
  deliveryCauses,
  foldText,
  importances,
  packetTypes,
  type DeliveryCause,
} from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import {
  emptySegment,
  runById,
  type Fragment,
  type ListedConnector,
  type ListKey,
  type ListOrder,
  type ListSegment,
} from './list-order.ts';

/*
 * Orders by columns of few values: the emails of one value stand together, by id, and follow those of the value before.
 */

/** All the emails with one value, which indexes hold by id. */
interface Group {
  /** As PostgreSQL writes the key. */
  key: string;
  stretches: Fragment[];
}

/** From Low to High. */
export function importanceOrder(sql: Sql, descending: boolean): ListOrder {
  const ranks = importances.toReversed();
  return grouped(sql, descending, {
    source: 'listed_email',
    key: { type: 'integer', value: sql`array_position(${ranks}::text[], e.importance)` },
    groups: ranks.map((it, index) => ({ key: String(index + 1), stretches: [sql`e.importance = ${it}`] })),
  });
}

/** What people sent before what the system did. */
export function systemOrder(sql: Sql, descending: boolean): ListOrder {
  return grouped(sql, descending, {
    source: 'listed_email',
    key: { type: 'integer', value: sql`(e.author_id is null)::int` },
    groups: [
      { key: '0', stretches: [sql`e.author_id is not null`] },
      { key: '1', stretches: [sql`e.author_id is null`] },
    ],
  });
}

export function packetTypeOrder(sql: Sql, descending: boolean): ListOrder {
  return grouped(sql, descending, {
    source: 'listed_email',
    key: { type: 'integer', value: sql`array_position(${[...packetTypes]}::text[], e.packet_type)` },
    groups: packetTypes.map((it, index) => ({
      key: String(index + 1),
      stretches: [sql`e.packet_type = ${it}`],
    })),
    isEmpty: sql`e.packet_type is null`,
  });
}

/** By name. */
export function connectorOrder(
  sql: Sql,
  descending: boolean,
  connectors: readonly ListedConnector[],
): ListOrder {
  const named = connectors.map(({ id, name }) => ({ id, name: foldText(name) }));
  const ids = connectors.map(({ id }) => id);
  const names = [...new Set(named.map(({ name }) => name))].toSorted(byCodePoint);
  return grouped(sql, descending, {
    source: 'outbox_email',
    key: {
      type: 'text',
      value: sql`(${named.map(({ name }) => name)}::text[])[array_position(${ids}::uuid[], e.connector_id)] collate "C"`,
    },
    groups: names.map((name) => ({
      key: name,
      stretches: named.filter((it) => it.name === name).flatMap(({ id }) => standing(sql, id, [0, 1, 2])),
    })),
  });
}

/** In the order in which the first that holds is the status (M16). */
export function statusOrder(
  sql: Sql,
  descending: boolean,
  connectors: readonly ListedConnector[],
): ListOrder {
  const ids = (enabled: boolean) => connectors.filter((it) => it.enabled === enabled).map(({ id }) => id);
  const stretches = (of: readonly string[], progress: number[]) =>
    of.flatMap((id) => standing(sql, id, progress));
  const all = connectors.map(({ id }) => id);
  return grouped(sql, descending, {
    source: 'outbox_email',
    key: {
      type: 'integer',
      value: sql`case when e.progress = 0 then 0 when e.connector_id = any(${ids(false)}::uuid[]) then 1
                      else e.progress + 1 end`,
    },
    groups: [
      { key: '0', stretches: stretches(all, [0]) },
      { key: '1', stretches: stretches(ids(false), [1, 2]) },
      { key: '2', stretches: stretches(ids(true), [1]) },
      { key: '3', stretches: stretches(ids(true), [2]) },
    ],
  });
}

/** What outbox_email_standing holds by id. */
function standing(sql: Sql, connectorId: string, progress: number[]): Fragment[] {
  return progress.map((it) => sql`e.connector_id = ${connectorId} and e.progress = ${it}`);
}

/** More reasons than that are not gone through one by one. */
const mostMessages = 500;

/** By the cause as the reader reads it, then by the mail server's words. */
export async function failureOrder(
  sql: Sql,
  portalId: string,
  descending: boolean,
  language: 'en' | 'fr',
): Promise<ListOrder> {
  const causes = Object.keys(deliveryCauses) as DeliveryCause[];
  const meanings = causes.map((cause) => foldText(deliveryCauses[cause].meaning[language]));
  const messages = await sql<{ key: string; text: string }[]>`
    select m.key::text as key,
           (${meanings}::text[])[array_position(${causes}::text[], m.cause)] || chr(10) || m.reply as text
    from failure_message m where m.portal_id = ${portalId} limit ${mostMessages + 1}`;
  const order = grouped(sql, descending, {
    source: 'outbox_email',
    key: { type: 'text', value: sql`m.text collate "C"` },
    groups: messages
      .toSorted((a, b) => byCodePoint(a.text, b.text))
      .map(({ key, text }) => ({ key: text, stretches: [sql`e.failure_key = ${key}::text::bigint`] })),
    isEmpty: sql`e.failure_key = 0`,
  });
  return {
    ...order,
    join: sql`
      left join (
        select key, (${meanings}::text[])[array_position(${causes}::text[], cause)] || chr(10) || reply as text
        from failure_message where portal_id = ${portalId}
      ) m on m.key = e.failure_key`,
    segments: messages.length > mostMessages ? null : order.segments,
  };
}

/** So many stretches at most are merged. */
const mostStretches = 200;

function grouped(
  sql: Sql,
  descending: boolean,
  order: { source: ListOrder['source']; key: ListKey; groups: Group[]; isEmpty?: Fragment },
): ListOrder {
  const { source, key, groups, isEmpty } = order;
  const segments = groups
    .filter(({ stretches }) => stretches.length > 0)
    .map(({ key: value, stretches }): ListSegment => ({
      holds: (place) => !place.empty && place.keys[0] === value,
      empty: false,
      runs: stretches.length > mostStretches ? null : [runById(sql, stretches)],
    }));
  return {
    ...{ source, descending, bySubmission: false, keys: [key], isEmpty: isEmpty ?? null, join: null },
    segments: [
      ...(descending ? segments.toReversed() : segments),
      ...(isEmpty === undefined ? [] : [emptySegment(sql, isEmpty)]),
    ],
  };
}

/** As PostgreSQL's collation "C" does. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
