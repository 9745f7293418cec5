import { createHash } from 'node:crypto';
import type { ReadScope } from '../outbox/visibility.ts';
import { readSnapshot, type Snapshot } from './snapshot.ts';

/**
 * `Last-Event-ID` of the feed: what the reader has had, and a mark of what it was allowed to see then. Opaque for readers.
 */
export function eventId(position: Snapshot, mark: string): string {
  return `${position.text};${mark}`;
}

/** `null` when it is not one of ours. */
export function readEventId(id: string): { position: Snapshot; mark: string } | null {
  const [, text, mark] = /^([\d:,]{1,4000});([\w-]{8})$/.exec(id) ?? [];
  const position = text === undefined ? null : readSnapshot(text);
  return position === null || mark === undefined ? null : { position, mark };
}

/** Two scopes have the same mark when they open the same. */
export function scopeMark(scope: ReadScope): string {
  const { actBy: _, ...opened } = scope;
  const values = Object.entries(opened).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 8);
}
