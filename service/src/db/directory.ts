import type { DirectoryPacket, DirectoryTeam, DirectoryUser } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

export async function putUser(sql: Sql, portalId: string, id: string, user: DirectoryUser): Promise<void> {
  await sql`
    insert into directory_user (portal_id, id, name, access)
    values (${portalId}, ${id}, ${user.name}, ${user.access})
    on conflict (portal_id, id) do update set name = excluded.name, access = excluded.access`;
}

/** Puts the team; its members replace those known before. Run it in a transaction. */
export async function putTeam(tx: Sql, portalId: string, id: string, team: DirectoryTeam): Promise<void> {
  await tx`
    insert into directory_team (portal_id, id, name, parent_id, leader_id)
    values (${portalId}, ${id}, ${team.name}, ${team.parentId}, ${team.leaderId})
    on conflict (portal_id, id) do update
    set name = excluded.name, parent_id = excluded.parent_id, leader_id = excluded.leader_id`;
  await tx`
    delete from directory_member
    where portal_id = ${portalId} and team_id = ${id} and user_id <> all(${team.memberIds})`;
  await tx`
    insert into directory_member (portal_id, team_id, user_id)
    select ${portalId}, ${id}, unnest(${team.memberIds}::text[])
    on conflict do nothing`;
}

/** Puts the packet; its workers and readers replace those known before. Run it in a transaction. */
export async function putPacket(
  tx: Sql,
  portalId: string,
  ref: string,
  packet: DirectoryPacket,
): Promise<void> {
  await tx`
    insert into packet (portal_id, ref, type, title, url)
    values (${portalId}, ${ref}, ${packet.type}, ${packet.title}, ${packet.url})
    on conflict (portal_id, ref) do update
    set type = excluded.type, title = excluded.title, url = excluded.url`;
  const userIds = [...packet.workerIds, ...packet.accessIds];
  const relations = [...packet.workerIds.map(() => 'works'), ...packet.accessIds.map(() => 'reads')];
  await tx`
    delete from packet_user
    where portal_id = ${portalId} and packet_ref = ${ref}
      and (user_id, relation) not in (select * from unnest(${userIds}::text[], ${relations}::text[]))`;
  await tx`
    insert into packet_user (portal_id, packet_ref, user_id, relation)
    select ${portalId}, ${ref}, user_id, relation
    from unnest(${userIds}::text[], ${relations}::text[]) as given (user_id, relation)
    on conflict do nothing`;
}
