import { importances, packetTypes, type DeliveryCause, type OutboxFilter } from '@portal-outbox/contracts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { dayOf, nextDay, startOfDay } from '../data/day-bounds.ts';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { tokens } from '../theme/tokens.ts';
import { close, dialogFrame, openDialog } from './dialog-frame.ts';
import { dialogStyles } from './dialog-styles.ts';
import { importanceWords, packetTypes as packetWords } from './filter-tokens.ts';
import type { KnownNames } from './known-names.ts';

export interface FilterPanelHost {
  chooseFilter(filter: OutboxFilter): void;
  closePanel(): void;
}

/** A filter that is a list of choices. */
type ListName = 'cause' | 'connector' | 'author' | 'packetType' | 'importance';

/** Everything to filter by beside status and search; each choice holds at once. Part of `<outbox-view>`. */
export class FilterPanel extends LitElement {
  static override styles = [tokens, controls, dialogStyles];

  @property({ attribute: false }) host!: FilterPanelHost;
  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) filter: OutboxFilter = {};
  @property({ attribute: false }) names!: KnownNames;
  /** Those that something of the view has failed for. */
  @property({ attribute: false }) causes: readonly DeliveryCause[] = [];
  /** How many match; `null` while it is not known. */
  @property({ attribute: false }) total: number | null = null;

  protected override firstUpdated(): void {
    openDialog(this.shadowRoot);
  }

  protected override render(): TemplateResult {
    const { locale, filter, names } = this;
    const causes = [...new Set([...this.causes, ...(filter.cause ?? [])])];
    const word = (cause: DeliveryCause) => locale.cause(cause)?.label ?? cause;
    return dialogFrame({
      title: locale.text('filters'),
      kind: 'drawer',
      locale,
      onClose: () => this.host.closePanel(),
      content: html`
        ${this.#list(
          'cause',
          locale.text('cause'),
          causes.map((cause) => [cause, word(cause)]),
        )}
        ${this.#list('connector', locale.text('connector'), sorted(names.connectors))}
        ${this.#list('author', locale.text('author'), sorted(names.authors), locale.text('authorHint'))}
        ${this.#list(
          'packetType',
          locale.text('columnPacketType'),
          packetTypes.map((type) => [type, locale.text(packetWords[type])]),
        )}
        ${this.#list(
          'importance',
          locale.text('importance'),
          importances.map((one) => [one, locale.text(importanceWords[one])]),
        )}
        ${this.#either('systemGenerated', locale.text('systemGenerated'), locale.text('systemOnly'), locale.text('peopleOnly'))}
        ${this.#either(
          'hasAttachments',
          locale.text('columnAttachmentCount'),
          locale.text('withAttachments'),
          locale.text('withoutAttachments'),
        )}
        ${this.#days()}
      `,
      foot: html`<span class="quiet" role="status"
          >${this.total === null ? nothing : locale.plural('matches', this.total)}</span
        >
        <button type="button" class="button" data-action="clear" @click=${() => this.#clear()}>
          ${locale.text('clearFilters')}
        </button>
        <button type="button" class="button primary" data-action="done" @click=${close}>
          ${locale.text('done')}
        </button>`,
    });
  }

  #list(
    name: ListName,
    label: string,
    choices: readonly (readonly [string, string])[],
    hint = '',
  ): TemplateResult {
    const chosen: readonly string[] = this.filter[name] ?? [];
    const toggle = (choice: string, isOn: boolean) =>
      this.#set(name, isOn ? [...chosen, choice] : chosen.filter((one) => one !== choice));
    return html`<fieldset data-filter=${name}>
      <legend>${label}</legend>
      <div class="choices">
        ${
          choices.length === 0
            ? html`<span class="quiet">${this.locale.text('noChoices')}</span>`
            : choices.map(
                ([choice, word]) =>
                  html`<label class="choice"
                    ><input
                      type="checkbox"
                      value=${choice}
                      .checked=${chosen.includes(choice)}
                      @change=${(event: Event) => toggle(choice, (event.target as HTMLInputElement).checked)}
                    /><bdi>${word}</bdi></label
                  >`,
              )
        }
      </div>
      ${hint && choices.length > 0 ? html`<span class="quiet">${hint}</span>` : nothing}
    </fieldset>`;
  }

  #either(
    name: 'systemGenerated' | 'hasAttachments',
    label: string,
    yes: string,
    no: string,
  ): TemplateResult {
    const choices = [
      [undefined, this.locale.text('any')],
      [true, yes],
      [false, no],
    ] as const;
    return html`<fieldset data-filter=${name}>
      <legend>${label}</legend>
      ${choices.map(
        ([value, word]) =>
          html`<label class="choice"
            ><input
              type="radio"
              name=${name}
              value=${String(value ?? '')}
              .checked=${this.filter[name] === value}
              @change=${() => this.#set(name, value)}
            />${word}</label
          >`,
      )}
    </fieldset>`;
  }

  /** Days in the user's zone; the last one is part of it. */
  #days(): TemplateResult {
    const { locale, filter } = this;
    const { submittedFrom, submittedTo } = filter;
    const from = submittedFrom === undefined ? '' : dayOf(Date.parse(submittedFrom), locale.zone);
    const to = submittedTo === undefined ? '' : dayOf(Date.parse(submittedTo) - 1, locale.zone);
    const field = (label: string, value: string, choose: (day: string) => void) =>
      html`<label
        >${label}<input
          type="date"
          .value=${value}
          @change=${(event: Event) => choose((event.target as HTMLInputElement).value)}
      /></label>`;
    return html`<fieldset data-filter="days">
      <legend>${locale.text('submitted')}</legend>
      <div class="days">
        ${field(locale.text('dayFrom'), from, (day) => this.#set('submittedFrom', this.#instantOf(day)))}
        ${field(locale.text('dayTo'), to, (day) => this.#set('submittedTo', this.#instantOf(day && nextDay(day))))}
      </div>
    </fieldset>`;
  }

  #instantOf(day: string): string | undefined {
    const start = day === '' ? Number.NaN : startOfDay(day, this.locale.zone);
    return Number.isNaN(start) ? undefined : new Date(start).toISOString();
  }

  #set(name: keyof OutboxFilter, value: unknown): void {
    const isNothing = value === undefined || (Array.isArray(value) && value.length === 0);
    const { [name]: _before, ...others } = this.filter;
    this.host.chooseFilter(isNothing ? others : { ...others, [name]: value });
  }

  /** What the panel offers; chips and search have their own. */
  #clear(): void {
    const { status, search } = this.filter;
    this.host.chooseFilter({ ...(status && { status }), ...(search !== undefined && { search }) });
  }
}

function sorted(names: ReadonlyMap<string, string>): [string, string][] {
  return [...names].toSorted((a, b) => a[1].localeCompare(b[1]));
}

defineElement('outbox-filter-panel', FilterPanel);
