import type { MailOf } from '../db/sight-changes.ts';
import type { EmailOwnership, ReadScope } from '../outbox/visibility.ts';
import { viewsSeen, type ReaderSight } from './email-event.ts';

/** What another scope means for what a reader has on its pages. */
export interface ScopeChange {
  /** Mail that may be out of sight now, or in other views. */
  lost: MailOf;
  /** The access to everything, or to system mail. */
  lostWidely: boolean;
  gained: boolean;
}

export function compareScopes(before: ReadScope, after: ReadScope): ScopeChange {
  const gone = <Part>(parts: (scope: ReadScope) => readonly Part[]) => without(parts(before), parts(after));
  const come = <Part>(parts: (scope: ReadScope) => readonly Part[]) => without(parts(after), parts(before));
  const lost = {
    teamKeys: [...gone((it) => it.teamKeys), ...gone((it) => it.readTeamKeys)],
    packetRefs: [...gone((it) => it.workedPacketRefs), ...gone((it) => it.readPacketRefs)],
    authorIds: gone((it) => it.readUserIds),
  };
  const gained =
    come<unknown>((it) => [...it.teamKeys, ...it.workedPacketRefs]).length +
    come<unknown>((it) => [...it.readTeamKeys, ...it.readUserIds, ...it.readPacketRefs]).length;
  return {
    lost,
    lostWidely: (before.everything && !after.everything) || (before.systemMail && !after.systemMail),
    gained:
      gained > 0 || (!before.everything && after.everything) || (!before.systemMail && after.systemMail),
  };
}

export function isNothing({ teamKeys, packetRefs, authorIds }: MailOf): boolean {
  return teamKeys.length + packetRefs.length + authorIds.length === 0;
}

/** Emails that the reader no longer sees, and whether some of the others are in other views now. */
export function hiddenEmails(
  before: ReaderSight,
  after: ReaderSight,
  emails: readonly (EmailOwnership & { id: string })[],
): { ids: string[]; viewsChanged: boolean } {
  const ids: string[] = [];
  let viewsChanged = false;
  for (const email of emails) {
    const [had, has] = [viewsSeen(before, email), viewsSeen(after, email)];
    if (had.length === 0 || had.length === has.length) continue;
    if (has.length === 0) ids.push(email.id);
    else viewsChanged = true;
  }
  return { ids, viewsChanged };
}

function without<Part>(parts: readonly Part[], others: readonly Part[]): Part[] {
  const known = new Set(others);
  return parts.filter((part) => !known.has(part));
}
