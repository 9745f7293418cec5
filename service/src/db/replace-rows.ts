import type { Sql } from './database.ts';
import type { Fragment } from './list-order.ts';

/** A table whose rows belong to owners, such as the members of teams. */
export interface OwnedRows {
  table: Fragment;
  /** The column that names the owner. */
  owner: Fragment;
  /** All columns beside `portal_id`. */
  columns: Fragment;
}

/** The owners' rows become these; returns those that came and those that went. Within `changeDirectory`. */
export async function replaceRows<Row extends Record<string, string>>(
  tx: Sql,
  portalId: string,
  { table, owner, columns }: OwnedRows,
  ownerIds: readonly string[],
  rows: readonly Row[],
): Promise<Row[]> {
  const ofOwners = tx`portal_id = ${portalId} and ${owner} = any(${[...ownerIds]})`;
  return tx<Row[]>`
    with given as materialized (
      select distinct ${columns} from jsonb_populate_recordset(null::${table}, ${tx.json([...rows])})
    ), present as materialized (
      select ${columns} from ${table} where ${ofOwners}
    ), removed as materialized (
      select * from present except select * from given
    ), added as materialized (
      select * from given except select * from present
    ), gone as (
      delete from ${table} where ${ofOwners} and (${columns}) in (select * from removed)
    ), come as (
      insert into ${table} (portal_id, ${columns}) select ${portalId}, ${columns} from added
    )
    select * from removed union all select * from added`;
}
