import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sight } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { filteredBy } from './filtered-emails.ts';
import { listed } from './visible-emails.ts';

/** What a standing tells: a filter by nothing else is counted without a look at the emails. */
const told: ReadonlySet<string> = new Set(['status', 'connector', 'submittedFrom', 'submittedTo']);

export function isToldByStandings(filter: OutboxFilter): boolean {
  return Object.keys(filter).every((name) => told.has(name));
}

/**
 * Connector, progress and submission of the emails of the list that are seen and match, each once: `seenEmails` for those
 * who count. A team, the system emails without a packet and a whole portal come from one index each.
 */
export function seenStandings(sql: Sql, portalId: string, sight: Sight, filter: OutboxFilter) {
  return sql`
    select e.connector_id, e.progress, e.submitted_at from (${unfiltered(sql, portalId, sight)}) e
    where ${filteredBy(sql, portalId, filter)}`;
}

function unfiltered(sql: Sql, portalId: string, sight: Sight) {
  const { everything, systemOnly, systemMail, authorIds, packetRefs, teamKeys } = sight;
  const inPortal = sql`
    select e.connector_id, e.progress, e.submitted_at from outbox_email e
    where e.portal_id = ${portalId} and ${listed(sql)}`;
  if (everything) return systemOnly ? sql`${inPortal} and e.author_id is null` : inPortal;
  const parts = [
    // Of one team an email has one row: nothing to tell apart.
    teamKeys.length > 0 &&
      sql`
      select ${teamKeys.length === 1 ? sql`` : sql`distinct`} t.email_id, t.connector_id, t.progress, t.submitted_at
      from email_team t
      where t.portal_id = ${portalId} and t.team_key = any(${[...teamKeys]}::int[]) ${systemOnly ? sql`and t.system` : sql``}`,
    authorIds.length > 0 &&
      !systemOnly &&
      sql`
      select e.id, e.connector_id, e.progress, e.submitted_at
      from listed_email l join outbox_email e on e.id = l.id
      where l.portal_id = ${portalId} and l.author_id = any(${[...authorIds]}::text[])`,
    packetRefs.length > 0 &&
      sql`
      select e.id, e.connector_id, e.progress, e.submitted_at
      from listed_email l join outbox_email e on e.id = l.id
      where l.portal_id = ${portalId} and l.packet_ref = any(${[...packetRefs]}::text[])
        ${systemOnly ? sql`and l.author_id is null` : sql``}`,
  ].filter((part) => part !== false);
  const nothing = sql`
    select null::uuid as email_id, null::uuid as connector_id, null::smallint as progress,
           null::timestamptz as submitted_at
    where false`;
  const [first = nothing, ...others] = parts;
  // `union`, not `union all`: an email may be seen for several reasons.
  const some = others.reduce((all, part) => sql`${all} union ${part}`, first);
  const standings = sql`select connector_id, progress, submitted_at from (${some}) part`;
  // Nobody sees one of these for another reason as well.
  return systemMail
    ? sql`${standings} union all ${inPortal} and e.author_id is null and e.packet_ref is null`
    : standings;
}
