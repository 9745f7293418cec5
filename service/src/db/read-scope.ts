import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';

interface ScopeRow {
  everything: boolean;
  leads_team: boolean;
  has_team: boolean;
  team_user_ids: string[];
  team_packet_refs: string[];
  readable_packet_refs: string[];
}

/**
 * What a user's place in the directory opens. Team: the teams the user leads, with all below them, and the direct
 * members of teams the user belongs to (M4).
 */
export async function readScope(
  sql: Sql,
  portalId: string,
  userId: string,
  administrator: boolean,
): Promise<ReadScope> {
  const [row] = await sql<ScopeRow[]>`
    with recursive led as (
      select id from directory_team where portal_id = ${portalId} and leader_id = ${userId}
      union
      select t.id from directory_team t join led on t.parent_id = led.id where t.portal_id = ${portalId}
    ), own as (
      select team_id from directory_member where portal_id = ${portalId} and user_id = ${userId}
    ), team as (
      select m.user_id from directory_member m
      where m.portal_id = ${portalId}
        and (m.team_id in (select id from led) or m.team_id in (select team_id from own))
      union
      select t.leader_id from directory_team t
      where t.portal_id = ${portalId} and t.id in (select id from led) and t.leader_id is not null
      union
      select ${userId}
    )
    select
      exists (select from directory_user where portal_id = ${portalId} and id = ${userId} and access = 'all')
        as everything,
      exists (select from led) as leads_team,
      exists (select from led) or exists (select from own) as has_team,
      array(select user_id from team) as team_user_ids,
      array(
        select distinct packet_ref from packet_user
        where portal_id = ${portalId} and relation = 'works' and user_id in (select user_id from team)
      ) as team_packet_refs,
      array(
        select distinct packet_ref from packet_user
        where portal_id = ${portalId} and relation = 'reads' and user_id = ${userId}
      ) as readable_packet_refs`;
  if (row === undefined) throw new Error('The scope query returned no row.');
  return {
    portalId,
    userId,
    everything: row.everything,
    systemMail: row.leads_team || administrator,
    teamUserIds: row.team_user_ids,
    teamPacketRefs: row.team_packet_refs,
    readablePacketRefs: row.readable_packet_refs,
    leadsTeam: row.leads_team,
    hasTeam: row.has_team,
  };
}
