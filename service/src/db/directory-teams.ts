import type { DirectoryTeam } from '@portal-outbox/contracts';
import type { Touched } from './change-directory.ts';
import type { Sql } from './database.ts';
import { replaceRows } from './replace-rows.ts';

interface WrittenTeam {
  id: string;
  /** It is new, or stands elsewhere in the tree. */
  moved: boolean;
  parentBefore: string | null;
  leaderBefore: string | null;
  leader: string | null;
}

/** Puts teams; their members replace those known before. Within `changeDirectory`; each id once. */
export async function writeTeams(
  tx: Sql,
  portalId: string,
  teams: readonly (DirectoryTeam & { id: string })[],
  touched: Touched,
): Promise<void> {
  if (teams.length === 0) return;
  const given = teams.map(({ id, name, parentId, leaderId }) => ({ id, name, parentId, leaderId }));
  // No upsert: each would use up a key, whether the team is new or not.
  const written = await tx<WrittenTeam[]>`
    with given as materialized (
      select * from jsonb_to_recordset(${tx.json(given)}) as it (id text, name text, "parentId" text, "leaderId" text)
    ), before as materialized (
      select t.id, t.parent_id, t.leader_id from directory_team t join given using (id)
      where t.portal_id = ${portalId}
    ), updated as (
      update directory_team t set name = g.name, parent_id = g."parentId", leader_id = g."leaderId"
      from given g
      where t.portal_id = ${portalId} and t.id = g.id
        and (t.name, t.parent_id, t.leader_id) is distinct from (g.name, g."parentId", g."leaderId")
      returning t.id
    ), inserted as (
      insert into directory_team (portal_id, id, name, parent_id, leader_id)
      select ${portalId}, id, name, "parentId", "leaderId" from given
      where id not in (select id from before)
      returning id
    )
    select g.id, before.id is null or before.parent_id is distinct from g."parentId" as moved,
           before.parent_id as "parentBefore", before.leader_id as "leaderBefore", g."leaderId" as leader
    from given g left join before using (id)
    where g.id in (select id from updated) or g.id in (select id from inserted)`;
  for (const { id, leader, leaderBefore } of written) {
    touched.changed.add(`team ${id}`);
    if (leader === leaderBefore) continue;
    for (const user of [leader, leaderBefore]) if (user !== null) touch(touched, user);
  }
  const members = teams.flatMap(({ id, memberIds }) =>
    memberIds.map((user) => ({ team_id: id, user_id: user })),
  );
  const table = { table: tx`directory_member`, owner: tx`team_id`, columns: tx`team_id, user_id` };
  const teamIds = teams.map(({ id }) => id);
  for (const { team_id: team, user_id: user } of await replaceRows(tx, portalId, table, teamIds, members)) {
    touched.changed.add(`team ${team}`);
    touch(touched, user);
  }
  const moved = written.filter((team) => team.moved);
  await touchOverseers(
    tx,
    portalId,
    moved.flatMap((team) => [team.id, ...(team.parentBefore === null ? [] : [team.parentBefore])]),
    touched,
  );
}

/** Deletes teams with their memberships; teams below them become roots. Within `changeDirectory`. */
export async function deleteTeams(
  tx: Sql,
  portalId: string,
  ids: readonly string[],
  touched: Touched,
): Promise<void> {
  if (ids.length === 0) return;
  await touchOverseers(tx, portalId, ids, touched);
  const gone = await tx<{ team: string; user: string | null }[]>`
    with members as (
      delete from directory_member where portal_id = ${portalId} and team_id = any(${[...ids]})
      returning team_id, user_id
    ), granted as (
      delete from directory_access where portal_id = ${portalId} and kind = 'team' and subject_id = any(${[...ids]})
    ), gone as (
      delete from directory_team where portal_id = ${portalId} and id = any(${[...ids]}) returning id, leader_id
    )
    select team_id as team, user_id as "user" from members union all select id, leader_id from gone`;
  for (const { team, user } of gone) {
    touched.changed.add(`team ${team}`);
    if (user !== null) touch(touched, user);
  }
}

/** Whoever leads these teams or one above them, or was given access to one, has other teams now. */
async function touchOverseers(
  tx: Sql,
  portalId: string,
  teamIds: readonly string[],
  touched: Touched,
): Promise<void> {
  if (teamIds.length === 0) return;
  const readers = await tx<{ id: string }[]>`
    with recursive above as (
      select it as id from unnest(${[...teamIds]}::text[]) as it
      union
      select t.parent_id from above join directory_team t on t.portal_id = ${portalId} and t.id = above.id
      where t.parent_id is not null
    )
    select t.leader_id as id from above
    join directory_team t on t.portal_id = ${portalId} and t.id = above.id
    where t.leader_id is not null
    union
    select a.user_id from above
    join directory_access a on a.portal_id = ${portalId} and a.kind = 'team' and a.subject_id = above.id`;
  for (const { id } of readers) touched.readers.add(id);
}

function touch(touched: Touched, user: string): void {
  touched.users.add(user);
  touched.readers.add(user);
}
