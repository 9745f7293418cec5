import type { OutboxEmail } from '@portal-outbox/contracts';

/**
 * Where the packet is shown: the host's `packet-url` with `{ref}`, else the address its back end gave.
 * `null` for none, and for anything but http(s): an address is data of others.
 */
export function packetHref(email: OutboxEmail, packetUrl: string): string | null {
  if (!email.packet) return null;
  const url = packetUrl
    ? packetUrl.replaceAll('{ref}', encodeURIComponent(email.packet.ref))
    : email.packet.url;
  return safeHref(url);
}

/** Where a connector is set up: the host's `connector-url` with `{id}`; `null` without one. */
export function connectorHref(email: OutboxEmail, connectorUrl: string): string | null {
  return safeHref(connectorUrl.replaceAll('{id}', encodeURIComponent(email.connector.id)));
}

function safeHref(url: string | null): string | null {
  if (!url || !URL.canParse(url, document.baseURI)) return null;
  return /^https?:$/.test(new URL(url, document.baseURI).protocol) ? url : null;
}

/**
 * Tells the host; the browser follows the link unless the host prevents it. A click that asks for another tab
 * is the browser's. Returns whether the host has taken it over.
 */
export function openPacket(
  target: EventTarget,
  email: OutboxEmail,
  url: string | null,
  click: Event,
): boolean {
  if (!email.packet) return false;
  const isForAnotherTab = click instanceof MouseEvent && (click.ctrlKey || click.metaKey || click.shiftKey);
  if (url !== null && isForAnotherTab) return false;
  const { ref, type } = email.packet;
  const event = new CustomEvent('outbox-open-packet', {
    detail: { ref, type, url },
    bubbles: true,
    composed: true,
    cancelable: true,
  });
  const isTakenOver = !target.dispatchEvent(event);
  if (isTakenOver) click.preventDefault();
  return isTakenOver;
}
