import { outboxViews, type OutboxView } from '@portal-outbox/contracts';

/**
 * What one reader's place in the directory opens (M4), resolved once for a request or a stream. A team key stands for
 * the members of one team, or for its leader.
 */
export interface ReadScope {
  portalId: string;
  userId: string;
  /** The directory grants every email of the portal. */
  everything: boolean;
  /** Sees system emails without a packet: team leaders and administrators. */
  systemMail: boolean;
  /**
   * The reader's team: the members of the teams that the reader belongs to, and members and leaders of those that the
   * reader leads, with all below them. Ascending.
   */
  teamKeys: readonly number[];
  /** Packets that the reader works on: the team's, also without any team. */
  workedPacketRefs: readonly string[];
  /** Extra access: to the mail of teams with all below them (ascending), to what users send, to packets. */
  readTeamKeys: readonly number[];
  readUserIds: readonly string[];
  readPacketRefs: readonly string[];
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
  /** The leaf teams of its author and of everybody who works on its packet. */
  teamKeys: readonly number[];
}

/**
 * What a reader sees in a view: the emails to which at least one of the parts applies. The definition of "who sees
 * what" (M4); `sees` applies it to an email, db/visible-emails.ts to SQL, and a test compares them.
 */
export interface Sight {
  /** Every email of the portal; the parts below say nothing more then. */
  everything: boolean;
  /** What these users sent. */
  authorIds: readonly string[];
  /** Emails of these packets. */
  packetRefs: readonly string[];
  /** Emails with one of these leaf teams. Ascending. */
  teamKeys: readonly number[];
  /** System emails without a packet. */
  systemMail: boolean;
  /** Of all this, the system-generated emails only. */
  systemOnly: boolean;
}

const nothing = { everything: false, packetRefs: [], teamKeys: [], systemMail: false, systemOnly: false };

/** What this reader sees in this view; `all` is everything that the reader may see and act on. */
export function sightOf(scope: ReadScope, view: OutboxView): Sight {
  const mine: Sight = { ...nothing, authorIds: [scope.userId] };
  if (view === 'mine') return mine;
  const team: Sight = { ...mine, packetRefs: scope.workedPacketRefs, teamKeys: scope.teamKeys };
  if (view === 'team') return team;
  return {
    everything: scope.everything,
    authorIds: union(team.authorIds, scope.readUserIds),
    packetRefs: union(team.packetRefs, scope.readPacketRefs),
    teamKeys: union(team.teamKeys, scope.readTeamKeys).toSorted((a, b) => a - b),
    systemMail: scope.systemMail,
    systemOnly: view === 'system',
  };
}

/** Whether the email is among what is seen; both of one portal. */
export function sees(sight: Sight, { authorId, packetRef, teamKeys }: EmailOwnership): boolean {
  if (sight.systemOnly && authorId !== null) return false;
  return (
    sight.everything ||
    (authorId !== null && sight.authorIds.includes(authorId)) ||
    (packetRef !== null && sight.packetRefs.includes(packetRef)) ||
    teamKeys.some((key) => sight.teamKeys.includes(key)) ||
    (sight.systemMail && authorId === null && packetRef === null)
  );
}

/** The views of this reader that the email is in; none when the reader may not see it. */
export function viewsOf(scope: ReadScope, email: EmailOwnership): OutboxView[] {
  return outboxViews.filter((view) => sees(sightOf(scope, view), email));
}

/** The view of a visit that names none (M5). */
export function firstView(scope: ReadScope): OutboxView {
  return scope.leadsTeam ? 'team' : 'mine';
}

function union<Item>(some: readonly Item[], others: readonly Item[]): Item[] {
  return [...new Set([...some, ...others])];
}
