import { html } from 'hono/html';
import type { Session } from '../session.ts';
import { sayIn } from '../words.ts';
import { icon } from './icons.ts';

/** Emails › Outbox: the hints, the page itself, and beside it what the mail server hears. */
export function outboxPage(session: Session) {
  const say = sayIn(session.language);
  const hints = [say('hintRetry'), say('hintSwitch'), say('hintOpen')];
  return html`<div class="outbox-page">
    <h1 class="unseen">${say('emails')}</h1>
    <section class="hints" id="hints" aria-label="${say('hints')}" hidden>
      <ol>
        ${hints.map((hint) => html`<li>${hint}</li>`)}
      </ol>
      <button type="button" class="plain" id="close-hints" aria-label="${say('closeHints')}">
        ${icon('close')}
      </button>
    </section>
    <outbox-view connector-url="/connectors/{id}"></outbox-view>
    ${mailServerPanel(session)}
  </div>`;
}

function mailServerPanel(session: Session) {
  const say = sayIn(session.language);
  return html`<aside id="mail-server" aria-label="${say('mailServer')}">
    <button
      type="button"
      class="panel-title"
      id="toggle-mail-server"
      aria-expanded="true"
      aria-controls="mail-server-body"
    >
      ${icon('server')}<span>${say('mailServer')}<small>${say('mailServerDemo')}</small></span>
      <output id="received-count">0</output>${icon('collapse')}
    </button>
    <div id="mail-server-body">
      <section class="switches" aria-label="${say('switches')}">
        <button type="button" role="switch" id="switch-down" aria-checked="false">${say('down')}</button>
        <button type="button" role="switch" id="switch-refuse-logins" aria-checked="false">
          ${say('refuseLogins')}
        </button>
        <button type="button" class="small" id="kill-worker">${say('killWorker')}</button>
        <p id="workers"></p>
        <div id="switched-off"></div>
      </section>
      <h3>${say('received')}</h3>
      <ol id="received" aria-live="polite" aria-relevant="additions"></ol>
      <p id="received-nothing">${say('receivedNothing')}</p>
    </div>
  </aside>`;
}
