import { searchWords, type OutboxFilter, type SendStatus } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import { listed } from './visible-emails.ts';

type Fragment = ReturnType<typeof listed>;

/**
 * What matches a filter, of emails in the list, as a condition on `outbox_email e`: the SQL of `matchesFilter` in
 * contracts. It needs the portal's condition beside it (see db/visible-emails.ts).
 */
export function filteredBy(sql: Sql, portalId: string, filter: OutboxFilter): Fragment {
  return allOf(sql, [...lastingConditions(sql, filter), ...changingConditions(sql, portalId, filter)]);
}

/** Conditions on what never changes while an email is in the list: they hold for `listed_email e` as well. */
export function lastingConditions(sql: Sql, filter: OutboxFilter): Fragment[] {
  const { connector, author, packetType, importance, systemGenerated, hasAttachments } = filter;
  return [
    connector && sql`e.connector_id = any(${connector}::uuid[])`,
    author && sql`e.author_id = any(${author}::text[])`,
    packetType && sql`e.packet_type = any(${packetType}::text[])`,
    importance && sql`e.importance = any(${importance}::text[])`,
    systemGenerated === true && sql`e.author_id is null`,
    systemGenerated === false && sql`e.author_id is not null`,
    hasAttachments !== undefined && sql`(e.attachment_count > 0) = ${hasAttachments}`,
    filter.submittedFrom !== undefined && sql`e.submitted_at >= ${filter.submittedFrom}`,
    filter.submittedTo !== undefined && sql`e.submitted_at < ${filter.submittedTo}`,
  ].filter((it) => it !== undefined && it !== false);
}

/**
 * Conditions on what changes with each attempt, and the search.
 *
 * @param asked of `set`: what matches is gathered first, for many emails; of `each`: every email is looked at for itself,
 * for a walk that stops early. `row` is the email's row of `outbox_email`.
 */
export function changingConditions(
  sql: Sql,
  portalId: string,
  filter: OutboxFilter,
  asked: { of: 'set' | 'each'; row: Fragment } = { of: 'set', row: sql`e` },
): Fragment[] {
  const { status, cause, search } = filter;
  const hasFailure = (condition: Fragment): Fragment => sql`
    ${asked.row}.failure_key = any(array(
      select key from failure_message where portal_id = ${portalId} and ${condition}))`;
  return [
    status && hasStatus(sql, portalId, status, asked.row),
    cause && hasFailure(sql`cause = any(${cause}::text[])`),
    search !== undefined && isFound(sql, portalId, search, asked),
  ].filter((it) => it !== undefined && it !== false);
}

/** `progress` is 0 for what has failed, 1 for what was tried before, 2 for what is new. */
function hasStatus(sql: Sql, portalId: string, statuses: readonly SendStatus[], row: Fragment): Fragment {
  const enabled = (is: boolean): Fragment => sql`
    ${row}.connector_id = any(array(select id from connector where portal_id = ${portalId} and enabled = ${is}))`;
  const conditions = {
    failed: () => sql`${row}.progress = 0`,
    connector_disabled: () => sql`(${row}.progress > 0 and ${enabled(false)})`,
    pending_retry: () => sql`(${row}.progress = 1 and ${enabled(true)})`,
    queued: () => sql`(${row}.progress = 2 and ${enabled(true)})`,
  };
  const [first = sql`false`, ...others] = statuses.map((status) => conditions[status]());
  return others.length === 0
    ? first
    : sql`(${others.reduce((some, condition) => sql`${some} or ${condition}`, first)})`;
}

function isFound(
  sql: Sql,
  portalId: string,
  search: string,
  { of, row }: { of: 'set' | 'each'; row: Fragment },
): Fragment {
  const patterns = searchWords(search).map((word) => `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`);
  const contains = (column: Fragment): Fragment =>
    allOf(
      sql,
      patterns.map((pattern) => sql`${column} like ${pattern}`),
    );
  const keys = sql`array(select key from failure_message where portal_id = ${portalId} and ${contains(sql`reply`)})`;
  return of === 'each'
    ? sql`(
        coalesce((select ${contains(sql`s.text`)} from email_search s where s.email_id = ${row}.id), false)
        or ${row}.failure_key = any(${keys}))`
    : sql`${row}.id in (
        select email_id from email_search s where s.portal_id = ${portalId} and ${contains(sql`s.text`)}
        union
        select f.id from outbox_email f
        where f.portal_id = ${portalId} and f.listed and f.state <> 'cancelled' and f.failure_key = any(${keys}))`;
}

/** All of them hold. */
export function allOf(sql: Sql, conditions: readonly Fragment[]): Fragment {
  const [first = sql`true`, ...others] = conditions;
  return others.reduce((all, condition) => sql`${all} and ${condition}`, first);
}
