import { outboxViews, type OutboxView } from '@portal-outbox/contracts';
import { sees, sightOf, type EmailOwnership, type ReadScope, type Sight } from '../outbox/visibility.ts';
import type { LoggedChange, PresentEmail } from './change-log.ts';

/** What a reader is told of one email, from one change or several that came together. */
export type EmailEvent =
  | { type: 'row'; present: PresentEmail; views: readonly OutboxView[] }
  | { type: 'gone'; id: string; why: 'sent' | 'cancelled' | 'hidden' };

/** A scope with its views worked out, once for many emails. */
export interface ReaderSight {
  scope: ReadScope;
  views: readonly (readonly [OutboxView, Sight])[];
}

export function readerSight(scope: ReadScope): ReaderSight {
  return { scope, views: outboxViews.map((view) => [view, sightOf(scope, view)] as const) };
}

/** The same as `viewsOf` of the scope. */
export function viewsSeen({ views }: ReaderSight, email: EmailOwnership): OutboxView[] {
  return views.filter(([, sight]) => sees(sight, email)).map(([view]) => view);
}

/**
 * What to tell a reader of an email with these changes, in their order; `null`: nothing. What the email is now decides,
 * as the rows say: transactions are not always in the order in which an email went through them. `former` is what the
 * reader saw until a moment ago.
 */
export function emailEvent(
  sight: ReaderSight,
  former: readonly ReaderSight[],
  changes: readonly LoggedChange[],
): EmailEvent | null {
  const last = changes.at(-1);
  if (last === undefined || last.emailId === null) return null;
  const { emailId: id, present = null } = last;
  if (present !== null) {
    const views = viewsSeen(sight, present.ownership);
    if (views.length > 0) return { type: 'row', present, views };
  } else {
    const seen = (change: LoggedChange) => viewsSeen(sight, change).length > 0;
    const left = changes.findLast((change) => change.leftAs !== null && seen(change));
    if (left?.leftAs) return { type: 'gone', id, why: left.leftAs };
    // It has left since: a later change says how.
    if (seen(last)) return null;
  }
  const saw = (teamKeys: readonly number[], { authorId, packetRef }: LoggedChange): boolean =>
    [sight, ...former].some((it) => viewsSeen(it, { authorId, packetRef, teamKeys }).length > 0);
  const wasSeen = changes.some(
    (change) =>
      saw(change.teamKeys, change) || (change.teamKeysBefore !== null && saw(change.teamKeysBefore, change)),
  );
  return wasSeen ? { type: 'gone', id, why: 'hidden' } : null;
}
