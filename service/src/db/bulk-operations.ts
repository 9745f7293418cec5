import {
  limits,
  type BulkAction,
  type BulkOperation,
  type BulkSkipReason,
  type OutboxFilter,
  type OutboxView,
} from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';

/** Everything of a view that matches a filter. */
export interface BulkQuery {
  view: OutboxView;
  filter: OutboxFilter;
}

export interface NewBulkOperation {
  id: string;
  action: 'retry' | 'cancel';
  acceptDuplicate: boolean;
  administrator: boolean;
  /** Each id once. */
  emails: readonly string[] | BulkQuery;
  /** Unique to what is asked for, which the hash tells; `null`: it is not asked for again. */
  key: { text: string; bodySha256: string } | null;
}

/** `too_late`: nobody waits for the answer any more. */
export type BulkStart =
  { kind: 'started'; id: string } | { kind: 'too_many' } | { kind: 'too_late' } | { kind: 'key_reused' };

interface OperationRow {
  id: string;
  action: BulkAction;
  state: BulkOperation['state'];
  matched: number | null;
  asked_at: Date;
  ended_at: Date | null;
  undo_until: Date | null;
  undoes: string | null;
  done: number;
  skipped: Record<BulkSkipReason, number>;
  sent: number;
  failed: number;
  waiting: number;
  cancelled: number;
}

/** Notes what is asked for, once for each key; nothing is done yet. Run it in a transaction. */
export async function startBulk(tx: Sql, scope: ReadScope, start: NewBulkOperation): Promise<BulkStart> {
  const { portalId, userId, actBy } = scope;
  await oneAtATime(tx, portalId, userId);
  const [earlier] = await tx<{ id: string; body_sha256: string }[]>`
    select id, body_sha256 from bulk_operation
    where portal_id = ${portalId} and user_id = ${userId} and idempotency_key = ${start.key?.text ?? null}`;
  if (earlier !== undefined) {
    const isSame = earlier.body_sha256 === start.key?.bodySha256;
    return isSame ? { kind: 'started', id: earlier.id } : { kind: 'key_reused' };
  }
  if (!(await hasRoom(tx, portalId, userId))) return { kind: 'too_many' };
  const ids = isQuery(start.emails) ? null : [...start.emails];
  const query = isQuery(start.emails) ? tx.json(start.emails as never) : null;
  const look = start.action === 'retry' && ids !== null ? tx`now()` : tx`null`;
  const inserted = await tx`
    insert into bulk_operation (id, portal_id, user_id, administrator, action, accept_duplicate, state, query, matched,
                                look_at, idempotency_key, body_sha256)
    select ${start.id}::uuid, ${portalId}::uuid, ${userId}::text, ${start.administrator}::boolean,
           ${start.action}::text, ${start.acceptDuplicate}::boolean, ${ids === null ? 'gathering' : 'running'}::text,
           ${query}::jsonb, ${ids?.length ?? null}::integer, ${look}::timestamptz,
           ${start.key?.text ?? null}::text, ${start.key?.bodySha256 ?? null}::text
    where ${actBy ?? null}::timestamptz is null or clock_timestamp() < ${actBy ?? null}::timestamptz
    returning id`;
  if (inserted.length === 0) return { kind: 'too_late' };
  if (ids !== null) {
    await tx`insert into bulk_chunk (operation_id, no, email_ids) values (${start.id}, 1, ${ids}::uuid[])`;
  }
  return { kind: 'started', id: start.id };
}

