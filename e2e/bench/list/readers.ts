import {
  departmentLeader,
  departments,
  divisionLeader,
  divisions,
  firstWithAllAccess,
  leafLeader,
  leafMember,
  leafTeams,
  userId,
} from '../seed/organisation.ts';

/** From who sees least to who sees most. */
export type ReaderKind =
  'member' | 'leafLeader' | 'departmentLeader' | 'largeTeamLeader' | 'divisionLeader' | 'everything';

/** Those whose team has at most 100,000 emails in an outbox of a million, and those who see more. */
export const narrowReaders = ['member', 'leafLeader', 'departmentLeader', 'largeTeamLeader'] as const;
export const teamLeaders = ['leafLeader', 'departmentLeader', 'largeTeamLeader'] as const;
export const wideReaders = ['divisionLeader', 'everything'] as const;

const otherTeams = leafTeams - 1;
/** The n-th of a kind, beginning again when all have had their turn. The first members of a team send the most. */
const nth: Record<ReaderKind, (n: number) => string> = {
  member: (n) =>
    n % 10 === 9 ? leafMember(0, n % 300) : leafMember(1 + (n % otherTeams), Math.floor(n / 7) % 12),
  leafLeader: (n) => leafLeader(1 + ((n * 7) % otherTeams)),
  departmentLeader: (n) => departmentLeader(n % departments),
  largeTeamLeader: () => leafLeader(0),
  divisionLeader: (n) => divisionLeader(n % divisions),
  everything: (n) => userId(firstWithAllAccess + (n % 5)),
};

export interface Reader {
  kind: ReaderKind;
  id: string;
}

/** Readers of these kinds in turns, each time another one of its kind. */
export function readerAt(kinds: readonly ReaderKind[], turn: number): Reader {
  const kind = kinds[turn % kinds.length] ?? 'member';
  return { kind, id: nth[kind](Math.floor(turn / kinds.length)) };
}
