import type { EmailDetail, Importance, OutboxEmail, PacketType } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import type { PopupHost } from './outbox-popup.ts';

const importanceWords: Record<Importance, MessageKey> = {
  high: 'importanceHigh',
  normal: 'importanceNormal',
  low: 'importanceLow',
};
const packetWords: Record<PacketType, MessageKey> = {
  ticket: 'packetTicket',
  case: 'packetCase',
  action: 'packetAction',
};

export interface Facts {
  email: OutboxEmail;
  detail: EmailDetail | null;
  locale: Locale;
  /** The service's time, ms since 1970. */
  now: number;
  host: PopupHost;
}

/** Everything else that is known, one label and one value each; what is empty is left out. */
export function factsSection({ email, detail, locale, now, host }: Facts): TemplateResult {
  const time = (instant: string | null) =>
    instant === null
      ? null
      : html`<time datetime=${instant} title=${locale.fullDateTime(instant)}
          >${locale.dateTime(instant, now)}</time
        >`;
  const facts: [MessageKey, unknown][] = [
    ['submitted', time(email.submittedAt)],
    ['columnNextAttempt', nextAttempt(email, locale, now)],
    ['lastAttempt', time(email.lastAttemptAt)],
    ['logged', time(email.firstFailedAt)],
    ['columnSendCount', locale.number(email.sendCount)],
    ['connector', html`<bdi>${email.connector.name}</bdi>`],
    ['sentBy', email.author ? html`<bdi>${email.author.name}</bdi>` : null],
    ['systemGenerated', email.systemGenerated ? locale.text('yes') : null],
    ['columnPacket', packet(email, locale, host)],
    ['importance', locale.text(importanceWords[email.importance])],
  ];
  return html`<dl class="facts" part="facts">
    ${facts.map(([label, value]) =>
      value === null
        ? nothing
        : html`<div class="fact">
            <dt>${locale.text(label)}</dt>
            <dd>${value}</dd>
          </div>`,
    )}
    ${
      detail
        ? html`<div class="fact fact-wide">
            <dt>Message-ID</dt>
            <dd><bdi class="code" dir="ltr">${detail.messageId}</bdi></dd>
          </div>`
        : nothing
    }
  </dl>`;
}

function nextAttempt(email: OutboxEmail, locale: Locale, now: number): TemplateResult | string | null {
  if (email.beingSent) return locale.text('beingSent');
  if (email.nextAttemptAt === null) return null;
  return html`<time datetime=${email.nextAttemptAt} title=${locale.fullDateTime(email.nextAttemptAt)}
    >${locale.nextAttempt(email.nextAttemptAt, now)}</time
  >`;
}

function packet(email: OutboxEmail, locale: Locale, host: PopupHost): TemplateResult | null {
  if (!email.packet) return null;
  const href = host.packetHref(email);
  const open = (event: Event) => host.openPacket(email, event);
  const ref = html`<bdi dir="ltr">${email.packet.ref}</bdi>`;
  const type = html`<span class="packet-type">${locale.text(packetWords[email.packet.type])}</span>`;
  return href === null
    ? html`<button type="button" class="packet" part="packet" @click=${open}>${ref}</button> ${type}`
    : html`<a class="packet" part="packet" href=${href} @click=${open}>${ref}</a> ${type}`;
}
