import type { LoggedChange } from '../src/feed/change-log.ts';

/** A change of the email `e`, unless told otherwise. */
export function changeOf(changes: Partial<LoggedChange> = {}): LoggedChange {
  const { number = 1 } = changes;
  return {
    ...{ number, xid: number, seq: number, portalId: 'p', emailId: 'e', connectorId: null, bulkId: null },
    ...{ userId: null, authorId: 'ada', packetRef: null, teamKeys: [], teamKeysBefore: null, leftAs: null },
    present: undefined,
    ...changes,
  };
}
