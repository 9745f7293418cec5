import type { Sql } from './database.ts';
import type { Fragment, ListKey, ListOrder } from './list-order.ts';

/** An email's place in an order: what it is sorted by, as PostgreSQL writes it, and its id. */
export interface ListPlace {
  /** Among the emails without a value, which come last. */
  empty: boolean;
  keys: string[];
  id: string;
}

/** Which way a page is read: forwards after a place or from the beginning, backwards before one or from the end. */
export interface ListReading {
  backwards: boolean;
  from: ListPlace | null;
}

/** Columns of an email's place, of `e`. */
export function placeColumns(sql: Sql, { keys, isEmpty }: Pick<ListOrder, 'keys' | 'isEmpty'>): Fragment {
  const texts = listOf(
    sql,
    keys.map(({ value }) => sql`(${value})::text`),
  );
  return sql`e.id, ${isEmpty ?? sql`false`} as empty, array[${texts}] as keys`;
}

/** ORDER BY of a whole list. */
export function inOrder(sql: Sql, { keys, isEmpty, descending }: ListOrder, backwards: boolean): Fragment {
  const emptyLast = isEmpty === null ? sql`` : sql`(${isEmpty}) ${backwards ? sql`desc` : sql``},`;
  // Those without a value go by id alone, whatever else they may be found to have.
  const values = keys.map(({ value }) =>
    isEmpty === null ? value : sql`case when not (${isEmpty}) then ${value} end`,
  );
  return sql`${emptyLast} ${by(sql, values, descending === backwards)}`;
}

/** ORDER BY these values and the id. */
export function by(sql: Sql, values: readonly Fragment[], up: boolean): Fragment {
  return listOf(
    sql,
    [...values, sql`e.id`].map((value) => (up ? value : sql`${value} desc`)),
  );
}

/** What a list has beyond the place that is read from. */
export function beyond(sql: Sql, { keys, isEmpty, descending }: ListOrder, reading: ListReading): Fragment {
  const { from, backwards } = reading;
  if (from === null) return sql`true`;
  const comparison = direction(sql, descending, backwards);
  if (from.empty) {
    const beyondId = sql`e.id ${comparison} ${from.id}::uuid`;
    const filled = backwards ? sql`not (${isEmpty ?? sql`false`}) or` : sql``;
    return sql`(${filled} (${isEmpty ?? sql`false`} and ${beyondId}))`;
  }
  const row = listOf(sql, [...keys.map(({ value }) => value), sql`e.id`]);
  const place = listOf(sql, [
    ...keys.map(({ type }, index) => typed(sql, from.keys[index] ?? '', type)),
    sql`${from.id}::uuid`,
  ]);
  const beyondPlace = sql`(${row}) ${comparison} (${place})`;
  if (isEmpty === null) return beyondPlace;
  return backwards ? sql`(not (${isEmpty}) and ${beyondPlace})` : sql`(${isEmpty} or ${beyondPlace})`;
}

/** The comparison that holds for what comes later in the reading. */
export function direction(sql: Sql, descending: boolean, backwards: boolean): Fragment {
  return descending === backwards ? sql`>` : sql`<`;
}

/** A key of a place, read back. */
export function typed(sql: Sql, value: string, type: ListKey['type']): Fragment {
  // As text first: the library would make a Date of it, which has no microseconds.
  if (type === 'timestamptz') return sql`${value}::text::timestamptz`;
  return type === 'integer' ? sql`${value}::text::integer` : sql`${value}::text`;
}

function listOf(sql: Sql, items: readonly Fragment[]): Fragment {
  const [first = sql``, ...others] = items;
  return others.reduce((all, item) => sql`${all}, ${item}`, first);
}
