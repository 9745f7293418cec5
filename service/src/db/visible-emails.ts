import type { OutboxView } from '@portal-outbox/contracts';
import { sightOf, type ReadScope, type Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';

/*
 * The one predicate that binds a query on `outbox_email e` (or `email_archive e`) to the reader's portal and to what the
 * reader may see: outbox/visibility.ts as SQL. `all` is everything that the reader may see and act on.
 */

/** Of emails in the list (`listed`): by the leaf teams that are kept for each of them. */
export function visibleTo(sql: Sql, scope: ReadScope, view: OutboxView = 'all') {
  return isSeen(sql, scope.portalId, sightOf(scope, view));
}

/** The same, of a sight that is known already. */
export function isSeen(sql: Sql, portalId: string, sight: Sight) {
  return predicate(
    sql,
    portalId,
    sight,
    (teamKeys) => sql`exists (
      select from email_team t where t.email_id = e.id and t.team_key = any(${teamKeys}::int[]))`,
  );
}

/**
 * The same, asked of each email for itself, for a walk that stops early: a scalar subquery is never turned into a look at
 * everything that the teams have.
 */
export function isSeenOneByOne(sql: Sql, portalId: string, sight: Sight) {
  return predicate(
    sql,
    portalId,
    sight,
    (teamKeys) => sql`coalesce(
      -- Not for the index to search by: hundreds of keys for each of the few rows of an email.
      (select true from email_team t where t.email_id = e.id and t.team_key + 0 = any(${teamKeys}::int[]) limit 1),
      false)`,
  );
}

/** Of changes (`outbox_change e`) of emails in the list, by the leaf teams that each carries. */
export function isSeenInChange(sql: Sql, portalId: string, sight: Sight) {
  return predicate(sql, portalId, sight, (teamKeys) => sql`e.team_keys && ${teamKeys}::int[]`);
}

/** Of any email, not listed yet, cancelled or sent too: by the directory itself. For single emails. */
export function visibleByDirectory(sql: Sql, scope: ReadScope, view: OutboxView = 'all') {
  return predicate(
    sql,
    scope.portalId,
    sightOf(scope, view),
    (teamKeys) => sql`exists (
      select from (
        select e.author_id as user_id
        union all
        select w.user_id from packet_user w
        where w.portal_id = e.portal_id and w.packet_ref = e.packet_ref and w.relation = 'works'
      ) owner
      -- Of each owner for itself, by index: "offset 0" keeps the planner from reading the directory whole for each email.
      cross join lateral (
        select team_key from user_team_key where portal_id = ${scope.portalId} and user_id = owner.user_id offset 0
      ) k
      where k.team_key = any(${teamKeys}::int[]))`,
  );
}

/** What the page lists: in the outbox, and shown (healthy mail is listed late). Indexes of the page are partial on it. */
export function listed(sql: Sql) {
  return sql`e.listed and e.state <> 'cancelled'`;
}

function predicate(
  sql: Sql,
  portalId: string,
  sight: Sight,
  ofTeams: (teamKeys: number[]) => ReturnType<typeof listed>,
) {
  const { everything, authorIds, packetRefs, teamKeys, systemMail, systemOnly } = sight;
  const [author] = authorIds;
  const parts = [
    ...(author !== undefined
      ? [authorIds.length > 1 ? sql`e.author_id = any(${[...authorIds]})` : sql`e.author_id = ${author}`]
      : []),
    ...(packetRefs.length > 0 ? [sql`e.packet_ref = any(${[...packetRefs]})`] : []),
    ...(systemMail ? [sql`(e.author_id is null and e.packet_ref is null)`] : []),
    ...(teamKeys.length > 0 ? [ofTeams([...teamKeys])] : []),
  ];
  // Parts that open nothing are left out: each that stays costs the planner its choice of an index.
  const opened = everything ? sql`true` : parts.reduce((some, part) => sql`${some} or ${part}`, sql`false`);
  const ofSystem = systemOnly ? sql`and e.author_id is null` : sql``;
  return sql`e.portal_id = ${portalId} ${ofSystem} and (${opened})`;
}
