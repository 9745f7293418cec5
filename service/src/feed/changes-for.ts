import type { OutboxChange, OutboxEmail } from '@portal-outbox/contracts';
import type { CommittedChange } from '../db/changes.ts';
import { viewsOf, type ReadScope } from '../outbox/visibility.ts';
import { eventId } from './event-id.ts';

export interface FeedEvent {
  id: string;
  change: OutboxChange;
}

/** What one reader gets of these changes: of several changes of an email the last one, and nothing of what it may not see. */
export function changesFor(
  scope: ReadScope,
  changes: readonly CommittedChange[],
  rows: ReadonlyMap<string, OutboxEmail>,
): FeedEvent[] {
  const last = new Map<string | null, CommittedChange>();
  for (const change of changes) {
    const subject = change.emailId ?? change.connectorId;
    // Ids of events only ever rise: a reader that resumes after one has had all before it.
    last.delete(subject);
    last.set(subject, change);
  }
  const events: FeedEvent[] = [];
  for (const change of last.values()) {
    const said = sayTo(scope, change, rows);
    if (said !== null) events.push({ id: eventId(change), change: said });
  }
  return events;
}

function sayTo(
  scope: ReadScope,
  change: CommittedChange,
  rows: ReadonlyMap<string, OutboxEmail>,
): OutboxChange | null {
  if (change.connectorId !== null) return { type: 'connector', id: change.connectorId };
  // An import: more than can be told one by one.
  if (change.emailId === null) return { type: 'reset' };
  const views = viewsOf(scope, change);
  if (views.length === 0) return null;
  if (change.leftAs !== null) return { type: 'gone', id: change.emailId, why: change.leftAs };
  const email = rows.get(change.emailId);
  // It has left since: a later change says so.
  return email === undefined ? null : { type: 'row', email, views };
}
