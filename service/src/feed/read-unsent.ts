import type { BulkOperation } from '@portal-outbox/contracts';
import { readBulkOperations } from '../db/bulk-operations.ts';
import type { Database } from '../db/database.ts';
import { readFeedRows } from '../db/feed-rows.ts';
import type { LoggedChange } from './change-log.ts';
import type { ReaderStream } from './reader-stream.ts';

/** What these streams are about to be told of, read once for all: emails into their changes, and bulk operations. */
export async function readUnsent(
  database: Database,
  streams: readonly ReaderStream[],
): Promise<{ operations: Map<string, BulkOperation>; emails: LoggedChange[] }> {
  const emails = new Set<LoggedChange>();
  const emailIds = new Map<string, Set<string>>();
  const bulkIds = new Map<string, Set<string>>();
  for (const { reader, unsent } of streams) {
    for (const id of unsent.bulkIds) put(bulkIds, reader.portalId, id);
    for (const change of unsent.changes) {
      if (change.emailId === null || change.present !== undefined || emails.has(change)) continue;
      emails.add(change);
      put(emailIds, reader.portalId, change.emailId);
    }
  }
  const present = new Map<string, LoggedChange['present']>();
  for (const [portalId, ids] of emailIds) {
    for (const [id, { email, ownership }] of await readFeedRows(database, portalId, [...ids])) {
      present.set(`${portalId} ${id}`, { email: JSON.stringify(email), ownership, events: new Map() });
    }
  }
  for (const change of emails) change.present = present.get(`${change.portalId} ${change.emailId}`) ?? null;
  const operations = new Map<string, BulkOperation>();
  for (const [portalId, ids] of bulkIds) {
    for (const [id, operation] of await readBulkOperations(database, portalId, [...ids])) {
      operations.set(id, operation);
    }
  }
  return { operations, emails: [...emails] };
}

function put(idsByPortal: Map<string, Set<string>>, portalId: string, id: string): void {
  const ids = idsByPortal.get(portalId);
  if (ids === undefined) idsByPortal.set(portalId, new Set([id]));
  else ids.add(id);
}
