import type { EmailDetail, OutboxEmail } from '@portal-outbox/contracts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import type { Connection } from '../data/connection.ts';
import type { LeftReason } from '../data/page-rows.ts';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { press, refusalOf, type ActionOffer, type OfferedAction } from '../outbox-grid/action-buttons.ts';
import { controls } from '../theme/controls.ts';
import { icon, type IconName } from '../theme/icons.ts';
import { statusSign, statusStyles } from '../theme/status-sign.ts';
import { tokens } from '../theme/tokens.ts';
import { attachmentsSection, downloadAttachment } from './attachments-section.ts';
import { attemptsSection } from './attempts-section.ts';
import { DetailSource } from './detail-source.ts';
import { factsSection } from './facts-section.ts';
import { failureSection } from './failure-section.ts';
import { MessageBody } from './message-body.ts';
import { popupStyles } from './popup-styles.ts';
import { recipientsSection } from './recipients-section.ts';

/** What the popup asks of the element that it belongs to. */
export interface PopupHost {
  closePopup(): Promise<void>;
  act(action: OfferedAction, email: OutboxEmail): void;
  explain(reason: string): void;
  openPacket(email: OutboxEmail, event: Event): void;
  packetHref(email: OutboxEmail): string | null;
  /** Where an administrator finds the email's connector; `null`: nowhere. */
  connectorHref(email: OutboxEmail): string | null;
}

/**
 * Everything known about one email, to read. A native modal: focus stays in it, Escape closes it, and the
 * page's notices are slotted in, because everything outside a modal is inert. Part of `<outbox-view>`.
 */
export class OutboxPopup extends LitElement {
  static override styles = [tokens, controls, statusStyles, popupStyles];

  @property({ attribute: false }) host!: PopupHost;
  @property({ attribute: false }) connection!: Connection;
  @property({ attribute: false }) locale!: Locale;
  /** Its row as it is now; stays when it has left the outbox. */
  @property({ attribute: false }) email!: OutboxEmail;
  @property({ attribute: false }) left: LeftReason | null = null;
  @property({ attribute: false }) hasChanged = false;
  /** The service's time, ms since 1970. */
  @property({ attribute: false }) now = 0;
  @property({ attribute: false }) actionsOff: string | null = null;
  @property({ attribute: false }) isBusy = false;

