import type { ChangePosition } from '../db/changes.ts';

/** `Last-Event-ID` of the feed: transaction and sequence. */
export function eventId({ xid, seq }: ChangePosition): string {
  return `${xid}.${seq}`;
}

/** `null` when it is not one of ours. */
export function readEventId(id: string): ChangePosition | null {
  const [, xid, seq] = /^(\d{1,18})\.(-?\d{1,18})$/.exec(id) ?? [];
  return xid === undefined || seq === undefined ? null : { xid, seq };
}
