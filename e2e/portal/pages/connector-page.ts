import type { Connector } from '@portal-outbox/contracts';
import { html } from 'hono/html';
import type { Session } from '../session.ts';
import { sayIn } from '../words.ts';

/** Builder's page of one connector, as far as this demo has a Builder; the Outbox leads administrators here. */
export function connectorPage(session: Session, { id, name, host, port, enabled }: Connector) {
  const say = sayIn(session.language);
  const isAdministrator = session.person.roles.includes('administrator');
  return html`<article class="packet">
    <p class="path"><a href="/emails/outbox">${say('emails')} › ${say('outbox')}</a></p>
    <h1>${name}</h1>
    <dl>
      <div>
        <dt>${say('mailServer')}</dt>
        <dd>${host}:${port}</dd>
      </div>
      <div>
        <dt>${say('state')}</dt>
        <dd>${say(enabled ? 'enabled' : 'disabled')}</dd>
      </div>
    </dl>
    ${
      enabled || !isAdministrator
        ? ''
        : html`<form method="post" action="/connectors/${id}/enable">
            <button class="primary">${say('enableConnector', { connector: name })}</button>
          </form>`
    }
  </article>`;
}
