import type postgres from 'postgres';

export interface SeededConnector {
  id: string;
  name: string;
  /** Its share of all emails. */
  share: number;
  state: 'enabled' | 'paused' | 'disabled';
}

/** By falling share; one is paused and one is switched off. */
const kinds: readonly Omit<SeededConnector, 'id'>[] = [
  { name: 'Sales SMTP', share: 0.36, state: 'enabled' },
  { name: 'Support SMTP', share: 0.25, state: 'enabled' },
  { name: 'Notifications', share: 0.19, state: 'enabled' },
  { name: 'Old relay', share: 0.08, state: 'disabled' },
  { name: 'Partner relay', share: 0.07, state: 'paused' },
  { name: 'Billing', share: 0.05, state: 'enabled' },
];

/** Nobody sends while the list is measured, so their hosts need not exist. */
export async function seedConnectors(sql: postgres.Sql, portalId: string): Promise<SeededConnector[]> {
  const connectors = kinds.map((kind, index) => ({ ...kind, id: connectorId(portalId, index) }));
  for (const { id, name, state } of connectors) {
    const paused = state === 'paused';
    await sql`
      insert into connector (
        id, portal_id, name, host, port, security, max_connections, messages_per_connection, enabled, disabled_by,
        paused_until, trouble_count, trouble_cause, trouble_since)
      values (
        ${id}, ${portalId}, ${name}, 'smtp.portal.test', 587, 'starttls', 5, 100, ${state !== 'disabled'},
        ${state === 'disabled' ? 'administrator' : null},
        ${paused ? sql`now() + interval '1 day'` : null}, ${paused ? 7 : 0},
        ${paused ? 'connection_timed_out' : null}, ${paused ? sql`now() - interval '1 hour'` : null})`;
  }
  return connectors;
}

function connectorId(portalId: string, index: number): string {
  return `${portalId.slice(0, -2)}c${index}`;
}
