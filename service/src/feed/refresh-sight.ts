import type { Database } from '../db/database.ts';
import { readScopes } from '../db/read-scopes.ts';
import { readListedOf, type ListedOf, type MailOf, type SightChange } from '../db/sight-changes.ts';
import type { ReaderSight } from './email-event.ts';
import type { FeedReader } from './feed-reader.ts';
import { compareScopes, hiddenEmails, isNothing, type ScopeChange } from './scope-change.ts';

/** Emails that are looked at, for all readers of a portal together, to name what they lost sight of. */
const mostLooked = 5000;
/** A reader whose scope changes more often than its changes can be told loads again. */
const mostFormer = 5;

/**
 * Reads the scopes of the named readers again, in one statement a portal, and has their streams told what they lost
 * sight of: each email by its id, or to load again. Calls `changed` for each reader whose scope is another now. What was
 * read is applied whole or not at all.
 */
export async function refreshSight(
  database: Database,
  readers: Iterable<FeedReader>,
  changes: readonly SightChange[],
  changed: (reader: FeedReader) => void,
): Promise<void> {
  for (const [portalId, named] of readersByPortal(readers, changes)) {
    const scopes = await readScopes(database, portalId, named);
    const different = named.flatMap((reader, index) => {
      const scope = scopes[index];
      if (scope === undefined || !reader.differs(scope)) return [];
      return [{ reader, scope, change: compareScopes(reader.sight.scope, scope) }];
    });
    const lost = await readLost(
      database,
      portalId,
      different.map(({ change }) => change.lost),
    );
    for (const { reader, scope, change } of different) {
      const before = reader.sight;
      reader.changeScope(scope);
      tellLoss(reader, before, change, lost);
      changed(reader);
    }
  }
}

async function readLost(database: Database, portalId: string, losses: readonly MailOf[]): Promise<ListedOf> {
  const lost: MailOf = {
    teamKeys: distinct(losses.flatMap((it) => it.teamKeys)),
    packetRefs: distinct(losses.flatMap((it) => it.packetRefs)),
    authorIds: distinct(losses.flatMap((it) => it.authorIds)),
  };
  if (isNothing(lost)) return { emails: [], more: false };
  return await readListedOf(database, portalId, lost, mostLooked);
}

function tellLoss(reader: FeedReader, before: ReaderSight, change: ScopeChange, lost: ListedOf): void {
  const hasLost = change.lostWidely || !isNothing(change.lost);
  const hidden = hiddenEmails(before, reader.sight, lost.emails);
  const tooOften = reader.former.length > mostFormer;
  if (tooOften) reader.former = [];
  const mustLoad =
    change.gained || change.lostWidely || hidden.viewsChanged || (hasLost && lost.more) || tooOften;
  for (const { unsent } of reader.streams) {
    if (mustLoad) unsent.miss();
    unsent.hide(hidden.ids);
    // What a page shows and may no longer show it is told at once; what it does not show yet may wait.
    if (hasLost) unsent.urgent = true;
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