  @state() private isAdministrator = false;
  @query('dialog') private dialog!: HTMLDialogElement;
  #source: DetailSource | null = null;
  #sourceId = '';

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#source?.dispose();
    this.#source = null;
    this.#sourceId = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.email.id !== this.#sourceId) {
      this.#source?.dispose();
      this.#sourceId = this.email.id;
      this.#source = new DetailSource(this.connection, this.email.id, () => this.requestUpdate());
    }
    if (changed.has('email')) this.#source?.follow(this.email);
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
    void this.connection.readMe().then((me) => {
      this.isAdministrator = me?.roles.includes('administrator') ?? false;
    });
  }

  protected override render(): TemplateResult {
    const { email, locale } = this;
    return html`<dialog
      part="popup"
      aria-labelledby="subject"
      @close=${() => void this.host.closePopup()}
      @click=${(event: MouseEvent) => this.#onClick(event)}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    >
      <div class="frame-of-dialog">
        <div class="head">
          <button type="button" class="button back" data-action="back" @click=${() => this.dialog.close()}>
            ${icon('previous')}${locale.text('back')}
          </button>
          <div class="actions">${this.left === null ? this.#renderActions() : nothing}</div>
        </div>
        <div class="scroll" tabindex="-1" autofocus>
          <div class="state" role="status">${this.#renderState()}</div>
          <h2 id="subject" class="title" part="popup-subject">
            <bdi>${email.subject || locale.text('noSubject')}</bdi>
          </h2>
          ${
            this.left === null
              ? failureSection({
                  email,
                  locale,
                  now: this.now,
                  isAdministrator: this.isAdministrator,
                  host: this.host,
                })
              : nothing
          }
          ${this.#renderDetail()}
        </div>
        <slot name="notices"></slot>
      </div>
    </dialog>`;
  }

  #renderState(): TemplateResult {
    const { email, locale, left } = this;
    if (left !== null) {
      const word = { sent: 'sent', cancelled: 'cancelled', hidden: 'noLongerHere' } as const;
      return html`<span class="status gone-${left}" part="status"
        >${icon(left === 'sent' ? 'done' : 'cancel')}<span class="status-words"
          >${locale.text(word[left])}</span
        ></span
      >`;
    }
    return html`${statusSign(email, locale)}${
      this.hasChanged ? html`<span class="changed">${locale.text('popupChanged')}</span>` : nothing
    }`;
  }

  #renderActions(): TemplateResult {
    const { email, locale } = this;
    const offer: ActionOffer = {
      email,
      locale,
      actionsOff: this.actionsOff,
      isBusy: this.isBusy,
      host: this.host,
    };
    const sendNow =
      email.can.sendNow === true ? this.#renderAction(offer, 'send-now', 'sendNow', 'send') : nothing;
    return html`${this.#renderAction(offer, 'cancel', 'cancel', 'cancel')}${sendNow}${this.#renderAction(
      offer,
      'retry',
      'retry',
      'retry',
    )}`;
  }

  #renderAction(
    offer: ActionOffer,
    action: OfferedAction,
    label: MessageKey,
    sign: IconName,
  ): TemplateResult {
    const reason = refusalOf(offer, action);
    const isOff = reason !== null || offer.isBusy;
    const subject = offer.email.subject || this.locale.text('noSubject');
    return html`<button
      type="button"
      class="button ${action === 'cancel' || isOff ? '' : 'primary'}"
      part="action action-${action}"
      data-action=${action}
      aria-disabled=${isOff ? 'true' : 'false'}
      aria-label=${action === 'cancel' ? this.locale.text('cancelNamed', { subject }) : nothing}
      title=${reason ?? nothing}
      @click=${() => press(offer, action, reason)}
    >
      ${icon(sign)}${this.locale.text(label)}
    </button>`;
  }

  #renderDetail(): TemplateResult {
    const { email, locale, now, host } = this;
    const { detail = null, attempts = [], hasFailed = false } = this.#source ?? {};
    const plan = this.left === null ? {} : { beingSent: false, nextAttemptAt: null };
    const facts = factsSection({ email: { ...email, ...plan }, detail, locale, now, host });
    // What has left cannot be read again.
    if (!detail && this.left !== null) return facts;
    if (hasFailed) {
      return html`${facts}
        <div class="detail-failed">
          <p>${locale.text('popupFailed')}</p>
          <button type="button" class="button" @click=${() => void this.#source?.read()}>
            ${locale.text('tryAgain')}
          </button>
        </div>`;
    }
    if (!detail)
      return html`${facts}
        <p class="quiet" role="status">${locale.text('popupLoading')}</p>`;
    return html`${recipientsSection(this.left === 'sent' ? delivered(detail) : detail, locale)}
      <outbox-message-body
        exportparts="preview, text"
        .connection=${this.connection}
        .locale=${locale}
        .emailId=${email.id}
        .hasHtml=${detail.hasHtml}
        .text=${detail.text}
      ></outbox-message-body>
      ${attachmentsSection(detail, locale, (position) => void this.#download(position))}
      <section class="section">
        <h3>${locale.text('facts')}</h3>
        ${facts}
      </section>
      ${attemptsSection(attempts, locale, now)}`;
  }

  async #download(position: number): Promise<void> {
    const isOnItsWay = await downloadAttachment(this.connection, this.email.id, position);
    if (!isOnItsWay) this.host.explain(this.locale.text('downloadFailed'));
  }

  /** A click beside the dialog closes it, as Escape does; one inside never reaches the element itself. */
  #onClick(event: MouseEvent): void {
    if (event.target === this.dialog) this.dialog.close();
  }
}

/** An email is sent when the last recipient has been accepted; it can no longer be read again by then. */
function delivered(detail: EmailDetail): EmailDetail {
  const recipients = detail.recipients.map((one) => ({ ...one, state: 'delivered' as const, reply: '' }));
  return { ...detail, recipients };
}

defineElement('outbox-message-body', MessageBody);
defineElement('outbox-popup', OutboxPopup);
