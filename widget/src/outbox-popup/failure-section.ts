import { causeAdvice, type OutboxEmail } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import { connectorMessage } from '../outbox-grid/cells.ts';
import type { PopupHost } from './outbox-popup.ts';

interface Failure {
  email: OutboxEmail;
  locale: Locale;
  now: number;
  isAdministrator: boolean;
  host: Pick<PopupHost, 'connectorHref'>;
}

/** Why the email has not left: what it means, the server's own words, and what to do. */
export function failureSection(failure: Failure): TemplateResult | typeof nothing {
  const { email, locale, now } = failure;
  const connector = connectorMessage(email, locale, now);
  const { lastFailure } = email;
  if (connector === null && !lastFailure) return nothing;
  const meaning = lastFailure ? locale.cause(lastFailure.cause)?.meaning : undefined;
  const advice = lastFailure ? causeAdvice[lastFailure.cause]?.[locale.language] : undefined;
  const doubt = email.status === 'failed' && email.mayHaveBeenSent ? 'doubt' : '';
  return html`<section class="failure failure-${email.status} ${doubt}" part="failure">
    <h3 class="visually-hidden">${locale.text('whyTitle')}</h3>
    ${
      connector === null
        ? nothing
        : html`<p class="meaning">
            ${connector} ${email.status === 'connector_disabled' ? wayOn(failure) : nothing}
          </p>`
    }
    ${
      meaning
        ? html`<p class="meaning">${meaning}</p>
            ${connector === null ? html`<p class="advice">${advice}</p>` : nothing}`
        : nothing
    }
    ${
      lastFailure?.reply
        ? html`<p class="server-reply">
            <span class="visually-hidden">${locale.text('serverReply')}:</span>
            <bdi class="code">${lastFailure.reply}</bdi>
          </p>`
        : nothing
    }
  </section>`;
}

/** M17: who can enable the connector gets the way to it, the others learn whom to ask. */
function wayOn({ email, locale, isAdministrator, host }: Failure): TemplateResult | typeof nothing {
  if (!isAdministrator) return html`<span class="advice">${locale.text('askAdministrator')}.</span>`;
  const href = host.connectorHref(email);
  if (href === null) return nothing;
  return html`<a class="way-on" href=${href}><bdi>${email.connector.name}</bdi></a>`;
}
