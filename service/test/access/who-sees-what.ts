import type { OutboxView } from '@portal-outbox/contracts';
import type { ToldDirectory } from './told-directory.ts';

export interface AskedReader {
  userId: string;
  administrator: boolean;
}

export interface AskedEmail {
  authorId: string | null;
  packetRef: string | null;
}

/**
 * "Who sees what" as the product says it, in its own words: users and what they work on, without keys, SQL or scopes.
 * Written apart from the service, so that both can be wrong only in the same way by chance.
 */
export function viewsByTheBook(
  directory: ToldDirectory,
  { userId, administrator }: AskedReader,
  { authorId, packetRef }: AskedEmail,
): OutboxView[] {
  const packet = packetRef === null ? undefined : directory.packets.get(packetRef);
  const workers = packet?.workerIds ?? [];
  const isSentOrWorkedOnBy = (users: ReadonlySet<string>) =>
    (authorId !== null && users.has(authorId)) || workers.some((worker) => users.has(worker));

  // Team: the teams I lead, with all below them, and the direct members of teams I belong to.
  const led = [...directory.teams.values()].filter((team) => team.leaderId === userId).map((team) => team.id);
  const team = new Set([userId, ...everybodyIn(directory, led)]);
  for (const { memberIds } of directory.teams.values()) {
    if (memberIds.includes(userId)) for (const member of memberIds) team.add(member);
  }
  const granted = directory.users.get(userId);
  const isMine = authorId === userId;
  const isTeams = isSentOrWorkedOnBy(team);
  const isVisible =
    isMine ||
    isTeams ||
    granted?.access === 'all' ||
    (packet?.accessIds.includes(userId) ?? false) ||
    (authorId !== null && (granted?.accessUserIds.includes(authorId) ?? false)) ||
    isSentOrWorkedOnBy(everybodyIn(directory, granted?.accessTeamIds ?? [])) ||
    ((led.length > 0 || administrator) && authorId === null && packetRef === null);

  if (!isVisible) return [];
  return [
    'all',
    ...(isMine ? (['mine'] as const) : []),
    ...(isTeams ? (['team'] as const) : []),
    ...(authorId === null ? (['system'] as const) : []),
  ];
}

/** Members and leaders of the teams and of all below them. */
function everybodyIn(directory: ToldDirectory, teamIds: readonly string[]): Set<string> {
  const teams = new Set(teamIds.filter((id) => directory.teams.has(id)));
  for (let before = -1; before !== teams.size;) {
    before = teams.size;
    for (const { id, parentId } of directory.teams.values()) {
      if (parentId !== null && teams.has(parentId)) teams.add(id);
    }
  }
  return new Set(
    [...teams].flatMap((id) => {
      const { memberIds, leaderId } = directory.teams.get(id)!;
      return leaderId === null ? memberIds : [...memberIds, leaderId];
    }),
  );
}
