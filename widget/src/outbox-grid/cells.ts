import type { OutboxEmail } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { PageRow } from '../data/page-rows.ts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { icon } from '../theme/icons.ts';
import { statusSign } from '../theme/status-sign.ts';

/** What a cell may use beside its row. */
export interface CellContext {
  readonly locale: Locale;
  /** The service's time, ms since 1970. */
  readonly now: number;
  readonly isAdministrator: boolean;
  readonly host: {
    openEmail(email: OutboxEmail): void;
    openPacket(email: OutboxEmail, event: Event): void;
    packetHref(email: OutboxEmail): string | null;
    /** Where an administrator finds the email's connector; `null`: nowhere. */
    connectorHref?(email: OutboxEmail): string | null;
  };
}

/**
 * Controls in cells are out of the Tab order: the cell itself has the focus, and Enter presses its control. `nothing` is an
 * empty cell.
 */
export type Cell = (row: PageRow, context: CellContext) => TemplateResult | string | typeof nothing;

export const toCell: Cell = ({ email }) => {
  const { first, count } = email.to;
  return html`<span class="to" title=${first.name ? `${first.name} <${first.address}>` : first.address}
    ><bdi class="clip" dir=${first.name ? 'auto' : 'ltr'}>${first.name || first.address}</bdi>${
      count > 1 ? html`<span class="more"> +${count - 1}</span>` : nothing
    }</span
  >`;
};

export const subjectCell: Cell = ({ email }, { locale, host }) =>
  html`<button
      type="button"
      class="subject"
      part="subject"
      tabindex="-1"
      title=${email.subject}
      @click=${() => host.openEmail(email)}
    >
      <bdi class="clip">${email.subject || locale.text('noSubject')}</bdi></button
    >${
      email.attachmentCount > 0
        ? html`<span class="clip-sign" title=${locale.plural('attachments', email.attachmentCount)}
            >${icon('attachment')}</span
          >`
        : nothing
    }`;

export const authorCell: Cell = ({ email }) => (email.author ? name(email.author.name) : nothing);

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
export const failureCell: Cell = ({ email }, context) => {
  const { locale, now } = context;
  const text = connectorMessage(email, locale, now);
  if (text !== null && email.status === 'connector_disabled') {
    return html`<span class="stacked"
      ><span class="clip" title=${text}>${text}</span>${wayOn(email, context)}</span
    >`;
  }
  if (text !== null) return html`<span class="clip two-lines" title=${text}>${text}</span>`;
  if (!email.lastFailure) return nothing;
  const { cause, reply } = email.lastFailure;
  const meaning = locale.cause(cause)?.meaning ?? '';
  return html`<span class="clip two-lines" title=${reply ? `${meaning}\n${reply}` : meaning}
    >${meaning}${reply ? html` <bdi class="reply">${reply}</bdi>` : nothing}</span
  >`;
};

/** M17: who can enable the connector gets the way to it, the others learn whom to ask. */
function wayOn(email: OutboxEmail, { locale, isAdministrator, host }: CellContext) {
  if (!isAdministrator) return html`<span class="way-on clip">${locale.text('askAdministrator')}</span>`;
  const href = host.connectorHref?.(email) ?? null;
  if (href === null) return nothing;
  return html`<a class="way-on link clip" part="connector" tabindex="-1" href=${href}
    ><bdi>${email.connector.name}</bdi></a
  >`;
}

export const nextAttemptCell: Cell = ({ email, left }, { locale, now }) => {
  if (left !== null || email.beingSent || email.nextAttemptAt === null) return nothing;
  return time(email.nextAttemptAt, locale, locale.nextAttempt(email.nextAttemptAt, now));
};

export const timeCell =
  (field: 'lastAttemptAt' | 'firstFailedAt' | 'submittedAt'): Cell =>
  ({ email }, { locale, now }) => {
    const instant = email[field];
    return instant === null ? nothing : time(instant, locale, locale.dateTime(instant, now));
  };

/** A real link where there is an address to follow, so that it opens in another tab too. */
export const packetCell: Cell = ({ email }, { host }) => {
  if (!email.packet) return nothing;
  const href = host.packetHref(email);
  const open = (event: Event) => host.openPacket(email, event);
  const ref = html`<bdi class="clip" dir="ltr">${email.packet.ref}</bdi>`;
  return href === null
    ? html`<button type="button" class="packet link" part="packet" tabindex="-1" @click=${open}>
        ${ref}
      </button>`
    : html`<a class="packet link" part="packet" href=${href} tabindex="-1" @click=${open}>${ref}</a>`;
};

export const packetTypes = { ticket: 'packetTicket', case: 'packetCase', action: 'packetAction' } as const;
export const packetTypeCell: Cell = ({ email }, { locale }) =>
  email.packet ? locale.text(packetTypes[email.packet.type]) : nothing;

export const sendCountCell: Cell = ({ email }, { locale }) => locale.number(email.sendCount);
export const attachmentCountCell: Cell = ({ email }, { locale }) => locale.number(email.attachmentCount);

export const connectorCell: Cell = ({ email }) => name(email.connector.name);

export const importances = {
  high: 'importanceHigh',
  normal: 'importanceNormal',
  low: 'importanceLow',
} as const satisfies Record<OutboxEmail['importance'], MessageKey>;
export const importanceCell: Cell = ({ email: { importance } }, { locale }) =>
  html`<span class="importance importance-${importance}" part="importance"
    >${importance === 'normal' ? nothing : icon(importance)}${locale.text(importances[importance])}</span
  >`;

export const systemGeneratedCell: Cell = ({ email }, { locale }) =>
  locale.text(email.systemGenerated ? 'yes' : 'no');

export const fromCell: Cell = ({ email: { from } }) =>
  html`<bdi
    class="clip"
    dir=${from.name ? 'auto' : 'ltr'}
    title=${from.name ? `${from.name} <${from.address}>` : from.address}
    >${from.name || from.address}</bdi
  >`;

/** What the connector has to do with it (M17, and a paused connector); `null`: nothing. */
export function connectorMessage(email: OutboxEmail, locale: Locale, now: number): string | null {
  if (email.status === 'connector_disabled') return locale.text('connectorDisabled');
  if (email.status === 'failed' || email.connector.pausedUntil === null) return null;
  return locale.text('connectorPaused', {
    connector: email.connector.name,
    time: locale.dateTime(email.connector.pausedUntil, now),
  });
}

const name = (text: string): TemplateResult => html`<bdi class="clip" title=${text}>${text}</bdi>`;

const time = (instant: string, locale: Locale, text: string): TemplateResult =>
  html`<time class="clip two-lines" datetime=${instant} title=${locale.fullDateTime(instant)}>${text}</time>`;
