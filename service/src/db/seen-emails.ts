import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';

/**
 * The emails of the list that are seen, as `select id, submitted_at`, each once: the same as `visibleTo`, gathered part by
 * part instead of asked of each email. `null`: every email of the portal, where nothing needs gathering.
 */
export function seenEmails(sql: Sql, portalId: string, sight: Sight) {
  if (sight.everything && !sight.systemOnly) return null;
  const { authorIds, packetRefs, teamKeys } = sight;
  const ofSystem = sight.systemOnly ? sql`and e.author_id is null` : sql``;
  const parts = [
    sight.everything &&
      sql`
      select e.id, e.submitted_at from listed_email e where e.portal_id = ${portalId} and e.author_id is null`,
    teamKeys.length > 0 && ofTeams(sql, portalId, sight),
    authorIds.length > 0 &&
      sql`
      select e.id, e.submitted_at from listed_email e
      where e.portal_id = ${portalId} and e.author_id = any(${[...authorIds]}::text[]) ${ofSystem}`,
    packetRefs.length > 0 &&
      sql`
      select e.id, e.submitted_at from listed_email e
      where e.portal_id = ${portalId} and e.packet_ref = any(${[...packetRefs]}::text[]) ${ofSystem}`,
    sight.systemMail &&
      sql`
      select e.id, e.submitted_at from listed_email e
      where e.portal_id = ${portalId} and e.author_id is null and e.packet_ref is null`,
  ].filter((part) => part !== false);
  const [first = sql`select null::uuid as id, null::timestamptz as submitted_at where false`, ...others] =
    parts;
  // `union`, not `union all`: an email may be seen for several reasons.
  return others.reduce((some, part) => sql`${some} union ${part}`, first);
}

function ofTeams(sql: Sql, portalId: string, { teamKeys, systemOnly }: Sight) {
  // Of one team an email has one row: nothing to tell apart.
  const once = teamKeys.length === 1 ? sql`` : sql`distinct`;
  const ofSystem = systemOnly
    ? sql`join listed_email e on e.portal_id = ${portalId} and e.id = t.email_id and e.author_id is null`
    : sql``;
  return sql`
    select ${once} t.email_id as id, t.submitted_at from email_team t ${ofSystem}
    where t.portal_id = ${portalId} and t.team_key = any(${[...teamKeys]}::int[])`;
}
