import type {
  Connector,
  ConnectorDraft,
  ConnectorSecurity,
  ConnectorSettings,
  OnUncertain,
} from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

export interface ConnectorRow {
  id: string;
  name: string;
  host: string;
  port: number;
  security: ConnectorSecurity;
  username: string | null;
  has_password: boolean;
  enabled: boolean;
  disabled_by: 'administrator' | 'credentials_refused' | null;
  paused_until: Date | null;
  trouble_since: Date | null;
  trouble_reply: string;
  max_connections: number;
  messages_per_connection: number;
  messages_per_minute: number | null;
  concurrent_sends: number | null;
  on_uncertain: OnUncertain;
  revision: number;
}

export const connectorColumns = (sql: Sql) => sql`
  id, name, host, port, security, username, password_encrypted is not null as has_password, enabled, disabled_by,
  case when paused_until > now() then paused_until end as paused_until, trouble_since,
  trouble_reply, max_connections, messages_per_connection, messages_per_minute, concurrent_sends, on_uncertain, revision`;

export async function listConnectors(sql: Sql, portalId: string): Promise<Connector[]> {
  const rows = await sql<ConnectorRow[]>`
    select ${connectorColumns(sql)} from connector where portal_id = ${portalId} order by name, id`;
  return rows.map(toConnector);
}

export async function readConnector(sql: Sql, portalId: string, id: string): Promise<Connector | null> {
  const [row] = await sql<ConnectorRow[]>`
    select ${connectorColumns(sql)} from connector where portal_id = ${portalId} and id = ${id}`;
  return row === undefined ? null : toConnector(row);
}

/** Creates a connector, disabled; `null` when the name is taken. */
export async function createConnector(
  sql: Sql,
  portalId: string,
  id: string,
  draft: ConnectorDraft,
  passwordEncrypted: Buffer | null,
): Promise<Connector | null> {
  const [row] = await sql<ConnectorRow[]>`
    insert into connector (id, portal_id, name, host, port, security, username, password_encrypted,
                           max_connections, messages_per_connection, messages_per_minute, concurrent_sends,
                           on_uncertain, disabled_by)
    values (${id}, ${portalId}, ${draft.name}, ${draft.host}, ${draft.port}, ${draft.security}, ${draft.username},
            ${passwordEncrypted}, ${draft.maxConnections}, ${draft.messagesPerConnection},
            ${draft.messagesPerMinute}, ${draft.concurrentSends}, ${draft.onUncertain}, 'administrator')
    on conflict (portal_id, name) do nothing
    returning ${connectorColumns(sql)}`;
  return row === undefined ? null : toConnector(row);
}

/** Ids that exist in the portal, of those given. */
export async function knownConnectors(
  sql: Sql,
  portalId: string,
  ids: readonly string[],
): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    select id from connector where portal_id = ${portalId} and id = any(${[...ids]}::uuid[])`;
  return new Set(rows.map((row) => row.id));
}

/**
 * Switches a connector on, its trouble forgotten; `null` when the portal has no such connector. What was held goes at its
 * rate: whoever has to ask first does so in `held-emails.ts`.
 */
export async function enableConnector(sql: Sql, portalId: string, id: string): Promise<Connector | null> {
  const [row] = await sql<ConnectorRow[]>`
    update connector
    set enabled = true, disabled_by = null, ${noTrouble(sql)}, revision = revision + 1
    where portal_id = ${portalId} and id = ${id}
    returning ${connectorColumns(sql)}`;
  return row === undefined ? null : toConnector(row);
}

/** The breaker starts anew. */
export const noTrouble = (sql: Sql) => sql`
  paused_until = null, trouble_count = 0, trouble_since = null, trouble_cause = null, trouble_reply = ''`;

/**
 * Switches a connector off. What is published but not claimed comes back in the same transaction, so that a claim
 * either was first or is refused. Run it in a transaction.
 */
export async function disableConnector(
  tx: Sql,
  portalId: string,
  id: string,
  by: 'administrator' | 'credentials_refused',
): Promise<Connector | null> {
  const [row] = await tx<ConnectorRow[]>`
    update connector set enabled = false, disabled_by = ${by}, paused_until = null, revision = revision + 1
    where portal_id = ${portalId} and id = ${id}
    returning ${connectorColumns(tx)}`;
  if (row === undefined) return null;
  await recallDispatched(tx, id);
  return toConnector(row);
}

async function recallDispatched(tx: Sql, connectorId: string): Promise<void> {
  await tx`
    update outbox_email e
    set state = 'waiting', attempt_no = attempt_no + 1, version = version + 1
    from (
      select id from outbox_email where connector_id = ${connectorId} and state = 'dispatched'
      order by id for update
    ) locked
    where e.id = locked.id and e.state = 'dispatched'`;
}

/** What workers may know of every connector, for the bus. */
export async function connectorsForWorkers(sql: Sql): Promise<ConnectorSettings[]> {
  return sql<ConnectorSettings[]>`
    select id as "connectorId", revision, enabled, host, port, security, username is not null as login,
           max_connections as "maxConnections", messages_per_connection as "messagesPerConnection"
    from connector order by id`;
}

/** The encrypted credentials of an enabled connector; `null` when it has none. */
export async function readCredentials(
  sql: Sql,
  id: string,
): Promise<{ username: string; passwordEncrypted: Buffer } | null> {
  const [row] = await sql<{ username: string; passwordEncrypted: Buffer }[]>`
    select username, password_encrypted as "passwordEncrypted" from connector
    where id = ${id} and enabled and username is not null and password_encrypted is not null`;
  return row ?? null;
}

export function toConnector(row: ConnectorRow): Connector {
  return {
    id: row.id,
    name: row.name,
    host: row.host,
    port: row.port,
    security: row.security,
    username: row.username,
    hasPassword: row.has_password,
    enabled: row.enabled,
    disabledBy: row.disabled_by,
    pausedUntil: row.paused_until?.toISOString() ?? null,
    troubleSince: row.trouble_since?.toISOString() ?? null,
    troubleReply: row.trouble_reply,
    maxConnections: row.max_connections,
    messagesPerConnection: row.messages_per_connection,
    messagesPerMinute: row.messages_per_minute,
    concurrentSends: row.concurrent_sends,
    onUncertain: row.on_uncertain,
    revision: row.revision,
  };
}
