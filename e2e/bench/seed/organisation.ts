/*
 * The organisation that the outbox is measured with: numbers instead of random choices, so that every run, and the
 * SQL beside this, finds the same people in the same places.
 *
 * 8 divisions of 9 departments of 10 leaf teams are 800 teams. Leaf team 0 is the large one; every other leaf team has
 * 12 or 13 members. Leaders are people of their own.
 */

export const users = 10_000;
export const divisions = 8;
export const departments = 72;
export const leafTeams = 720;
export const teams = divisions + departments + leafTeams;
export const packets = 200_000;

/** Members of leaf team 0, and its share of all emails. */
export const largeTeam = { members: 300, packets: 10_000, share: 0.045 } as const;
const otherTeams = leafTeams - 1;

/** Users by number: members first, then those with a part of their own. */
export const firstMover = 9190;
export const firstWithAllAccess = 9195;
export const firstLeafLeader = 9200;
export const firstDepartmentLeader = firstLeafLeader + leafTeams;
export const firstDivisionLeader = firstDepartmentLeader + departments;

export const userId = (number: number): string => `user-${number}`;
export const leafTeamId = (team: number): string => `team-${team}`;

/** Who leads what, and which leaf teams that opens: departments and divisions take every 72nd and every 8th. */
export const leafLeader = (team: number): string => userId(firstLeafLeader + team);
export const departmentLeader = (department: number): string => userId(firstDepartmentLeader + department);
export const divisionLeader = (division: number): string => userId(firstDivisionLeader + division);

/** The members of a leaf team that no second team adds to. */
export function leafMember(team: number, place: number): string {
  return userId(team === 0 ? place : largeTeam.members + team - 1 + otherTeams * place);
}

/**
 * Functions for the SQL of the seed, in the schema `bench`: a draw is a number from 0 to 1 that depends on nothing but
 * its two arguments.
 */
export const organisationFunctions = `
  create schema bench;
  create function bench.draw(n bigint, salt bigint) returns float8 immutable parallel safe language sql
    return ((hashint8extended(n, salt) >> 11) & 9007199254740991)::float8 / 9007199254740992;
  create function bench.part(names text[], draw float8) returns text immutable parallel safe language sql
    return names[1 + floor(draw * cardinality(names))::int];
  create function bench.leaf_team(draw float8, among float8) returns int immutable parallel safe language sql
    return case when draw < ${largeTeam.share} then 0 else 1 + floor(${otherTeams} * power(among, 1.5))::int end;
  create function bench.members(team int) returns int immutable parallel safe language sql
    return case when team = 0 then ${largeTeam.members}
      else (${firstMover - largeTeam.members - 1} - (team - 1)) / ${otherTeams} + 1 end;
  create function bench.member(team int, draw float8) returns text immutable parallel safe language sql
    return 'user-' || case when team = 0 then floor(draw * ${largeTeam.members})::int
      else ${largeTeam.members - 1} + team + ${otherTeams} * floor(draw * bench.members(team))::int end;
  create function bench.packet(team int, draw float8) returns int immutable parallel safe language sql
    return case when team = 0 then floor(draw * ${largeTeam.packets})::int
      else ${largeTeam.packets - 1} + team
           + ${otherTeams} * floor(draw * ${Math.floor((packets - largeTeam.packets) / otherTeams)})::int end;
  create function bench.packet_team(packet int) returns int immutable parallel safe language sql
    return case when packet < ${largeTeam.packets} then 0 else 1 + (packet - ${largeTeam.packets}) % ${otherTeams} end;
  create function bench.packet_ref(packet int) returns text immutable parallel safe language sql
    return (array['T-', 'C-', 'A-'])[1 + packet % 3] || packet;
  create function bench.packet_type(packet int) returns text immutable parallel safe language sql
    return (array['ticket', 'case', 'action'])[1 + packet % 3];`;
