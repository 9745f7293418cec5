import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';

/** Whose scope is asked for; the role comes from the token. */
export interface ScopeOwner {
  userId: string;
  administrator: boolean;
}

interface ScopesRow {
  user_id: string;
  everything: boolean;
  leads_team: boolean;
  team_keys: number[];
  worked_packet_refs: string[];
  read_team_keys: number[];
  read_user_ids: string[];
  read_packet_refs: string[];
}

/**
 * What the places of these users in the directory open, in their order and in one statement: following changes for a
 * thousand readers must not ask a thousand times when the directory changes. Team: the teams that a user leads, with all
 * below them, and the direct members of teams that the user belongs to (M4). Lists are sorted, so that two scopes can be
 * compared.
 */
export async function readScopes(
  sql: Sql,
  portalId: string,
  owners: readonly ScopeOwner[],
): Promise<ReadScope[]> {
  const userIds = [...new Set(owners.map(({ userId }) => userId))];
  const rows = await sql<ScopesRow[]>`
    with recursive reader as materialized (
      select it as user_id from unnest(${userIds}::text[]) as it
    ), led as (
      select r.user_id, t.id, t.key from reader r
      join directory_team t on t.portal_id = ${portalId} and t.leader_id = r.user_id
      union
      select l.user_id, t.id, t.key from led l
      join directory_team t on t.portal_id = ${portalId} and t.parent_id = l.id
    ), readable as (
      select r.user_id, t.id, t.key from reader r
      join directory_access a on a.portal_id = ${portalId} and a.user_id = r.user_id and a.kind = 'team'
      join directory_team t on t.portal_id = ${portalId} and t.id = a.subject_id
      union
      select l.user_id, t.id, t.key from readable l
      join directory_team t on t.portal_id = ${portalId} and t.parent_id = l.id
    ), team as (
      select user_id, key * 2 + leader as team_key from led cross join (values (0), (1)) as it (leader)
      union
      select r.user_id, t.key * 2 from reader r
      join directory_member m on m.portal_id = ${portalId} and m.user_id = r.user_id
      join directory_team t on t.portal_id = ${portalId} and t.id = m.team_id
    ), teams as (
      select user_id, array_agg(team_key order by team_key) as keys from team group by 1
    ), leaders as (
      select distinct user_id from led
    ), readable_teams as (
      select user_id, array_agg(key * 2 + leader order by key * 2 + leader) as keys
      from readable cross join (values (0), (1)) as it (leader) group by 1
    ), packets as (
      select p.user_id, array_agg(packet_ref order by packet_ref) filter (where relation = 'works') as worked,
             array_agg(packet_ref order by packet_ref) filter (where relation = 'reads') as readable
      from reader r join packet_user p on p.portal_id = ${portalId} and p.user_id = r.user_id group by 1
    ), readable_users as (
      select a.user_id, array_agg(subject_id order by subject_id) as ids
      from reader r
      join directory_access a on a.portal_id = ${portalId} and a.user_id = r.user_id and a.kind = 'user' group by 1
    )
    select r.user_id, u.id is not null as everything, leaders.user_id is not null as leads_team,
           coalesce(teams.keys, '{}') as team_keys, coalesce(packets.worked, '{}') as worked_packet_refs,
           coalesce(readable_teams.keys, '{}') as read_team_keys, coalesce(readable_users.ids, '{}') as read_user_ids,
           coalesce(packets.readable, '{}') as read_packet_refs
    from reader r
    left join directory_user u on u.portal_id = ${portalId} and u.id = r.user_id and u.access = 'all'
    left join teams on teams.user_id = r.user_id
    left join leaders on leaders.user_id = r.user_id
    left join readable_teams on readable_teams.user_id = r.user_id
    left join packets on packets.user_id = r.user_id
    left join readable_users on readable_users.user_id = r.user_id`;
  const byUser = new Map(rows.map((row) => [row.user_id, row]));
  return owners.map((owner) => toScope(portalId, owner, byUser.get(owner.userId)));
}

function toScope(
  portalId: string,
  { userId, administrator }: ScopeOwner,
  row: ScopesRow | undefined,
): ReadScope {
  if (row === undefined) throw new Error('The scopes query left a reader out.');
  return {
    portalId,
    userId,
    everything: row.everything,
    systemMail: row.leads_team || administrator,
    teamKeys: row.team_keys,
    workedPacketRefs: row.worked_packet_refs,
    readTeamKeys: row.read_team_keys,
    readUserIds: row.read_user_ids,
    readPacketRefs: row.read_packet_refs,
    leadsTeam: row.leads_team,
    hasTeam: row.team_keys.length > 0,
  };
}
