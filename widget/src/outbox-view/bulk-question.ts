import { bulkSkipReasons, type BulkPreview, type BulkSkipReason } from '@portal-outbox/contracts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import type { Connection } from '../data/connection.ts';
import { previewBulk, type BulkTarget } from '../data/action-requests.ts';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { tokens } from '../theme/tokens.ts';
import { close, dialogFrame, openDialog } from './dialog-frame.ts';
import { dialogStyles } from './dialog-styles.ts';
import type { BulkChoice } from './selection-bar.ts';

export interface BulkQuestionHost {
  /** `null`: it is left alone. */
  answerBulk(answer: { acceptDuplicate: boolean } | null): void;
}

/**
 * The one question before a bulk that reaches beyond the page or may send twice: what matches, what will be done, what will be
 * skipped and why, counted by the service. Part of `<outbox-view>`.
 */
export class BulkQuestion extends LitElement {
  static override styles = [tokens, controls, dialogStyles];

  @property({ attribute: false }) host!: BulkQuestionHost;
  @property({ attribute: false }) connection!: Connection;
  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) action: BulkChoice = 'retry';
  @property({ attribute: false }) target!: BulkTarget;

  @state() private preview: BulkPreview | null = null;
  @state() private hasFailed = false;
  @state() private acceptDuplicate = false;
  #answered = false;

  protected override firstUpdated(): void {
    openDialog(this.shadowRoot);
    void this.#count();
  }

  protected override render(): TemplateResult {
    const { locale, action, preview } = this;
    const count = preview?.matched ?? 0;
    const doubtful = totalFor(preview, 'may_have_been_sent');
    const willAct = (preview?.eligible ?? 0) + (this.acceptDuplicate ? doubtful : 0);
    return dialogFrame({
      title: locale.plural(action === 'retry' ? 'bulkRetryTitle' : 'bulkCancelTitle', count),
      kind: '',
      locale,
      onClose: () => this.#answer(null),
      content: html`<div role="status">${this.#renderCounts(willAct, doubtful)}</div>
        ${
          doubtful > 0
            ? html`<label class="choice"
                ><input
                  type="checkbox"
                  data-accept-duplicate
                  .checked=${this.acceptDuplicate}
                  @change=${(event: Event) => (this.acceptDuplicate = (event.target as HTMLInputElement).checked)}
                />${locale.plural('bulkDuplicate', doubtful)}</label
              >`
            : nothing
        }`,
      foot: html`<button type="button" class="button" autofocus @click=${close}>
          ${locale.text('back')}
        </button>
        <button
          type="button"
          class="button primary"
          data-answer=${action}
          aria-disabled=${willAct > 0 ? 'false' : 'true'}
          @click=${(event: Event) => willAct > 0 && this.#confirm(event)}
        >
          ${locale.text(action)}${willAct > 0 ? ` (${locale.number(willAct)})` : nothing}
        </button>`,
    });
  }

  #renderCounts(willAct: number, doubtful: number): TemplateResult {
    const { locale, preview, action } = this;
    if (this.hasFailed) {
      return html`<p class="error">${locale.text('actionFailed')}</p>
        <button type="button" class="button" @click=${() => void this.#count()}>
          ${locale.text('tryAgain')}
        </button>`;
    }
    if (!preview) return html`<p class="quiet">${locale.text('bulkCounting')}</p>`;
    const skipped = preview.skipped
      .map(({ reason, total }) => {
        const isTaken = reason === 'may_have_been_sent' && this.acceptDuplicate;
        return { reason, total: isTaken ? total - doubtful : total };
      })
      .filter(({ total }) => total > 0);
    return html`<dl>
      <dt>${locale.text('bulkMatched')}</dt>
      <dd>${locale.number(preview.matched)}</dd>
      <dt>${locale.text(action === 'retry' ? 'bulkWillRetry' : 'bulkWillCancel')}</dt>
      <dd data-eligible>${locale.number(willAct)}</dd>
      ${
        skipped.length === 0
          ? nothing
          : html`<dt>${locale.text('bulkSkippedTitle')}</dt>
              <dd>
                <ul>
                  ${skipped.map(
                    ({ reason, total }) =>
                      html`<li>${locale.number(total)} · ${skipText(reason, locale)}</li>`,
                  )}
                </ul>
              </dd>`
      }
    </dl>`;
  }

  async #count(): Promise<void> {
    this.hasFailed = false;
    const result = await previewBulk(this.connection.client, this.action, this.target, false);
    if (result.ok) this.preview = result.value;
    else this.hasFailed = true;
  }

  #confirm(event: Event): void {
    this.#answer({ acceptDuplicate: this.acceptDuplicate });
    close(event);
  }

  #answer(answer: { acceptDuplicate: boolean } | null): void {
    if (this.#answered) return;
    this.#answered = true;
    this.host.answerBulk(answer);
  }
}

/** Of many emails at once: no connector in particular. */
export function skipText(reason: BulkSkipReason, locale: Locale): string {
  const text = bulkSkipReasons[reason]?.[locale.language] ?? reason;
  return text.replace('{connector}', () => locale.text('itsConnector'));
}

function totalFor(preview: BulkPreview | null, reason: BulkSkipReason): number {
  return preview?.skipped.find((one) => one.reason === reason)?.total ?? 0;
}

defineElement('outbox-bulk-question', BulkQuestion);
