import type { Connector, ConnectorPatch } from '@portal-outbox/contracts';
import { connectorColumns, noTrouble, readConnector, toConnector, type ConnectorRow } from './connectors.ts';
import { inTransaction, isUniqueViolation, type Database } from './database.ts';

export type ChangedConnector =
  | { kind: 'changed'; connector: Connector }
  | { kind: 'unknown' }
  /** Somebody else was faster. */
  | { kind: 'conflict' }
  | { kind: 'name_taken' }
  /** A stored password is not sent to where it was not given for. */
  | { kind: 'password_needed' };

/** What a patch does to the row; a password is encrypted by then. */
export type ConnectorChange = Omit<ConnectorPatch, 'password'> & { passwordEncrypted?: Buffer | null };

/**
 * Applies a merge patch to a connector whose revision `fits`. The revision rises, so that workers start anew with the
 * new settings; a change of where or as whom it logs in also lets the breaker start anew. What a patch does not change
 * disturbs nobody.
 */
export async function changeConnector(
  database: Database,
  portalId: string,
  id: string,
  change: ConnectorChange,
  fits: (revision: number) => boolean,
): Promise<ChangedConnector> {
  try {
    return await inTransaction(database, async (tx) => {
      await tx`select from connector where portal_id = ${portalId} and id = ${id} for no key update`;
      const current = await readConnector(tx, portalId, id);
      if (current === null) return { kind: 'unknown' };
      if (!fits(current.revision)) return { kind: 'conflict' };
      const changed = changedColumns(current, change);
      if (Object.keys(changed).length === 0) return { kind: 'changed', connector: current };
      const anew = loginColumns.some((column) => column in changed);
      if (anew && current.hasPassword && change.passwordEncrypted === undefined)
        return { kind: 'password_needed' };
      const [row] = await tx<[ConnectorRow]>`
        update connector
        set ${tx(changed)}, revision = revision + 1
            ${anew ? tx`, throttle_per_minute = null, throttled_at = null` : tx``}
            ${anew && current.enabled ? tx`, ${noTrouble(tx)}` : tx``}
        where id = ${id}
        returning ${connectorColumns(tx)}`;
      return { kind: 'changed', connector: toConnector(row) };
    });
  } catch (error) {
    if (isUniqueViolation(error)) return { kind: 'name_taken' };
    throw error;
  }
}

/** A connector that was switched off for refused credentials keeps the reason until it is enabled. */
const loginColumns = ['host', 'port', 'security', 'username', 'password_encrypted'];

const columnOf = {
  name: 'name',
  host: 'host',
  port: 'port',
  security: 'security',
  username: 'username',
  maxConnections: 'max_connections',
  messagesPerConnection: 'messages_per_connection',
  messagesPerMinute: 'messages_per_minute',
  concurrentSends: 'concurrent_sends',
  onUncertain: 'on_uncertain',
} as const satisfies Record<keyof Omit<ConnectorChange, 'passwordEncrypted'>, string>;

function changedColumns(
  current: Connector,
  change: ConnectorChange,
): Record<string, string | number | Buffer | null> {
  const changed: Record<string, string | number | Buffer | null> = {};
  for (const [field, column] of Object.entries(columnOf) as [keyof typeof columnOf, string][]) {
    const value = change[field];
    if (value !== undefined && value !== current[field]) changed[column] = value;
  }
  const { passwordEncrypted } = change;
  // Two ciphertexts of one password differ: a password that is named counts as new.
  if (passwordEncrypted !== undefined && (passwordEncrypted !== null || current.hasPassword)) {
    changed['password_encrypted'] = passwordEncrypted;
  }
  return changed;
}
