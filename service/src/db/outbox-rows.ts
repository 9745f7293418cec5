import {
  emailActions,
  limits,
  sendStatus,
  type DeliveryCause,
  type EmailState,
  type Importance,
  type OutboxEmail,
  type PacketType,
} from '@portal-outbox/contracts';
import { toInstant } from '../runtime/clock.ts';
import type { Sql } from './database.ts';

/** A row of `outbox_email` with what the grid shows beside it. */
export interface OutboxRow {
  id: string;
  version: number;
  state: EmailState;
  submitted_at: Date;
  first_recipient_name: string;
  first_recipient_address: string;
  recipient_count: number;
  from_name: string;
  from_address: string;
  subject: string;
  author_id: string | null;
  author_name: string | null;
  importance: Importance;
  connector_id: string;
  connector_name: string;
  connector_enabled: boolean;
  connector_paused_until: Date | null;
  may_have_been_sent: boolean;
  last_attempt_at: Date | null;
  last_cause: DeliveryCause | null;
  last_reply: string;
  first_failed_at: Date | null;
  due_at: Date;
  due_later: boolean;
  held: boolean;
  packet_ref: string | null;
  packet_type: PacketType | null;
  packet_url: string | null;
  send_count: number;
  retry_asked: boolean;
  attachment_count: number;
}

/** Columns and joins of an `OutboxRow`, from `outbox_email e`. */
export function outboxRows(sql: Sql) {
  return sql`
    select e.id, e.version, e.state, e.submitted_at, e.first_recipient_name, e.first_recipient_address,
           e.recipient_count, e.from_name, e.from_address, e.subject, e.author_id, u.name as author_name,
           e.importance, e.connector_id, c.name as connector_name, c.enabled as connector_enabled,
           case when c.paused_until > now() then c.paused_until end as connector_paused_until,
           e.may_have_been_sent, e.last_attempt_at, e.last_cause, e.last_reply, e.first_failed_at,
           e.due_at, e.due_at > now() as due_later, e.held, e.packet_ref, e.packet_type, p.url as packet_url,
           e.send_count, e.retry_asked, e.attachment_count
    from outbox_email e
    join connector c on c.id = e.connector_id
    left join directory_user u on u.portal_id = e.portal_id and u.id = e.author_id
    left join packet p on p.portal_id = e.portal_id and p.ref = e.packet_ref`;
}

export function toOutboxEmail(row: OutboxRow): OutboxEmail {
  const tried = row.send_count > 0;
  const facts = {
    state: row.state,
    connectorEnabled: row.connector_enabled,
    connectorPaused: row.connector_paused_until !== null,
    tried,
    retryAsked: row.retry_asked,
    dueLater: row.due_later,
  };
  const status = sendStatus(facts);
  const can = emailActions(facts);
  return {
    id: row.id,
    version: row.version,
    submittedAt: row.submitted_at.toISOString(),
    to: {
      first: { name: row.first_recipient_name, address: row.first_recipient_address },
      count: row.recipient_count,
    },
    from: { name: row.from_name, address: row.from_address },
    subject: row.subject,
    author: row.author_id === null ? null : { id: row.author_id, name: row.author_name ?? row.author_id },
    systemGenerated: row.author_id === null,
    importance: row.importance,
    connector: {
      id: row.connector_id,
      name: row.connector_name,
      pausedUntil: row.connector_paused_until?.toISOString() ?? null,
    },
    status,
    beingSent: row.state === 'claimed',
    mayHaveBeenSent: row.may_have_been_sent,
    lastAttemptAt: row.last_attempt_at?.toISOString() ?? null,
    lastFailure: row.last_cause === null ? null : { cause: row.last_cause, reply: row.last_reply },
    firstFailedAt: row.first_failed_at?.toISOString() ?? null,
    nextAttemptAt: nextAttemptAt(row, status),
    undoUntil: undoUntil(row, can),
    packet:
      row.packet_ref === null || row.packet_type === null
        ? null
        : { ref: row.packet_ref, type: row.packet_type, url: row.packet_url },
    sendCount: row.send_count,
    attachmentCount: row.attachment_count,
    can,
  };
}

/** Empty for Failed and Connector Disabled; the probe's time while the connector is paused. */
function nextAttemptAt(row: OutboxRow, status: OutboxEmail['status']): string | null {
  if (status === 'failed' || status === 'connector_disabled' || row.state === 'claimed') return null;
  const paused = row.connector_paused_until;
  return (paused !== null && paused > row.due_at ? paused : row.due_at).toISOString();
}

/** Nothing but Undo Send keeps it. The margin is the service's own: who clicks when the time shown is over is still heard. */
function undoUntil(row: OutboxRow, can: OutboxEmail['can']): string | null {
  if (!row.held || can.sendNow !== true) return null;
  return toInstant(row.due_at.getTime() - limits.undoMarginSeconds * 1000);
}
