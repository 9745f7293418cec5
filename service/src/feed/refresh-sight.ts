import type { Database } from '../db/database.ts';
import { readScopes } from '../db/read-scopes.ts';
import { readListedOf, type MailOf, type SightChange } from '../db/sight-changes.ts';
import type { FeedReader } from './feed-reader.ts';
import { compareScopes, hiddenEmails, isNothing, type ScopeChange } from './scope-change.ts';

/** Emails that are looked at, for all readers of a portal together, to name what they lost sight of. */
const mostLooked = 5000;
/** A reader whose scope changes more often than its changes can be told loads again. */
const mostFormer = 5;

/**
 * Reads the scopes of the named readers again, in one statement a portal, and has their streams told what they lost
 * sight of: each email by its id, or to load again. Returns the readers whose scope is another now.
 */
export async function refreshSight(
  database: Database,
  readers: Iterable<FeedReader>,
  changes: readonly SightChange[],
): Promise<FeedReader[]> {
  const changed: FeedReader[] = [];
  for (const [portalId, named] of readersByPortal(readers, changes)) {
    const scopes = await readScopes(database, portalId, named);
    const changes = named.flatMap((reader, index) => {
      const [before, scope] = [reader.sight, scopes[index]];
      if (scope === undefined || !reader.changeScope(scope)) return [];
      return [{ reader, before, change: compareScopes(before.scope, scope) }];
    });
    await tellLosses(database, portalId, changes);
    changed.push(...changes.map(({ reader }) => reader));
  }
  return changed;
}

interface ChangedReader {
  reader: FeedReader;
  before: FeedReader['sight'];
  change: ScopeChange;
}

async function tellLosses(
  database: Database,
  portalId: string,
  changed: readonly ChangedReader[],
): Promise<void> {
  const lost: MailOf = {
    teamKeys: distinct(changed.flatMap(({ change }) => change.lost.teamKeys)),
    packetRefs: distinct(changed.flatMap(({ change }) => change.lost.packetRefs)),
    authorIds: distinct(changed.flatMap(({ change }) => change.lost.authorIds)),
  };
  const emails = isNothing(lost) ? [] : await readListedOf(database, portalId, lost, mostLooked);
  for (const { reader, before, change } of changed) {
    const hidden = hiddenEmails(before, reader.sight, emails);
    const tooMany = !isNothing(change.lost) && emails.length >= mostLooked;
    const tooOften = reader.former.length > mostFormer;
    if (tooOften) reader.former = [];
    const mustLoad = change.gained || change.lostWidely || hidden.viewsChanged || tooMany || tooOften;
    for (const { unsent } of reader.streams) {
      if (mustLoad) unsent.miss();
      unsent.hide(hidden.ids);
      // What a page shows and may no longer show it is told at once; what it does not show yet may wait.
      if (change.lostWidely || !isNothing(change.lost)) unsent.urgent = true;
    }
  }
}

function readersByPortal(
  readers: Iterable<FeedReader>,
  changes: readonly SightChange[],
): Map<string, FeedReader[]> {
  const named = new Map<string, Set<string> | null>();
  for (const { portalId, userIds } of changes) {
    const known = named.get(portalId);
    if (userIds === null || known === null) named.set(portalId, null);
    else named.set(portalId, new Set([...(known ?? []), ...userIds]));
  }
  const found = new Map<string, FeedReader[]>();
  for (const reader of readers) {
    const userIds = named.get(reader.portalId);
    if (userIds === undefined || (userIds !== null && !userIds.has(reader.userId))) continue;
    const ofPortal = found.get(reader.portalId);
    if (ofPortal === undefined) found.set(reader.portalId, [reader]);
    else ofPortal.push(reader);
  }
  return found;
}

function distinct<Part>(parts: readonly Part[]): Part[] {
  return [...new Set(parts)];
}
