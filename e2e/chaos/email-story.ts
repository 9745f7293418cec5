import type { PlannedEmail } from './email-plan.ts';

/** What the portal knows of one email: what it asked for and what it was told. Times in milliseconds. */
export interface EmailStory {
  plan: PlannedEmail;
  /** Every id it was ever answered with; more than one is a submission that was doubled. */
  ids: Set<string>;
  /** When the service said yes (201, or 200 to the same key again); `null`: not yet. */
  acceptedAt: number | null;
  /** It must not be received between `since` and `until`; `liftedAt`: when a person asked for it sooner. */
  notBefore: { since: number; until: number; liftedAt: number | null }[];
  cancels: {
    /** When the cancel was answered with 200. */
    doneAt: number;
    /** When a restore was first asked for. */
    undoAskedAt: number | null;
    restored: boolean;
    /** The restore was refused: right only when it was sent. */
    refused?: boolean;
  }[];
  /** A cancel was asked for again because its answer did not come: the first may still be carried out, late. */
  cancelLingers: boolean;
  retries: { askedAt: number; acceptDuplicate: boolean; granted: 'yes' | 'unknown' }[];
  /** A person acts on it: one at a time, so that what was asked for first is known. */
  busy: boolean;
}

export function newStory(plan: PlannedEmail): EmailStory {
  return {
    plan,
    ids: new Set(),
    acceptedAt: null,
    notBefore: [],
    cancels: [],
    cancelLingers: false,
    retries: [],
    busy: false,
  };
}

export function idOf(story: EmailStory): string | null {
  return [...story.ids][0] ?? null;
}

/** A person wants it sooner. */
export function liftDelays(story: EmailStory, askedAt: number): void {
  for (const delay of story.notBefore) delay.liftedAt ??= askedAt;
}

export function isCancelled(story: EmailStory): boolean {
  const last = story.cancels.at(-1);
  return last !== undefined && !last.restored;
}

export function recipientsOf(plan: PlannedEmail): string[] {
  return [...plan.to, ...plan.cc, ...plan.bcc];
}
