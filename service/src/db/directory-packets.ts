import type { DirectoryPacket } from '@portal-outbox/contracts';
import type { Touched } from './change-directory.ts';
import type { Sql } from './database.ts';
import { replaceRows } from './replace-rows.ts';

/** A row of `packet_user`. */
type PacketUser = { packet_ref: string; user_id: string; relation: 'works' | 'reads' };

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
    ...workerIds.map((user): PacketUser => ({ packet_ref: id, user_id: user, relation: 'works' })),
    ...accessIds.map((user): PacketUser => ({ packet_ref: id, user_id: user, relation: 'reads' })),
  ]);
  const table = { table: tx`packet_user`, owner: tx`packet_ref`, columns: tx`packet_ref, user_id, relation` };
  const refs = packets.map(({ id }) => id);
  const moved = await replaceRows(tx, portalId, table, refs, users);
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
    returning packet_ref, user_id, relation`;
  touchPackets(touched, left);
}

function touchPackets(touched: Touched, users: readonly PacketUser[]): void {
  for (const { packet_ref: packet, user_id: user, relation } of users) {
    touched.changed.add(`packet ${packet}`);
    touched.readers.add(user);
    if (relation === 'works') touched.packets.add(packet);
  }
}
