import { limits, type BulkAction, type BulkSkipReason } from '@portal-outbox/contracts';
import { sightOf, type ReadScope } from '../outbox/visibility.ts';
import { readRefusals } from './action-facts.ts';
import type { BulkQuery } from './bulk-operations.ts';
import type { Sql } from './database.ts';
import { matching } from './email-counts.ts';
import { cancelEmails, restoreEmails, retryEmails, type CancelInBulk } from './email-transitions.ts';
import { readScope } from './read-scope.ts';

/** Emails of one transaction. */
const chunkSize = limits.bulkIds;
/** Gathered later than this after it was asked for, only what has not changed since can be what was meant. */
const freshSeconds = 2;

/**
 * Notes the emails of an operation asked for by a query: what matches at the moment of asking, as it lies on the disk:
 * about the oldest first, and the emails of a chunk are neighbours. Run it in a transaction. Nothing happens when another
 * process is at it, or has been.
 */
export async function gatherEmails(tx: Sql, id: string): Promise<void> {
  const [operation] = await tx<Asked[]>`
    select portal_id as "portalId", user_id as "userId", administrator, query, asked_at::text as "askedAt",
           asked_snapshot::text as snapshot, clock_timestamp() > asked_at + make_interval(secs => ${freshSeconds}) as late
    from bulk_operation where id = ${id} and state = 'gathering'
    for no key update skip locked`;
  if (operation === undefined) return;
  const { portalId, userId, administrator, query, askedAt, snapshot, late } = operation;
  const scope = await readScope(tx, portalId, userId, administrator);
  const asAsked = late ? tx`not changed_since(e.xmin, ${snapshot}::pg_snapshot)` : tx`true`;
  await tx`
    insert into bulk_chunk (operation_id, no, email_ids)
    select ${id}, (place - 1) / ${chunkSize}::int + 1, array_agg(id order by place)
    from (
      select e.id, row_number() over (order by e.ctid) as place
      from outbox_email e
      where ${matching(tx, { portalId, sight: sightOf(scope, query.view), filter: query.filter })}
        and e.submitted_at <= ${askedAt}::text::timestamptz and ${asAsked}
    ) matching
    group by 2`;
  await tx`
    update bulk_operation o
    set matched = gathered.total, state = case when gathered.total = 0 then 'done' else 'running' end,
        ended_at = case when gathered.total = 0 then clock_timestamp() end,
        look_at = case when o.action = 'retry' and gathered.total > 0 then clock_timestamp() end
    from (
      select coalesce(sum(cardinality(email_ids)), 0)::int as total from bulk_chunk where operation_id = ${id}
    ) gathered
    where o.id = ${id}`;
}

