import { deliveryCauses, type OutboxEmail } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { PageRow } from '../data/page-rows.ts';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import { statusSign } from '../theme/status-sign.ts';

/** What a cell may use beside its row. */
export interface CellContext {
  locale: Locale;
  /** The service's time, ms since 1970. */
  now: number;
  /** -1 keeps the controls of all rows but one out of the Tab order. */
  tabIndex: 0 | -1;
  openEmail(email: OutboxEmail): void;
  openPacket(email: OutboxEmail, event: Event): void;
  packetHref(email: OutboxEmail): string | null;
}

export type Cell = (row: PageRow, context: CellContext) => TemplateResult | typeof nothing;

export const toCell: Cell = ({ email }) => {
  const { first, count } = email.to;
  return html`<span class="to" title=${first.name ? `${first.name} <${first.address}>` : first.address}
    ><bdi class="clip" dir=${first.name ? 'auto' : 'ltr'}>${first.name || first.address}</bdi>${
      count > 1 ? html`<span class="more"> +${count - 1}</span>` : nothing
    }</span
  >`;
};

export const subjectCell: Cell = ({ email }, context) =>
  html`<button
      type="button"
      class="subject clip"
      part="subject"
      tabindex=${context.tabIndex}
      title=${email.subject}
      @click=${() => context.openEmail(email)}
    >
      <bdi>${email.subject || context.locale.text('noSubject')}</bdi></button
    >${
      email.attachmentCount > 0
        ? html`<span class="clip-sign" title=${context.locale.plural('attachments', email.attachmentCount)}
            >${icon('attachment')}</span
          >`
        : nothing
    }`;

export const statusCell: Cell = ({ email, left }, { locale }) => {
  if (left === null) return statusSign(email, locale);
  const word = { sent: 'sent', cancelled: 'cancelled', hidden: 'noLongerHere' } as const;
  return html`<span class="status left-${left}" part="status"
    >${left === 'hidden' ? nothing : icon(left === 'sent' ? 'done' : 'cancel')}<span class="status-words"
      >${locale.text(word[left])}</span
    ></span
  >`;
};

/** The connector's trouble comes first, then the cause in the reader's language and the server's own words. */
export const failureCell: Cell = ({ email }, { locale, now }) => {
  const text = connectorMessage(email, locale, now);
  if (text !== null) return html`<span class="clip two-lines" title=${text}>${text}</span>`;
  if (!email.lastFailure) return nothing;
  const { cause, reply } = email.lastFailure;
  const meaning = deliveryCauses[cause]?.meaning[locale.language] ?? '';
  return html`<span class="clip two-lines" title=${reply ? `${meaning}\n${reply}` : meaning}
    >${meaning}${reply ? html` <bdi class="reply">${reply}</bdi>` : nothing}</span
  >`;
};

export const nextAttemptCell: Cell = ({ email, left }, { locale, now }) => {
  if (left !== null || email.beingSent || email.nextAttemptAt === null) return nothing;
  return html`<time
    class="clip two-lines"
    datetime=${email.nextAttemptAt}
    title=${locale.fullDateTime(email.nextAttemptAt)}
    >${locale.nextAttempt(email.nextAttemptAt, now)}</time
  >`;
};

/** A real link where there is an address to follow, so that it opens in another tab too. */
export const packetCell: Cell = ({ email }, context) => {
  if (!email.packet) return nothing;
  const href = context.packetHref(email);
  const open = (event: Event) => context.openPacket(email, event);
  const ref = html`<bdi dir="ltr">${email.packet.ref}</bdi>`;
  return href === null
    ? html`<button
        type="button"
        class="packet clip"
        part="packet"
        tabindex=${context.tabIndex}
        @click=${open}
      >
        ${ref}
      </button>`
    : html`<a class="packet clip" part="packet" href=${href} tabindex=${context.tabIndex} @click=${open}
        >${ref}</a
      >`;
};

export const sendCountCell: Cell = ({ email }, { locale }) => html`${locale.number(email.sendCount)}`;

/** What the connector has to do with it (M17, and a paused connector); `null`: nothing. */
export function connectorMessage(email: OutboxEmail, locale: Locale, now: number): string | null {
  if (email.status === 'connector_disabled') return locale.text('connectorDisabled');
  if (email.status === 'failed' || email.connector.pausedUntil === null) return null;
  return locale.text('connectorPaused', {
    connector: email.connector.name,
    time: locale.dateTime(email.connector.pausedUntil, now),
  });
}
