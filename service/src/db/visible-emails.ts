import type { OutboxView } from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';

/**
 * The one predicate that binds a query on `outbox_email e` to the reader's portal and to what the reader may see.
 * The SQL of outbox/visibility.ts; `all` is everything the reader may see.
 */
export function visibleTo(sql: Sql, scope: ReadScope, view: OutboxView = 'all') {
  const team = sql`(
    e.author_id = any(${[scope.userId, ...scope.teamUserIds]})
    or e.packet_ref = any(${[...scope.teamPacketRefs]})
  )`;
  const any = sql`(
    ${scope.everything}
    or e.author_id = any(${[scope.userId, ...scope.teamUserIds]})
    or e.packet_ref = any(${[...scope.teamPacketRefs, ...scope.readablePacketRefs]})
    or (${scope.systemMail} and e.author_id is null and e.packet_ref is null)
  )`;
  const inView = {
    mine: sql`e.author_id = ${scope.userId}`,
    team,
    system: sql`e.author_id is null and ${any}`,
    all: any,
  }[view];
  return sql`e.portal_id = ${scope.portalId} and ${inView}`;
}

/** What the page lists: in the outbox, and shown (healthy mail is listed late). */
export function listed(sql: Sql) {
  return sql`e.listed and e.state <> 'cancelled'`;
}
