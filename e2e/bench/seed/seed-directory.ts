import { foldText } from '@portal-outbox/contracts';
import type postgres from 'postgres';
import {
  departments,
  divisions,
  firstDepartmentLeader,
  firstDivisionLeader,
  firstLeafLeader,
  firstMover,
  firstWithAllAccess,
  leafTeams,
  packets,
  users,
} from './organisation.ts';
import { familyNames, givenNames } from './words.ts';

/** Users, teams and packets as organisation.ts numbers them. Needs its functions. */
export async function seedDirectory(sql: postgres.Sql, portalId: string): Promise<void> {
  const name = (given: string[], family: string[]) =>
    sql`bench.part(${given}::text[], bench.draw(n, 1)) || ' ' || bench.part(${family}::text[], bench.draw(n, 2))`;
  await sql`
    insert into directory_user (portal_id, id, name, name_key, access)
    select ${portalId}::uuid, 'user-' || n, ${name(givenNames, familyNames)},
           ${name(givenNames.map(foldText), familyNames.map(foldText))},
           case when n between ${firstWithAllAccess}::int and ${firstLeafLeader - 1}::int then 'all' else 'own' end
    from generate_series(0, ${users - 1}::int) n`;
  await sql`
    insert into directory_team (portal_id, id, name, parent_id, leader_id)
    select ${portalId}::uuid, 'division-' || n, 'Division ' || n, null, 'user-' || ${firstDivisionLeader}::int + n
    from generate_series(0, ${divisions - 1}::int) n
    union all
    select ${portalId}::uuid, 'department-' || n, 'Department ' || n, 'division-' || n % ${divisions}::int,
           'user-' || ${firstDepartmentLeader}::int + n
    from generate_series(0, ${departments - 1}::int) n
    union all
    select ${portalId}::uuid, 'team-' || n, 'Team ' || n, 'department-' || n % ${departments}::int,
           'user-' || ${firstLeafLeader}::int + n
    from generate_series(0, ${leafTeams - 1}::int) n`;
  // One in twenty belongs to a second team.
  await sql`
    insert into directory_member (portal_id, team_id, user_id)
    select ${portalId}::uuid, 'team-' || t, bench.member(t, (place + 0.5) / bench.members(t))
    from generate_series(0, ${leafTeams - 1}::int) t, generate_series(0, bench.members(t) - 1) place
    union
    select ${portalId}::uuid, 'team-' || 1 + floor(bench.draw(n, 4) * ${leafTeams - 1}::int)::int, 'user-' || n
    from generate_series(0, ${firstMover - 1}::int) n where bench.draw(n, 3) < 0.05`;
  await seedPackets(sql, portalId);
}

/** One or two members of a packet's team work on it; on some also somebody of another team, and some are read by one more. */
async function seedPackets(sql: postgres.Sql, portalId: string): Promise<void> {
  await sql`
    insert into packet (portal_id, ref, type, title, url)
    select ${portalId}::uuid, bench.packet_ref(p), bench.packet_type(p), 'Work item ' || p,
           'https://portal.test/packets/' || p
    from generate_series(0, ${packets - 1}::int) p`;
  await sql`
    insert into packet_user (portal_id, packet_ref, user_id, relation)
    select ${portalId}::uuid, bench.packet_ref(p), user_id, relation
    from generate_series(0, ${packets - 1}::int) p, lateral (
      select bench.member(bench.packet_team(p), bench.draw(p, 11)) as user_id, 'works' as relation
      union
      select bench.member(bench.packet_team(p), bench.draw(p, 12)), 'works' where bench.draw(p, 13) < 0.4
      union
      select 'user-' || floor(bench.draw(p, 14) * ${firstMover}::int)::int, 'works' where bench.draw(p, 15) < 0.03
      union
      select 'user-' || floor(bench.draw(p, 16) * ${firstMover}::int)::int, 'reads' where bench.draw(p, 17) < 0.01
    ) given`;
  await sql`analyze directory_user, directory_team, directory_member, packet, packet_user`;
}
