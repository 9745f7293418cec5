import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Connection } from '../data/connection.ts';
import { capabilityHref, requestPreview } from '../data/detail-requests.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { tokens } from '../theme/tokens.ts';
import { bodyStyles } from './popup-styles.ts';

/**
 * The message as it will be sent, in a frame whose document has an address and a policy of its own: no script,
 * no form, no network until images are asked for. Text alone is shown as text. Part of `<outbox-popup>`.
 */
export class MessageBody extends LitElement {
  static override styles = [tokens, controls, bodyStyles];

  @property({ attribute: false }) connection!: Connection;
  @property({ attribute: false }) locale!: Locale;
  @property() emailId = '';
  @property({ type: Boolean }) hasHtml = false;
  @property() text: string | null = null;

  @state() private href: string | null = null;
  @state() private hasFailed = false;
  @state() private hasImages = false;
  #run = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('emailId') || changed.has('hasHtml')) void this.#load(false);
  }

  protected override render(): TemplateResult {
    const { locale } = this;
    return html`<div class="message-bar">
        <h3>${locale.text('message')}</h3>
        ${
          this.hasHtml && this.href !== null && !this.hasImages
            ? html`<button type="button" class="button small" @click=${() => void this.#load(true)}>
                ${locale.text('showImages')}
              </button>`
            : nothing
        }
      </div>
      ${this.#renderMessage()}`;
  }

  #renderMessage(): TemplateResult {
    const { locale } = this;
    if (!this.hasHtml) {
      return this.text
        ? html`<pre class="text" part="text"><bdi>${this.text}</bdi></pre>`
        : html`<p class="quiet">${locale.text('noText')}</p>`;
    }
    if (this.hasFailed) {
      return html`<div class="preview-failed">
        <p>${locale.text('previewFailed')}</p>
        <button type="button" class="button" @click=${() => void this.#load(this.hasImages)}>
          ${locale.text('tryAgain')}
        </button>
        ${this.text ? html`<pre class="text"><bdi>${this.text}</bdi></pre>` : nothing}
      </div>`;
    }
    if (this.href === null) return html`<div class="frame waiting"></div>`;
    return html`<iframe
      class="frame"
      part="preview"
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerpolicy="no-referrer"
      title=${locale.text('previewTitle')}
      src=${this.href}
    ></iframe>`;
  }

  /** The address works for a minute, so it is asked for each time. */
  async #load(images: boolean): Promise<void> {
    if (!this.hasHtml) return;
    const run = (this.#run += 1);
    this.hasFailed = false;
    const result = await requestPreview(this.connection.client, this.emailId, images);
    if (run !== this.#run) return;
    this.href = result.ok ? capabilityHref(this.connection.client, result.value) : null;
    this.hasFailed = this.href === null;
    this.hasImages = images && !this.hasFailed;
  }
}
