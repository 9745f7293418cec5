import type {
  AttemptRecord,
  BulkOperation,
  BulkPreview,
  BulkResults,
  EmailDetail,
  Me,
  OutboxCauses,
  OutboxCount,
  OutboxEmail,
  OutboxFilter,
  OutboxPage,
  OutboxSort,
  OutboxView,
  Preferences,
} from '@portal-outbox/contracts';
import { queryParameters } from './query-parameters.ts';
import type { ServiceClient } from './service-client.ts';
import type { ServiceResult } from './service-result.ts';

export interface PageQuery {
  /** `null`: the one saved for the user, or that of the first visit. */
  view: OutboxView | null;
  /** `null`: as the user left it. */
  sort: OutboxSort | null;
  filter: OutboxFilter;
  /** The reader's, in which the texts of failures are sorted. */
  language: 'en' | 'fr';
  /** `null`: as the user left it. */
  limit: number | null;
  cursor: string | null;
}

/** Emails by their ids (1,000 at most), or all of a view that match. */
export type BulkTarget = { ids: readonly string[] } | { query: { view: OutboxView; filter: OutboxFilter } };
export type PreferencesPatch = { [Name in keyof Preferences]: Preferences[Name] | null };

export type EmailAction = 'retry' | 'cancel' | 'restore' | 'send-now';
/** `null`: it has left the outbox. */
export type ActionAnswer = { email: OutboxEmail | null };
export type CapabilityUrl = { url: string; expiresAt: string };

export function listOutbox(client: ServiceClient, page: PageQuery, signal?: AbortSignal) {
  const query = queryParameters(page.filter);
  if (page.limit !== null) query.set('limit', String(page.limit));
  if (page.view) query.set('view', page.view);
  if (page.sort) query.set('sort', page.sort);
  if (page.language !== 'en') query.set('lang', page.language);
  if (page.cursor !== null) query.set('cursor', page.cursor);
  return client.request<OutboxPage>('GET', pathWith('/v1/outbox', query), { signal });
}

export function countOutbox(client: ServiceClient, view: OutboxView | null, filter: OutboxFilter = {}) {
  return client.request<OutboxCount>('GET', pathWith('/v1/outbox/count', viewQuery(view, filter)));
}

export function readCauses(client: ServiceClient, view: OutboxView, filter: OutboxFilter) {
  return client.request<OutboxCauses>('GET', pathWith('/v1/outbox/causes', viewQuery(view, filter)));
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

/** One's own, newest first. */
export const listBulk = (client: ServiceClient) =>
  client.request<{ items: BulkOperation[] }>('GET', '/v1/bulk');

export const readBulk = (client: ServiceClient, id: string) =>
  client.request<BulkOperation>('GET', bulkPath(id));

export const readBulkResults = (client: ServiceClient, id: string, cursor: string | null) =>
  client.request<BulkResults>('GET', `${bulkPath(id)}/results${cursor === null ? '' : `?cursor=${cursor}`}`);

export const stopBulk = (client: ServiceClient, id: string) =>
  client.request<BulkOperation>('POST', `${bulkPath(id)}/stop`, { body: {} });

/** Takes a bulk cancel back, by an operation of its own. */
export const undoBulk = (client: ServiceClient, id: string) =>
  client.request<BulkOperation>('POST', `${bulkPath(id)}/undo`, { body: {} });

/** RFC 7396: only what is named changes; `null` removes. */
export const patchPreferences = (client: ServiceClient, patch: PreferencesPatch) =>
  client.request<Preferences>('PATCH', '/v1/preferences', { body: patch });

export const readMe = (client: ServiceClient) => client.request<Me>('GET', '/v1/me');

export const readEmail = (client: ServiceClient, id: string, signal?: AbortSignal) =>
  client.request<EmailDetail>('GET', emailPath(id), { signal });

export const readAttempts = (client: ServiceClient, id: string, signal?: AbortSignal) =>
  client.request<{ items: AttemptRecord[] }>('GET', `${emailPath(id)}/attempts`, { signal });

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

export const requestPreview = (client: ServiceClient, id: string, images: boolean) =>
  client.request<CapabilityUrl>('POST', `${emailPath(id)}/preview`, { body: { images } });

export const requestAttachment = (client: ServiceClient, id: string, position: number) =>
  client.request<CapabilityUrl>('POST', `${emailPath(id)}/attachments/${position}/link`, { body: {} });

/** A capability URL made absolute; `null` unless it is http(s). */
export function capabilityHref(client: ServiceClient, answer: CapabilityUrl): string | null {
  const base = new URL(`${client.serviceUrl}/`, document.baseURI);
  const url = URL.canParse(answer.url, base) ? new URL(answer.url, base) : null;
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

function emailPath(id: string): string {
  return `/v1/emails/${encodeURIComponent(id)}`;
}

function bulkPath(id: string): string {
  return `/v1/bulk/${encodeURIComponent(id)}`;
}

function viewQuery(view: OutboxView | null, filter: OutboxFilter): URLSearchParams {
  const query = queryParameters(filter);
  if (view) query.set('view', view);
  return query;
}

function pathWith(path: string, query: URLSearchParams): string {
  return query.size > 0 ? `${path}?${query}` : path;
}
