import type { OutboxView } from '@portal-outbox/contracts';

/**
 * What one reader's place in the directory opens (M4), resolved once for a request or a stream.
 * Its SQL is db/visible-emails.ts; a test compares the two.
 */
export interface ReadScope {
  portalId: string;
  userId: string;
  /** The directory grants every email of the portal. */
  everything: boolean;
  /** Sees system emails without a packet: team leaders and administrators. */
  systemMail: boolean;
  /** The reader and the members of the reader's team. */
  teamUserIds: readonly string[];
  /** Packets that the reader or a member of the team works on. */
  teamPacketRefs: readonly string[];
  /** Packets that the reader was given access to. */
  readablePacketRefs: readonly string[];
  /** Leads a team: lands on My Team Emails (M5). */
  leadsTeam: boolean;
  hasTeam: boolean;
  /** The database's time by which an action must be carried out: whoever asked for it has given up by then. */
  actBy?: Date;
}

/** What visibility needs to know of an email. An email without an author is system-generated. */
export interface EmailOwnership {
  authorId: string | null;
  packetRef: string | null;
}

/** The views of this reader that the email is in; none when the reader may not see it. */
export function viewsOf(scope: ReadScope, email: EmailOwnership): OutboxView[] {
  const { authorId, packetRef } = email;
  const mine = authorId === scope.userId;
  const team =
    mine ||
    (authorId !== null && scope.teamUserIds.includes(authorId)) ||
    (packetRef !== null && scope.teamPacketRefs.includes(packetRef));
  const visible =
    team ||
    scope.everything ||
    (packetRef !== null && scope.readablePacketRefs.includes(packetRef)) ||
    (authorId === null && packetRef === null && scope.systemMail);
  if (!visible) return [];
  const views: OutboxView[] = ['all'];
  if (mine) views.push('mine');
  if (team) views.push('team');
  if (authorId === null) views.push('system');
  return views;
}

/** The view of a visit that names none (M5). */
export function firstView(scope: ReadScope): OutboxView {
  return scope.leadsTeam ? 'team' : 'mine';
}
