import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { allOf, foundIds, lastingConditions, matchingIds, standingConditions } from './filtered-emails.ts';
import type { Fragment } from './list-order.ts';
import { seenEmails } from './seen-emails.ts';

/**
 * The emails of the list that are seen and match, as `select id`, each once: for those who see much. What is seen and what
 * each condition matches are sets of ids, from an index each: `outbox_email` itself is not looked at. `null`: all emails.
 */
export function seenMatches(sql: Sql, portalId: string, sight: Sight, filter: OutboxFilter): Fragment | null {
  const { everything, systemMail, authorIds, packetRefs } = sight;
  if (everything) return ofEverything(sql, portalId, sight, filter);
  const shared =
    authorIds.length + packetRefs.length === 0
      ? ofTeams(sql, portalId, sight, filter)
      : inSets(
          sql,
          sql`select id from (${seenEmails(sql, portalId, { ...sight, systemMail: false }) ?? sql``}) seen`,
          setsOf(sql, portalId, filter),
        );
  if (!systemMail) return shared;
  // Nobody sees one of these for another reason as well.
  const system = sql`
    select e.id from listed_email e
    where e.portal_id = ${portalId} and e.author_id is null and e.packet_ref is null`;
  return sql`${shared} union all ${inSets(sql, system, setsOf(sql, portalId, filter))}`;
}

function ofEverything(
  sql: Sql,
  portalId: string,
  { systemOnly }: Sight,
  filter: OutboxFilter,
): Fragment | null {
  const lasting = [...(systemOnly ? [sql`e.author_id is null`] : []), ...lastingConditions(sql, filter)];
  const [first, ...others] = changingSets(sql, portalId, filter);
  if (lasting.length > 0) {
    const ids = sql`select e.id from listed_email e where e.portal_id = ${portalId} and ${allOf(sql, lasting)}`;
    return inSets(sql, ids, first === undefined ? [] : [first, ...others]);
  }
  return first === undefined ? null : inSets(sql, sql`select distinct id from (${first}) matching`, others);
}

/** An email's rows of its teams tell a part of the filter. */
function ofTeams(
  sql: Sql,
  portalId: string,
  { teamKeys, systemOnly }: Sight,
  filter: OutboxFilter,
): Fragment {
  const { told, rest } = standingConditions(sql, portalId, filter);
  const rows = sql`
    from email_team t
    where t.portal_id = ${portalId} and t.team_key = any(${[...teamKeys]}::int[])
      ${systemOnly ? sql`and t.system` : sql``} and ${allOf(sql, told)}`;
  const lasting = lastingConditions(sql, rest);
  // Behind a `distinct` PostgreSQL does not see how much the teams have; here nothing else makes each email one.
  const ids =
    lasting.length === 0
      ? sql`select distinct t.email_id as id ${rows}`
      : sql`
          select e.id from listed_email e
          where e.portal_id = ${portalId} and ${allOf(sql, lasting)} and e.id in (select t.email_id ${rows})`;
  return inSets(sql, ids, changingSets(sql, portalId, rest));
}

function changingSets(sql: Sql, portalId: string, { status, cause, search }: OutboxFilter): Fragment[] {
  return setsOf(sql, portalId, {
    ...(status && { status }),
    ...(cause && { cause }),
    ...(search !== undefined && { search }),
  });
}

function setsOf(sql: Sql, portalId: string, filter: OutboxFilter): Fragment[] {
  const { search } = filter;
  return [
    ...matchingIds(sql, portalId, filter),
    ...(search === undefined ? [] : [foundIds(sql, portalId, search)]),
  ];
}

function inSets(sql: Sql, ids: Fragment, sets: readonly Fragment[]): Fragment {
  const conditions = sets.map((set) => sql`s.id in (${set})`);
  return sql`select s.id from (${ids}) s where ${allOf(sql, conditions)}`;
}
