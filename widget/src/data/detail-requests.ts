import type { AttemptRecord } from '@portal-outbox/contracts';
import { emailPath } from './outbox-requests.ts';
import type { ServiceClient } from './service-client.ts';

export type CapabilityUrl = { url: string; expiresAt: string };

export const readAttempts = (client: ServiceClient, id: string, signal?: AbortSignal) =>
  client.request<{ items: AttemptRecord[] }>('GET', `${emailPath(id)}/attempts`, { signal });

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
