import type {
  BulkOperation,
  BulkPreview,
  BulkResults,
  OutboxEmail,
  OutboxFilter,
  OutboxView,
} from '@portal-outbox/contracts';
import { emailPath } from './outbox-requests.ts';
import type { ServiceClient } from './service-client.ts';
import type { ServiceResult } from './service-result.ts';

export type EmailAction = 'retry' | 'cancel' | 'restore' | 'send-now';
/** `null`: it has left the outbox. */
export type ActionAnswer = { email: OutboxEmail | null };
/** Emails by their ids (1,000 at most), or all of a view that match. */
export type BulkTarget = { ids: readonly string[] } | { query: { view: OutboxView; filter: OutboxFilter } };

/** `acceptDuplicate`: the person knows that the recipient may get it twice. */
export function actOnEmail(
  client: ServiceClient,
  action: EmailAction,
  id: string,
  acceptDuplicate = false,
): Promise<ServiceResult<ActionAnswer>> {
  const body = acceptDuplicate ? { acceptDuplicate } : {};
  return client.request<ActionAnswer>('POST', `${emailPath(id)}/${action}`, { body });
}

/** Counts what a bulk operation would do, and does nothing. */
export const previewBulk = (
  client: ServiceClient,
  action: 'retry' | 'cancel',
  target: BulkTarget,
  acceptDuplicate: boolean,
) =>
  client.request<BulkPreview>('POST', '/v1/bulk', {
    body: { action, ...target, acceptDuplicate, dryRun: true },
  });

export const startBulk = (
  client: ServiceClient,
  action: 'retry' | 'cancel',
  target: BulkTarget,
  acceptDuplicate: boolean,
) => client.request<BulkOperation>('POST', '/v1/bulk', { body: { action, ...target, acceptDuplicate } });

export const readBulk = (client: ServiceClient, id: string) =>
  client.request<BulkOperation>('GET', bulkPath(id));

export const readBulkResults = (client: ServiceClient, id: string, cursor: string | null) =>
  client.request<BulkResults>('GET', `${bulkPath(id)}/results${cursor === null ? '' : `?cursor=${cursor}`}`);

export const stopBulk = (client: ServiceClient, id: string) =>
  client.request<BulkOperation>('POST', `${bulkPath(id)}/stop`, { body: {} });

/** Takes a bulk cancel back, by an operation of its own. */
export const undoBulk = (client: ServiceClient, id: string) =>
  client.request<BulkOperation>('POST', `${bulkPath(id)}/undo`, { body: {} });

function bulkPath(id: string): string {
  return `/v1/bulk/${encodeURIComponent(id)}`;
}
