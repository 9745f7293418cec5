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
    hasAttachments === true && sql`e.attachment_count > 0`,
    hasAttachments === false && sql`e.attachment_count = 0`,
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
  const keys = (condition: Fragment): Fragment => sql`
    select key from failure_message where portal_id = ${portalId} and ${condition}`;
  const hasFailure = (condition: Fragment): Fragment =>
    asked.of === 'each'
      ? sql`${asked.row}.failure_key = any(array(${keys(condition)}))`
      : sql`${asked.row}.failure_key in (${keys(condition)})`;
  return [
    status && hasStatus(sql, portalId, status, asked.row),
    cause && hasFailure(sql`cause = any(${cause}::text[])`),
    search !== undefined && isFound(sql, portalId, search, asked),
  ].filter((it) => it !== undefined && it !== false);
}

/**
 * For each condition of a filter alone, but the search, the ids of the emails in the list that match it: the rarest of them
 * is where to look for all.
 */
export function matchingIds(sql: Sql, portalId: string, filter: OutboxFilter): Fragment[] {
  const { submittedFrom: _from, submittedTo: _to, search: _search, ...others } = filter;
  const single: OutboxFilter[] = Object.entries(others).map(([name, value]) => ({ [name]: value }));
  return [...single, datesOf(filter)].flatMap((condition) => {
    const lasting = lastingConditions(sql, condition);
    const changing = changingConditions(sql, portalId, condition);
    if (lasting.length > 0)
      return [
        sql`select e.id from listed_email e where e.portal_id = ${portalId} and ${allOf(sql, lasting)}`,
      ];
    return changing.map(
      (it) =>
        sql`select e.id from outbox_email e where e.portal_id = ${portalId} and ${listed(sql)} and ${it}`,
    );
  });
}

/** What of a filter an email's row in `email_team t` tells, as conditions, and the rest of the filter. */
export function standingConditions(
  sql: Sql,
  portalId: string,
  { status, connector, systemGenerated, submittedFrom, submittedTo, ...rest }: OutboxFilter,
): { told: Fragment[]; rest: OutboxFilter } {
  const told = [
    status && hasStatus(sql, portalId, status, sql`t`),
    connector && sql`t.connector_id = any(${connector}::uuid[])`,
    systemGenerated !== undefined && sql`t.system = ${systemGenerated}`,
    submittedFrom !== undefined && sql`t.submitted_at >= ${submittedFrom}`,
    submittedTo !== undefined && sql`t.submitted_at < ${submittedTo}`,
  ].filter((it) => it !== undefined && it !== false);
  return { told, rest };
}

/** What a filter says of the time of submission. */
export function datesOf({ submittedFrom, submittedTo }: OutboxFilter): OutboxFilter {
  return {
    ...(submittedFrom !== undefined && { submittedFrom }),
    ...(submittedTo !== undefined && { submittedTo }),
  };
}

/** `progress` is 0 for what has failed, 1 for what was tried before, 2 for what is new. */
function hasStatus(sql: Sql, portalId: string, statuses: readonly SendStatus[], row: Fragment): Fragment {
  // Of one connector an index has what stands at one of these; so every condition names connectors.
  const ofConnectors = (which: Fragment): Fragment => sql`
    ${row}.connector_id = any(array(select id from connector where portal_id = ${portalId} and ${which}))`;
  const conditions = {
    failed: () => sql`(${row}.progress = 0 and ${ofConnectors(sql`true`)})`,
    connector_disabled: () => sql`(${row}.progress in (1, 2) and ${ofConnectors(sql`not enabled`)})`,
    pending_retry: () => sql`(${row}.progress = 1 and ${ofConnectors(sql`enabled`)})`,
    queued: () => sql`(${row}.progress = 2 and ${ofConnectors(sql`enabled`)})`,
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
  if (of === 'set') return sql`${row}.id in (${foundIds(sql, portalId, search)})`;
  return sql`(
    coalesce((select ${contains(sql, sql`s.text`, search)} from email_search s where s.email_id = ${row}.id), false)
    or ${row}.failure_key = any(array(${repliesWith(sql, portalId, search)})))`;
}

/** What a search finds; an email may be there twice. */
export function foundIds(sql: Sql, portalId: string, search: string): Fragment {
  return sql`
    select s.email_id as id from email_search s
    where s.portal_id = ${portalId} and ${contains(sql, sql`s.text`, search)}
    union all
    select f.id from outbox_email f
    where f.portal_id = ${portalId} and f.listed and f.state <> 'cancelled'
      and f.failure_key in (${repliesWith(sql, portalId, search)})`;
}

function repliesWith(sql: Sql, portalId: string, search: string): Fragment {
  return sql`select key from failure_message where portal_id = ${portalId} and ${contains(sql, sql`reply`, search)}`;
}

function contains(sql: Sql, column: Fragment, search: string): Fragment {
  const literal = (word: string): string => word.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return allOf(
    sql,
    searchWords(search).map((word) => sql`${column} like ${`%${literal(word)}%`}`),
  );
}

/** All of them hold. */
export function allOf(sql: Sql, conditions: readonly Fragment[]): Fragment {
  const [first = sql`true`, ...others] = conditions;
  return others.reduce((all, condition) => sql`${all} and ${condition}`, first);
}
