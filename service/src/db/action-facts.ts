import {
  limits,
  type BulkAction,
  type BulkSkipReason,
  type OutboxFilter,
  type OutboxView,
} from '@portal-outbox/contracts';
import { refuseBulk, type BulkFacts } from '../outbox/bulk-refusal.ts';
import { sightOf, type ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { matching } from './email-counts.ts';
import { visibleByDirectory } from './visible-emails.ts';

/** What an action on many emails would do: how many it acts on, and how many it skips for which reason. */
export interface PreviewedAction {
  matched: number;
  skipped: Map<BulkSkipReason, number>;
}

/** Why each of these emails is skipped; `null`: it is not. Every id has an answer. */
export async function readRefusals(
  sql: Sql,
  scope: ReadScope,
  action: BulkAction,
  ids: readonly string[],
  acceptDuplicate: boolean,
): Promise<Map<string, BulkSkipReason | null>> {
  const rows = await sql<(BulkFacts & { id: string })[]>`
    select e.id, ${facts(sql)} from outbox_email e join connector c on c.id = e.connector_id
    where e.id = any(${[...ids]}::uuid[]) and ${visibleByDirectory(sql, scope)}
    union all
    select e.id, ${facts(sql)} from email_archive e join connector c on c.id = e.connector_id
    where e.id = any(${[...ids]}::uuid[]) and ${visibleByDirectory(sql, scope)}`;
  const known = new Map(rows.map((row) => [row.id, refuseBulk(action, row, acceptDuplicate)]));
  return new Map(ids.map((id) => [id, known.has(id) ? (known.get(id) ?? null) : 'not_visible']));
}

/** What an action on everything of a view that matches would do now. */
export async function previewQuery(
  sql: Sql,
  scope: ReadScope,
  action: BulkAction,
  { view, filter }: { view: OutboxView; filter: OutboxFilter },
  acceptDuplicate: boolean,
): Promise<PreviewedAction> {
  const groups = await sql<(BulkFacts & { total: number })[]>`
    select ${facts(sql)}, count(*)::int as total
    from outbox_email e join connector c on c.id = e.connector_id
    where ${matching(sql, { portalId: scope.portalId, sight: sightOf(scope, view), filter })}
    group by 1, 2, 3, 4, 5, 6, 7, 8`;
  return sumUp(groups.map((it) => [refuseBulk(action, it, acceptDuplicate), it.total]));
}

/** What an action on these emails would do now. */
export async function previewIds(
  sql: Sql,
  scope: ReadScope,
  action: BulkAction,
  ids: readonly string[],
  acceptDuplicate: boolean,
): Promise<PreviewedAction> {
  const refusals = await readRefusals(sql, scope, action, ids, acceptDuplicate);
  return sumUp([...refusals.values()].map((reason) => [reason, 1]));
}

function sumUp(counts: readonly (readonly [BulkSkipReason | null, number])[]): PreviewedAction {
  const skipped = new Map<BulkSkipReason, number>();
  let matched = 0;
  for (const [reason, total] of counts) {
    matched += total;
    if (reason !== null) skipped.set(reason, (skipped.get(reason) ?? 0) + total);
  }
  return { matched, skipped };
}

/** Columns of `BulkFacts`, from `e` and `connector c`. */
function facts(sql: Sql) {
  return sql`
    e.state, c.enabled as "connectorEnabled", coalesce(c.paused_until > now(), false) as "connectorPaused",
    e.send_count > 0 as tried, e.retry_asked as "retryAsked", e.due_at > now() as "dueLater",
    e.may_have_been_sent as "mayHaveBeenSent",
    coalesce(e.left_at > now() - make_interval(hours => ${limits.restoreHours}), false) as restorable`;
}
