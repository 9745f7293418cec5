import { sendStatuses, type SendStatus } from '@portal-outbox/contracts';

/** Emails of one connector by their own half of the send status; the other half is the connector's. */
export interface StandingTally {
  connector: { id: string; name: string; enabled: boolean };
  failed: number;
  /** Tried before, or a retry was asked for. */
  tried: number;
  fresh: number;
}

export interface StatusCounts {
  total: number;
  failed: number;
  byStatus: Record<SendStatus, number>;
  /** The connector with most first. */
  byConnector: { id: string; name: string; total: number }[];
}

/** The send statuses (M16) of emails that were counted by connector; a test compares with `sendStatus` of each. */
export function tallyStatuses(tallies: readonly StandingTally[]): StatusCounts {
  const byStatus = Object.fromEntries(sendStatuses.map((status) => [status, 0])) as Record<
    SendStatus,
    number
  >;
  for (const { connector, failed, tried, fresh } of tallies) {
    byStatus.failed += failed;
    byStatus[connector.enabled ? 'pending_retry' : 'connector_disabled'] += tried;
    byStatus[connector.enabled ? 'queued' : 'connector_disabled'] += fresh;
  }
  const byConnector = tallies
    .map(({ connector: { id, name }, failed, tried, fresh }) => ({ id, name, total: failed + tried + fresh }))
    .toSorted((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  const total = byConnector.reduce((sum, connector) => sum + connector.total, 0);
  return { total, failed: byStatus.failed, byStatus, byConnector };
}
