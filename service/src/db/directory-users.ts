import { foldText, type DirectoryUser } from '@portal-outbox/contracts';
import type { Touched } from './change-directory.ts';
import type { Sql } from './database.ts';
import { replaceRows } from './replace-rows.ts';

/** Puts users, with what they were granted. Within `changeDirectory`; each id once. */
export async function writeUsers(
  tx: Sql,
  portalId: string,
  users: readonly (DirectoryUser & { id: string })[],
  touched: Touched,
): Promise<void> {
  if (users.length === 0) return;
  const given = users.map(({ id, name, access }) => ({ id, name, key: foldText(name), access }));
  const written = await tx<{ id: string; opened: boolean }[]>`
    with given as materialized (
      select * from jsonb_to_recordset(${tx.json(given)}) as it (id text, name text, key text, access text)
    ), before as materialized (
      select u.id, u.access from directory_user u join given using (id) where u.portal_id = ${portalId}
    ), written as (
      insert into directory_user as u (portal_id, id, name, name_key, access)
      select ${portalId}, id, name, key, access from given
      on conflict (portal_id, id) do update
      set name = excluded.name, name_key = excluded.name_key, access = excluded.access
      where (u.name, u.name_key, u.access) is distinct from (excluded.name, excluded.name_key, excluded.access)
      returning id, access
    )
    select id, written.access <> coalesce(before.access, 'own') as opened from written left join before using (id)`;
  for (const { id, opened } of written) {
    touched.changed.add(`user ${id}`);
    if (opened) touched.readers.add(id);
  }
  const grants = users.flatMap(({ id, accessUserIds, accessTeamIds }) => [
    ...accessUserIds.map((subject) => ({ user_id: id, kind: 'user', subject_id: subject })),
    ...accessTeamIds.map((subject) => ({ user_id: id, kind: 'team', subject_id: subject })),
  ]);
  const table = { table: tx`directory_access`, owner: tx`user_id`, columns: tx`user_id, kind, subject_id` };
  const ids = users.map(({ id }) => id);
  for (const { user_id: id } of await replaceRows(tx, portalId, table, ids, grants)) {
    touched.changed.add(`user ${id}`);
    touched.readers.add(id);
  }
}

/** Deletes users, wherever the directory names them. Within `changeDirectory`. */
export async function deleteUsers(
  tx: Sql,
  portalId: string,
  ids: readonly string[],
  touched: Touched,
): Promise<void> {
  if (ids.length === 0) return;
  const gone = await tx<{ id: string; packet: string | null; moved: boolean }[]>`
    with gone as (
      delete from directory_user where portal_id = ${portalId} and id = any(${[...ids]}) returning id
    ), members as (
      delete from directory_member where portal_id = ${portalId} and user_id = any(${[...ids]}) returning user_id
    ), leaders as (
      update directory_team t set leader_id = null
      from directory_team before
      where t.portal_id = ${portalId} and t.leader_id = any(${[...ids]})
        and before.portal_id = t.portal_id and before.id = t.id
      returning before.leader_id
    ), packets as (
      delete from packet_user where portal_id = ${portalId} and user_id = any(${[...ids]})
      returning user_id, packet_ref, relation
    ), granted as (
      delete from directory_access
      where portal_id = ${portalId}
        and (user_id = any(${[...ids]}) or (kind = 'user' and subject_id = any(${[...ids]})))
      returning user_id
    )
    select id, null as packet, false as moved from gone
    union all select user_id, null, true from members
    union all select leader_id, null, true from leaders
    union all select user_id, case when relation = 'works' then packet_ref end, false from packets
    union all select user_id, null, false from granted`;
  const deleted = new Set(ids);
  for (const { id, packet, moved } of gone) {
    if (deleted.has(id)) touched.changed.add(`user ${id}`);
    touched.readers.add(id);
    if (moved) touched.users.add(id);
    if (packet !== null) touched.packets.add(packet);
  }
}
