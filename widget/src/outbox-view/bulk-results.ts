import type { BulkOperation, BulkResult } from '@portal-outbox/contracts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Connection } from '../data/connection.ts';
import { readBulkResults } from '../data/action-requests.ts';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { tokens } from '../theme/tokens.ts';
import { bulkResult } from './bulk-lines.ts';
import { skippedOf } from './bulk-runs.ts';
import { skipText } from './bulk-question.ts';
import { close, dialogFrame, openDialog } from './dialog-frame.ts';
import { dialogStyles } from './dialog-styles.ts';

export interface BulkResultsHost {
  closeResults(): void;
}

/** Rows of the list that are added at a time. */
const step = 200;

/** What became of each email of a bulk operation, the skipped ones with their reasons. Part of `<outbox-view>`. */
export class BulkResults extends LitElement {
  static override styles = [tokens, controls, dialogStyles];

  @property({ attribute: false }) host!: BulkResultsHost;
  @property({ attribute: false }) connection!: Connection;
  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) operation!: BulkOperation;

  @state() private items: readonly BulkResult[] = [];
  @state() private skippedOnly = false;
  @state() private shown = step;
  @state() private isReading = false;
  @state() private hasFailed = false;
  #next: string | null = null;

  protected override firstUpdated(): void {
    openDialog(this.shadowRoot);
    this.skippedOnly = skippedOf(this.operation) > 0;
    void this.#read();
  }

  protected override render(): TemplateResult {
    const { locale } = this;
    const matching = this.items.filter(({ result }) => !this.skippedOnly || result !== 'done');
    const hasMore = matching.length > this.shown || this.#next !== null;
    return dialogFrame({
      title: locale.text('bulkResultsTitle'),
      kind: 'wide',
      locale,
      onClose: () => this.host.closeResults(),
      content: html`<p>${bulkResult(this.operation, locale)}</p>
        <label class="choice"
          ><input
            type="checkbox"
            .checked=${this.skippedOnly}
            @change=${(event: Event) => (this.skippedOnly = (event.target as HTMLInputElement).checked)}
          />${locale.text('bulkSkippedOnly')} (${locale.number(skippedOf(this.operation))})</label
        >
        <ul class="results">
          ${matching.slice(0, this.shown).map((item) => this.#renderItem(item))}
        </ul>
        ${this.hasFailed ? html`<p class="error">${locale.text('actionFailed')}</p>` : nothing}
        ${
          hasMore || this.hasFailed
            ? html`<p>
                <button
                  type="button"
                  class="button"
                  aria-disabled=${this.isReading ? 'true' : 'false'}
                  @click=${() => void this.#showMore()}
                >
                  ${locale.text('showMore')}
                </button>
              </p>`
            : nothing
        }`,
      foot: html`<button type="button" class="button" @click=${close}>${locale.text('back')}</button>`,
    });
  }

  #renderItem({ email, result, reason }: BulkResult): TemplateResult {
    const { locale } = this;
    const became =
      result === 'done'
        ? locale.text('bulkDone')
        : result === 'not_reached'
          ? locale.text('bulkNotReached')
          : reason === null
            ? ''
            : skipText(reason, locale);
    return html`<li>
      <span>
        ${
          email === null
            ? html`<span class="quiet">${locale.text('bulkInvisible')}</span>`
            : html`<bdi>${email.subject || locale.text('noSubject')}</bdi>
                <bdi class="quiet">${email.to.first.name || email.to.first.address}</bdi>`
        }
      </span>
      <span>${became}</span>
    </li>`;
  }

  async #showMore(): Promise<void> {
    this.shown += step;
    if (this.#next !== null || this.hasFailed) await this.#read();
  }

  /** Pages of 1,000; of a filtered list as many as it takes to have something to show. */
  async #read(): Promise<void> {
    if (this.isReading) return;
    this.isReading = true;
    this.hasFailed = false;
    do {
      const result = await readBulkResults(this.connection.client, this.operation.id, this.#next);
      if (!this.isConnected) return;
      if (!result.ok) {
        this.hasFailed = true;
        break;
      }
      this.items = [...this.items, ...result.value.items];
      this.#next = result.value.next;
    } while (this.#next !== null && this.#matchingCount() < this.shown);
    this.isReading = false;
  }

  #matchingCount(): number {
    return this.items.filter(({ result }) => !this.skippedOnly || result !== 'done').length;
  }
}

defineElement('outbox-bulk-results', BulkResults);
