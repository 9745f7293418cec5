import { notify } from './notice.ts';
import { sayOnPage } from './page-words.ts';

/** All that a host writes to have the Outbox: where the service is, whose token, and how to open a packet. */
export async function connectOutbox(): Promise<void> {
  const serviceUrl = document.documentElement.dataset['serviceUrl']!;
  document.addEventListener('outbox-open-packet', (event) => {
    event.preventDefault();
    const { ref } = (event as CustomEvent<{ ref: string }>).detail;
    location.assign(`/packets/${encodeURIComponent(ref)}`);
  });
  try {
    const { connect } = (await import(`${serviceUrl}/widget/outbox.js`)) as OutboxBundle;
    connect({ serviceUrl, getToken });
  } catch {
    notify(sayOnPage('serviceUnreachable'), 'problem');
  }
}

interface OutboxBundle {
  connect(options: { serviceUrl: string; getToken: () => Promise<string> }): void;
}

async function getToken(): Promise<string> {
  const response = await fetch('/session/token', { method: 'POST' });
  return ((await response.json()) as { token: string }).token;
}