/** Operations that are not over and in this state, the oldest first. */
export async function openOperations(sql: Sql, state: 'gathering' | 'running'): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from bulk_operation where state in ('gathering', 'running') and state = ${state} order by asked_at`;
  return rows.map(({ id }) => id);
}

/**
 * Acts on the next emails of an operation that nobody else is acting on. Run it in a transaction: its end makes the
 * emails' changes and the results known together. `null`: there are no more.
 */
export async function carryOutChunk(tx: Sql, operationId: string): Promise<CarriedOut | null> {
  const chunk = await takeChunk(tx, operationId);
  if (chunk === null) return null;
  // Asked for anew each time: who has lost sight of an email meanwhile does not act on it.
  const scope = await readScope(tx, chunk.portalId, chunk.userId, chunk.administrator);
  const reasons = new Map<string, BulkSkipReason>();
  for (let tries = 1, left = chunk.emailIds; left.length > 0; tries += 1) {
    const undone = await act(tx, scope, chunk, left);
    left = [];
    if (undone.length === 0) break;
    const refusals = await readRefusals(tx, scope, chunk.action, undone, chunk.acceptDuplicate);
    for (const [id, reason] of refusals) {
      const decided = reason ?? (chunk.action === 'restore' ? 'already_restored' : null);
      if (decided !== null) reasons.set(id, decided);
      // Possible now, though not a moment ago: its connector was switched in between.
      else left.push(id);
    }
    if (tries === mostTries && left.length > 0)
      throw new Error('A bulk operation cannot decide on its emails.');
  }
  await keepResults(tx, chunk, reasons);
  return { action: chunk.action, done: chunk.emailIds.length - reasons.size, skipped: reasons.size };
}

/** Ends an operation that has no emails left to act on. */
export async function endOperation(sql: Sql, operationId: string): Promise<void> {
  await sql`
    update bulk_operation set state = 'done', ended_at = clock_timestamp()
    where id = ${operationId} and state = 'running' and not exists (
      select from bulk_chunk where operation_id = ${operationId} and results is null and not stopped
    )`;
}

export interface CarriedOut {
  action: BulkAction;
  /** Emails. */
  done: number;
  skipped: number;
}

interface Asked {
  portalId: string;
  userId: string;
  administrator: boolean;
  query: BulkQuery;
  askedAt: string;
  snapshot: string;
  late: boolean;
}

interface Chunk {
  operationId: string;
  no: number;
  emailIds: string[];
  portalId: string;
  userId: string;
  administrator: boolean;
  action: BulkAction;
  acceptDuplicate: boolean;
  /** Of a restore: what it takes back. */
  ofCancel: CancelInBulk | null;
}

const mostTries = 5;
/** A process that stands still in the middle gives its emails back after so long, so that another one goes on. */
const idleLimit = '30s';

async function takeChunk(tx: Sql, operationId: string): Promise<Chunk | null> {
  const [chunk] = await tx<Chunk[]>`
    with taken as (
      select operation_id, no, email_ids from bulk_chunk
      where operation_id = ${operationId} and results is null and not stopped
      order by no limit 1
      for no key update skip locked
    )
    select t.operation_id as "operationId", t.no, t.email_ids as "emailIds", o.portal_id as "portalId",
           o.user_id as "userId", o.administrator, o.action, o.accept_duplicate as "acceptDuplicate",
           case when u.id is not null then json_build_object(
             'from', u.asked_at, 'to', u.ended_at, 'soon', o.asked_at < u.ended_at + interval '1 minute'
           ) end as "ofCancel",
           set_config('idle_in_transaction_session_timeout', ${idleLimit}, true)
    from taken t join bulk_operation o on o.id = t.operation_id left join bulk_operation u on u.id = o.undoes`;
  return chunk ?? null;
}

/** Answers the emails to which it was not done. */
async function act(tx: Sql, scope: ReadScope, chunk: Chunk, ids: readonly string[]): Promise<string[]> {
  if (chunk.action === 'retry') return await retryEmails(tx, scope, ids, chunk.acceptDuplicate);
  if (chunk.action === 'cancel') return await cancelEmails(tx, scope, ids);
  return await restoreEmails(tx, scope, ids, chunk.ofCancel);
}

async function keepResults(
  tx: Sql,
  { operationId, no, emailIds, action }: Chunk,
  reasons: ReadonlyMap<string, BulkSkipReason>,
): Promise<void> {
  const skipped: Partial<Record<BulkSkipReason, number>> = {};
  for (const reason of reasons.values()) skipped[reason] = (skipped[reason] ?? 0) + 1;
  const results = emailIds.map((id) => reasons.get(id) ?? '');
  const waiting = tx`array(select id from unnest(email_ids, ${results}::text[]) as it (id, reason) where reason = '')`;
  await tx`
    update bulk_chunk
    set results = ${results}::text[], done = ${emailIds.length - reasons.size}, skipped = ${tx.json(skipped)},
        waiting_ids = ${action === 'retry' ? waiting : tx`'{}'`}
    where operation_id = ${operationId} and no = ${no}`;
}
