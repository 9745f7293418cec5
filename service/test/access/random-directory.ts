import type { SeededRandom } from '../seeded-random.ts';
import type { ToldLine } from './told-directory.ts';

export const users = ['ada', 'bob', 'cy', 'dan', 'eve', 'fay'];
export const teams = ['north', 'south', 'north east', 'all of it', 'nowhere'];
export const packets = ['1-T', '2-C', '3-A', '4-T'];

/** Lines about some of the users, teams and packets. Cycles, parents that do not exist and unknown users happen. */
export function randomLines(random: SeededRandom): ToldLine[] {
  return [
    ...random.some(users).map((id) => randomUser(random, id)),
    ...random.some(teams).map((id) => randomTeam(random, id)),
    ...random.some(packets).map((id) => randomPacket(random, id)),
  ];
}

/** What a host tells later: somebody moves, a team ends, a packet changes hands. */
export function randomChange(random: SeededRandom): ToldLine {
  const kind = random.pick(['user', 'team', 'team', 'packet'] as const);
  const id = random.pick({ user: users, team: teams, packet: packets }[kind]);
  if (random.next() < 0.25) return { kind, id, deleted: true };
  return { user: randomUser, team: randomTeam, packet: randomPacket }[kind](random, id);
}

function randomUser(random: SeededRandom, id: string): ToldLine {
  return {
    ...{ kind: 'user', id, name: id.toUpperCase() },
    access: random.next() < 0.12 ? 'all' : 'own',
    accessUserIds: few(random, users, 0.3),
    accessTeamIds: few(random, teams, 0.3),
  };
}

function randomTeam(random: SeededRandom, id: string): ToldLine {
  return {
    ...{ kind: 'team', id, name: id },
    parentId: random.next() < 0.6 ? random.pick(teams) : null,
    leaderId: random.next() < 0.6 ? random.pick(users) : null,
    memberIds: random.some(users).slice(0, 3),
  };
}

function randomPacket(random: SeededRandom, id: string): ToldLine {
  return {
    ...{ kind: 'packet', id, type: 'ticket', title: id },
    workerIds: random.some(users).slice(0, 2),
    accessIds: few(random, users, 0.5),
  };
}

function few(random: SeededRandom, from: readonly string[], chance: number): string[] {
  return random.next() < chance ? [random.pick(from)] : [];
}
