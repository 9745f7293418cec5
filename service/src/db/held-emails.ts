import type { Connector, HeldChoice, HeldEmails } from '@portal-outbox/contracts';
import { enableConnector } from './connectors.ts';
import type { Sql } from './database.ts';
import { keepMessages } from './failure-messages.ts';

export type EnabledConnector =
  | { kind: 'enabled'; connector: Connector }
  | { kind: 'unknown' }
  /** Nobody has said yet what becomes of them. */
  | { kind: 'held'; held: HeldEmails };

/** Emails whose time has passed while they wait for the connector. `null`: the portal has no such connector. */
export async function readHeld(sql: Sql, portalId: string, id: string): Promise<HeldEmails | null> {
  const [connector] = await sql`select from connector where portal_id = ${portalId} and id = ${id}`;
  return connector === undefined ? null : await countHeld(sql, id);
}

/**
 * Enables a connector, and decides on what was held in the same transaction, under the connector's lock: nothing can be
 * dispatched in between. A connector that is enabled already holds nothing back; its breaker starts anew.
 */
export async function enableAndDecide(
  tx: Sql,
  portalId: string,
  id: string,
  choice: HeldChoice | null,
): Promise<EnabledConnector> {
  const [current] = await tx<{ enabled: boolean }[]>`
    select enabled from connector where portal_id = ${portalId} and id = ${id} for no key update`;
  if (current === undefined) return { kind: 'unknown' };
  if (!current.enabled && choice === null) {
    const held = await countHeld(tx, id);
    if (held.count > 0) return { kind: 'held', held };
  }
  if (!current.enabled && choice === 'leave') await leaveHeld(tx, id);
  const connector = await enableConnector(tx, portalId, id);
  return connector === null ? { kind: 'unknown' } : { kind: 'enabled', connector };
}

async function countHeld(sql: Sql, connectorId: string): Promise<HeldEmails> {
  const [row] = await sql<[{ count: number; oldest: Date | null }]>`
    select count(*)::int as count, min(due_at) as oldest from outbox_email
    where connector_id = ${connectorId} and state = 'waiting' and due_at <= now()`;
  return { count: row.count, oldestDueAt: row.oldest?.toISOString() ?? null };
}

/** They have no attempt under way: what waits is not published. */
async function leaveHeld(tx: Sql, connectorId: string): Promise<void> {
  await tx`
    with left_alone as (
    update outbox_email e
    set state = 'failed', attempt_no = e.attempt_no + 1, retry_asked = false, listed = true,
        first_failed_at = coalesce(e.first_failed_at, now()), last_cause = 'left_on_enable', last_reply = '',
        failure_key = failure_key('left_on_enable', ''),
        -- An attempt of unknown fate stays one: a Retry has to ask.
        may_have_been_sent = coalesce(e.last_cause = 'may_have_been_sent', false),
        version = e.version + 1
    from (
      select id from outbox_email
      where connector_id = ${connectorId} and state = 'waiting' and due_at <= now()
      order by id for no key update
    ) held
    where e.id = held.id
    returning e.portal_id, e.last_cause as cause, '' as reply
    )
    ${keepMessages(tx, tx`left_alone`)}`;
}
