import type {
  BulkOperation,
  EmailDetail,
  Me,
  OutboxCauses,
  OutboxCount,
  OutboxFilter,
  OutboxPage,
  OutboxSort,
  OutboxView,
  Preferences,
} from '@portal-outbox/contracts';
import { queryParameters } from './query-parameters.ts';
import type { ServiceClient } from './service-client.ts';

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

export type PreferencesPatch = { [Name in keyof Preferences]: Preferences[Name] | null };

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

/** One's own, newest first. */
export const listBulk = (client: ServiceClient) =>
  client.request<{ items: BulkOperation[] }>('GET', '/v1/bulk');

/** RFC 7396: only what is named changes; `null` removes. */
export const patchPreferences = (client: ServiceClient, patch: PreferencesPatch) =>
  client.request<Preferences>('PATCH', '/v1/preferences', { body: patch });

export const readMe = (client: ServiceClient) => client.request<Me>('GET', '/v1/me');

export const readEmail = (client: ServiceClient, id: string, signal?: AbortSignal) =>
  client.request<EmailDetail>('GET', emailPath(id), { signal });

export function emailPath(id: string): string {
  return `/v1/emails/${encodeURIComponent(id)}`;
}

function viewQuery(view: OutboxView | null, filter: OutboxFilter): URLSearchParams {
  const query = queryParameters(filter);
  if (view) query.set('view', view);
  return query;
}

function pathWith(path: string, query: URLSearchParams): string {
  return query.size > 0 ? `${path}?${query}` : path;
}
