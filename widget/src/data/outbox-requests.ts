import type {
  AttemptRecord,
  EmailDetail,
  Me,
  OutboxCount,
  OutboxEmail,
  OutboxPage,
  OutboxView,
} from '@portal-outbox/contracts';
import type { ServiceClient } from './service-client.ts';
import type { ServiceResult } from './service-result.ts';

export interface PageQuery {
  /** `null`: the one saved for the user, or that of the first visit. */
  view: OutboxView | null;
  limit: number;
  cursor: string | null;
}

export type EmailAction = 'retry' | 'cancel' | 'restore' | 'send-now';
/** `null`: it has left the outbox. */
export type ActionAnswer = { email: OutboxEmail | null };
export type CapabilityUrl = { url: string; expiresAt: string };

export function listOutbox(client: ServiceClient, page: PageQuery, signal?: AbortSignal) {
  const query = new URLSearchParams({ limit: String(page.limit) });
  if (page.view) query.set('view', page.view);
  if (page.cursor !== null) query.set('cursor', page.cursor);
  return client.request<OutboxPage>('GET', `/v1/outbox?${query}`, { signal });
}

export function countOutbox(client: ServiceClient, view: OutboxView | null) {
  return client.request<OutboxCount>('GET', `/v1/outbox/count${view ? `?view=${view}` : ''}`);
}

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
