import type { OutboxView } from '@portal-outbox/contracts';
import { html, LitElement, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import { moveColumn, resizeColumns, showColumn } from '../outbox-grid/change-columns.ts';
import { arrangeColumns, type ArrangedColumn, type ColumnChoice } from '../outbox-grid/column-choices.ts';
import { controls } from '../theme/controls.ts';
import { icon } from '../theme/icons.ts';
import { tokens } from '../theme/tokens.ts';
import { columnList, type ColumnEdits } from './column-list.ts';
import { preferencesStyles } from './preferences-styles.ts';
import { undoSelect } from './undo-select.ts';

/** Fields of the user's preferences; `null` gives one its default back (RFC 7396). */
export interface PreferencesChange {
  columns?: ColumnChoice[] | null;
  undoSeconds?: number;
}

/** What the settings panel asks of the page that it is in. */
export interface PreferencesHost {
  /** Applies the change at once; tells whether the service has taken it. */
  savePreferences(change: PreferencesChange): Promise<boolean>;
  closePreferences(): void;
}

/** The settings panel (M13, M18): which columns, in which order, how wide; and Undo Send. Every change holds at once. */
export class OutboxPreferences extends LitElement implements ColumnEdits {
  static override styles = [tokens, controls, preferencesStyles];

  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) host!: PreferencesHost;
  @property({ attribute: false }) view: OutboxView | null = null;
  @property({ attribute: false }) columns: readonly ColumnChoice[] = [];
  /** Of Undo Send; 0 is off. */
  @property({ type: Number }) undoSeconds = 0;
  /** Seconds that the portal offers; none: Undo Send is not offered. */
  @property({ attribute: false }) undoChoices: readonly number[] = [];

  @state() private said = '';
  @state() private hasFailed = false;
  @query('dialog') private readonly dialog!: HTMLDialogElement;

  show(column: ArrangedColumn, shown: boolean): void {
    this.saveColumns(showColumn(this.columns, column.id, shown), this.locale.text('settingsSaved'));
  }

  move(column: ArrangedColumn, step: -1 | 1): void {
    const columns = moveColumn(this.columns, this.view, column.id, step);
    const arranged = arrangeColumns(columns, this.view);
    const place = arranged.findIndex(({ id }) => id === column.id) + 1;
    const { locale } = this;
    const said = locale.text('columnMoved', {
      column: locale.text(column.label),
      place: locale.number(place),
      count: locale.number(arranged.length),
    });
    this.saveColumns(columns, said);
  }

  resize(column: ArrangedColumn, width: number | null): void {
    const columns = resizeColumns(this.columns, new Map([[column.id, width]]));
    this.saveColumns(columns, this.locale.text('settingsSaved'));
  }

  protected override firstUpdated(): void {
    this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    const { locale } = this;
    return html`<dialog
      part="settings"
      aria-labelledby="settings-title"
      @close=${() => this.host.closePreferences()}
      @click=${(event: MouseEvent) => event.target === this.dialog && this.dialog.close()}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    >
      <div class="sheet">
        <div class="head">
          <h2 id="settings-title">${locale.text('columnSettings')}</h2>
          <button
            type="button"
            class="icon-button"
            aria-label=${locale.text('dismiss')}
            title=${locale.text('dismiss')}
            @click=${() => this.dialog.close()}
          >
            ${icon('close')}
          </button>
        </div>
        <div class="scroll">
          ${this.undoChoices.length > 0 ? this.renderUndo() : ''}
          <section class="section" aria-labelledby="columns-title">
            <div class="section-head">
              <h3 id="columns-title">${locale.text('columnsTitle')}</h3>
              <button type="button" class="button" part="reset-columns" @click=${() => this.reset()}>
                ${locale.text('resetColumns')}
              </button>
            </div>
            <p class="hint">${locale.text('columnsHint')}</p>
            ${columnList(arrangeColumns(this.columns, this.view), locale, this)}
          </section>
        </div>
        <p class="${this.hasFailed ? 'failed' : 'visually-hidden'}" role="status">${this.said}</p>
        <slot name="notices"></slot>
      </div>
    </dialog>`;
  }

  private renderUndo(): TemplateResult {
    const { locale, undoSeconds, undoChoices } = this;
    return html`<section class="section">
      <h3><label for="undo">${locale.text('undoSend')}</label></h3>
      <p class="hint" id="undo-hint">${locale.text('undoSendHint')}</p>
      ${undoSelect({
        locale,
        undoSeconds,
        undoChoices,
        choose: (seconds) => void this.save({ undoSeconds: seconds }, locale.text('settingsSaved')),
      })}
    </section>`;
  }

  private reset(): void {
    void this.save({ columns: null }, this.locale.text('columnsReset'));
  }

  private saveColumns(columns: ColumnChoice[], said: string): void {
    void this.save({ columns }, said);
  }

  private async save(change: PreferencesChange, said: string): Promise<void> {
    this.said = '';
    const isSaved = await this.host.savePreferences(change);
    this.hasFailed = !isSaved;
    this.said = isSaved ? said : this.locale.text('settingsNotSaved');
  }
}

defineElement('outbox-preferences', OutboxPreferences);
