import type { LoggedChange } from './change-log.ts';

export interface AlikeChanges {
  /** Whom it concerns, all of them concern. */
  any: LoggedChange;
  changes: LoggedChange[];
}

/**
 * Changes that concern the same readers together, of each email the last of them: in a storm thousands are of few teams,
 * and readers are looked up once for all of them.
 */
export function byAudience(changes: readonly LoggedChange[]): AlikeChanges[] {
  const groups = new Map<string, Map<string, LoggedChange>>();
  for (const change of changes) {
    const key = audienceKey(change);
    const group = groups.get(key) ?? new Map<string, LoggedChange>();
    if (group.size === 0) groups.set(key, group);
    const about = change.emailId ?? change.connectorId ?? change.bulkId ?? '';
    group.delete(about);
    group.set(about, change);
  }
  return [...groups.values()].flatMap((group) => {
    const [any] = group.values();
    return any === undefined ? [] : [{ any, changes: [...group.values()] }];
  });
}

function audienceKey(change: LoggedChange): string {
  const kind = change.emailId !== null ? 'email' : change.connectorId !== null ? 'connector' : 'other';
  const { portalId, bulkId, userId, authorId, packetRef, teamKeys, teamKeysBefore } = change;
  return JSON.stringify([kind, portalId, bulkId, userId, authorId, packetRef, teamKeys, teamKeysBefore]);
}
