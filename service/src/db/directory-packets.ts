import type { DirectoryPacket } from '@portal-outbox/contracts';
import type { Touched } from './change-directory.ts';
import type { Sql } from './database.ts';

interface PacketUser {
  packet: string;
  user: string;
  relation: 'works' | 'reads';
}

/** Puts packets; their workers and readers replace those known before. Within `changeDirectory`; each id once. */
export async function writePackets(
  tx: Sql,
  portalId: string,
  packets: readonly (DirectoryPacket & { id: string })[],
  touched: Touched,
): Promise<void> {
  if (packets.length === 0) return;
  const given = packets.map(({ id, type, title, url }) => ({ id, type, title, url }));
  const written = await tx<{ id: string }[]>`
    insert into packet as p (portal_id, ref, type, title, url)
    select ${portalId}, id, type, title, url
    from jsonb_to_recordset(${tx.json(given)}) as it (id text, type text, title text, url text)
    on conflict (portal_id, ref) do update
    set type = excluded.type, title = excluded.title, url = excluded.url
    where (p.type, p.title, p.url) is distinct from (excluded.type, excluded.title, excluded.url)
    returning ref as id`;
  for (const { id } of written) touched.changed.add(`packet ${id}`);
  const users = packets.flatMap(({ id, workerIds, accessIds }) => [
    ...workerIds.map((user) => ({ packet: id, user, relation: 'works' })),
    ...accessIds.map((user) => ({ packet: id, user, relation: 'reads' })),
  ]);
  const moved = await tx<PacketUser[]>`
    with given as materialized (
      select distinct * from unnest(${users.map((it) => it.packet)}::text[], ${users.map((it) => it.user)}::text[],
                                    ${users.map((it) => it.relation)}::text[]) as it (packet_ref, user_id, relation)
    ), present as materialized (
      select packet_ref, user_id, relation from packet_user
      where portal_id = ${portalId} and packet_ref = any(${packets.map((packet) => packet.id)})
    ), removed as materialized (
      select * from present except select * from given
    ), added as materialized (
      select * from given except select * from present
    ), left_packet as (
      delete from packet_user p using removed r
      where p.portal_id = ${portalId} and p.packet_ref = r.packet_ref and p.user_id = r.user_id
        and p.relation = r.relation
    ), joined as (
      insert into packet_user (portal_id, packet_ref, user_id, relation)
      select ${portalId}, packet_ref, user_id, relation from added
    )
    select packet_ref as packet, user_id as "user", relation from removed
    union all select packet_ref, user_id, relation from added`;
  touchPackets(touched, moved);
}

/** Deletes packets with who works on them. Their emails stay their authors'. Within `changeDirectory`. */
export async function deletePackets(
  tx: Sql,
  portalId: string,
  refs: readonly string[],
  touched: Touched,
): Promise<void> {
  if (refs.length === 0) return;
  const gone = await tx<{ id: string }[]>`
    delete from packet where portal_id = ${portalId} and ref = any(${[...refs]}) returning ref as id`;
  for (const { id } of gone) touched.changed.add(`packet ${id}`);
  const left = await tx<PacketUser[]>`
    delete from packet_user where portal_id = ${portalId} and packet_ref = any(${[...refs]})
    returning packet_ref as packet, user_id as "user", relation`;
  touchPackets(touched, left);
}

function touchPackets(touched: Touched, users: readonly PacketUser[]): void {
  for (const { packet, user, relation } of users) {
    touched.changed.add(`packet ${packet}`);
    touched.readers.add(user);
    if (relation === 'works') touched.packets.add(packet);
  }
}
