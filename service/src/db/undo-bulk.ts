import type { ReadScope } from '../outbox/visibility.ts';
import { stopBulk, undoable } from './bulk-operations.ts';
import type { Sql } from './database.ts';

/** The operation that takes a cancel back, and whether there is such a cancel at all. */
export type BulkUndo = { kind: 'undone'; id: string } | { kind: 'unknown' } | { kind: 'not_undoable' };

/**
 * Takes a bulk cancel back: ends it, and notes all that it has cancelled as an operation that restores it. Asked again,
 * it answers with the same one. It is never refused for the number of operations. Run it in a transaction.
 *
 * @param id of the operation that restores, if there is none yet
 */
export async function undoBulk(
  tx: Sql,
  scope: ReadScope & { administrator: boolean },
  cancelId: string,
  id: string,
): Promise<BulkUndo> {
  const { portalId, userId } = scope;
  const [cancel] = await tx<{ undone_by: string | null; undoable: boolean }[]>`
    select ${undoable(tx)} as undoable, (select u.id from bulk_operation u where u.undoes = o.id) as undone_by
    from bulk_operation o
    where o.id = ${cancelId} and o.portal_id = ${portalId} and o.user_id = ${userId}
    for no key update of o`;
  if (cancel === undefined) return { kind: 'unknown' };
  if (cancel.undone_by !== null) return { kind: 'undone', id: cancel.undone_by };
  if (!cancel.undoable) return { kind: 'not_undoable' };
  await stopBulk(tx, scope, cancelId);
  await tx`
    with cancelled as (
      select c.no, array(
        select r.id from unnest(c.email_ids, c.results) as r (id, reason) where r.reason = '' order by r.id
      ) as ids
      from bulk_chunk c where c.operation_id = ${cancelId} and c.done > 0
    ), total as (
      select coalesce(sum(cardinality(ids)), 0)::int as emails from cancelled
    ), operation as (
      insert into bulk_operation (id, portal_id, user_id, administrator, action, state, matched, ended_at, undoes)
      select ${id}, ${portalId}, ${userId}, ${scope.administrator}, 'restore',
             case when emails = 0 then 'done' else 'running' end, emails,
             case when emails = 0 then clock_timestamp() end, ${cancelId}
      from total
      returning id
    )
    insert into bulk_chunk (operation_id, no, email_ids)
    select o.id, c.no, c.ids from operation o cross join cancelled c`;
  return { kind: 'undone', id };
}