/** What one user asks for at the same time is looked at one after the other. */
async function oneAtATime(tx: Sql, portalId: string, userId: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`bulk ${portalId} ${userId}`}, 0))`;
}

/** Whether the user may have one more. */
async function hasRoom(tx: Sql, portalId: string, userId: string): Promise<boolean> {
  const [counts] = await tx<{ open: number; today: number }[]>`
    select (count(*) filter (where state in ('gathering', 'running')))::int as open,
           (count(*) filter (where asked_at > now() - interval '1 day'))::int as today
    from bulk_operation where portal_id = ${portalId} and user_id = ${userId}`;
  const { open = 0, today = 0 } = counts ?? {};
  return open < limits.bulkOperationsAtOnce && today < limits.bulkOperationsPerDay;
}

/** One of the user's own; `null` when there is no such. */
export async function readBulk(
  sql: Sql,
  { portalId, userId }: Pick<ReadScope, 'portalId' | 'userId'>,
  id: string,
): Promise<BulkOperation | null> {
  const [row] = await sql<OperationRow[]>`
    ${operations(sql)} where o.id = ${id} and o.portal_id = ${portalId} and o.user_id = ${userId}`;
  return row === undefined ? null : toBulkOperation(row);
}

const mostListed = 20;

/** The user's latest, newest first. */
export async function listBulk(
  sql: Sql,
  { portalId, userId }: Pick<ReadScope, 'portalId' | 'userId'>,
): Promise<BulkOperation[]> {
  const rows = await sql<OperationRow[]>`
    ${operations(sql)} where o.portal_id = ${portalId} and o.user_id = ${userId}
    order by o.asked_at desc, o.id limit ${mostListed}`;
  return rows.map(toBulkOperation);
}

/** For the feed, whoever they belong to; those forgotten since are missing. */
export async function readBulkOperations(
  sql: Sql,
  portalId: string,
  ids: readonly string[],
): Promise<Map<string, BulkOperation>> {
  const rows = await sql<OperationRow[]>`
    ${operations(sql)} where o.portal_id = ${portalId} and o.id = any(${[...ids]}::uuid[])`;
  return new Map(rows.map((row) => [row.id, toBulkOperation(row)]));
}

/**
 * Leaves what is not done yet as it is. What is being done at this moment is finished first: afterwards nothing of the
 * operation happens any more. Run it in a transaction. `false`: it is not the user's, or there is no such.
 */
export async function stopBulk(
  tx: Sql,
  { portalId, userId }: Pick<ReadScope, 'portalId' | 'userId'>,
  id: string,
): Promise<boolean> {
  const rows = await tx`
    select from bulk_operation where id = ${id} and portal_id = ${portalId} and user_id = ${userId}
    for no key update`;
  if (rows.length === 0) return false;
  // Waits for the chunks under way; they are no longer open then.
  await tx`
    update bulk_chunk c set stopped = true
    from (
      select no from bulk_chunk where operation_id = ${id} and results is null and not stopped
      order by no for no key update
    ) open
    where c.operation_id = ${id} and c.no = open.no`;
  await tx`
    update bulk_operation set state = 'stopped', ended_at = clock_timestamp()
    where id = ${id} and state in ('gathering', 'running')`;
  return true;
}

/** Forgets what was over long ago. */
export async function removeOldBulk(sql: Sql): Promise<void> {
  await sql`
    delete from bulk_operation where id in (
      select id from bulk_operation where ended_at < now() - make_interval(days => ${limits.bulkKeptDays})
      order by ended_at limit 100 for update skip locked)`;
}

function isQuery(emails: NewBulkOperation['emails']): emails is BulkQuery {
  return 'view' in emails;
}

/** Rows of `OperationRow`, from `bulk_operation o`. */
function operations(sql: Sql) {
  return sql`
    select o.id, o.action, o.state, o.matched, o.asked_at, o.ended_at, o.undoes, c.done, c.skipped, c.sent,
           c.failed, c.waiting, c.cancelled,
           case when ${undoable(sql)} and (o.state in ('gathering', 'running') or c.done > 0)
             then o.asked_at + make_interval(hours => ${limits.restoreHours}) end as undo_until
    from bulk_operation o cross join lateral (
      select coalesce(sum(c.done), 0)::int as done, coalesce(sum(c.mail_sent), 0)::int as sent,
             coalesce(sum(c.mail_failed), 0)::int as failed, coalesce(sum(c.mail_waiting), 0)::int as waiting,
             coalesce(sum(c.mail_cancelled), 0)::int as cancelled,
             coalesce((
               select jsonb_object_agg(reason, total) from (
                 select s.key as reason, sum(s.value::int)::int as total
                 from bulk_chunk k, jsonb_each_text(k.skipped) s
                 where k.operation_id = o.id group by s.key
               ) totals
             ), '{}') as skipped
      from bulk_chunk c where c.operation_id = o.id
    ) c`;
}

/** A cancel that nobody has taken back, as long as all of its emails can be restored. */
export function undoable(sql: Sql) {
  return sql`(
    o.action = 'cancel' and now() < o.asked_at + make_interval(hours => ${limits.restoreHours})
    and not exists (select from bulk_operation u where u.undoes = o.id)
  )`;
}

function toBulkOperation(row: OperationRow): BulkOperation {
  const { sent, failed, waiting, cancelled } = row;
  return {
    id: row.id,
    action: row.action,
    state: row.state,
    matched: row.matched,
    done: row.done,
    skipped: toSkipped(Object.entries(row.skipped) as [BulkSkipReason, number][]),
    createdAt: row.asked_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    undoUntil: row.undo_until?.toISOString() ?? null,
    undoes: row.undoes,
    mail: row.action === 'retry' ? { sent, failed, waiting, cancelled } : null,
  };
}

/** The most frequent reason first. */
export function toSkipped(totals: Iterable<[BulkSkipReason, number]>): BulkOperation['skipped'] {
  return [...totals]
    .map(([reason, total]) => ({ reason, total }))
    .toSorted((a, b) => b.total - a.total || a.reason.localeCompare(b.reason));
}
