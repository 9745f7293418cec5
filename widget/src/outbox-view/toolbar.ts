import { outboxViews, pageSizes, type OutboxView } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Liveness } from '../data/change-feed.ts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { icon } from '../theme/icons.ts';
import type { Panel } from './page-tools.ts';

export interface Toolbar {
  locale: Locale;
  now: number;
  view: OutboxView | null;
  /** `null` until it is known. */
  total: number | null;
  /** When the email that has waited longest was submitted. */
  oldestAt: string | null;
  limit: number;
  liveness: Liveness | null;
  host: ToolbarHost;
}

/** What the toolbar asks for. */
export interface ToolbarHost {
  chooseView(view: OutboxView): void;
  chooseLimit(limit: number): void;
  openPanel(panel: Panel): void;
}

const viewLabels: Record<OutboxView, MessageKey> = {
  mine: 'viewMine',
  team: 'viewTeam',
  system: 'viewSystem',
  all: 'viewAll',
};

export function toolbar(bar: Toolbar): TemplateResult {
  const { locale } = bar;
  return html`<div class="toolbar language-${locale.language}" part="toolbar">
    <div class="heading">
      <h2 class="title" part="title">${locale.text('title')}</h2>
      <span class="total" part="total"
        >${bar.total === null ? nothing : locale.plural('emails', bar.total)}${oldest(bar)}</span
      >
      <span class="live ${bar.liveness?.state === 'live' ? 'on' : ''}" part="live"
        ><span class="dot"></span>${locale.text('live')}</span
      >
    </div>
    ${views(bar)}
    <div class="page-settings">
      <button
        type="button"
        class="icon-button"
        part="settings"
        data-open="settings"
        aria-label=${locale.text('columnSettings')}
        title=${locale.text('columnSettings')}
        aria-haspopup="dialog"
        @click=${() => bar.host.openPanel('settings')}
      >
        ${icon('settings')}
      </button>
      <label class="page-size" part="page-size">
        <select
          aria-label=${locale.text('pageSizeLabel')}
          @change=${(event: Event) => bar.host.chooseLimit(Number((event.target as HTMLSelectElement).value))}
        >
          ${pageSizes.map(
            (size) =>
              html`<option value=${size} .selected=${size === bar.limit}>${locale.number(size)}</option>`,
          )}
        </select>
        <span aria-hidden="true">${locale.text('perPage')}</span>
      </label>
    </div>
  </div>`;
}

function oldest({ oldestAt, total, locale, now }: Toolbar): TemplateResult | typeof nothing {
  if (oldestAt === null || !total) return nothing;
  return html`<span class="oldest" part="oldest">
    ·
    <time datetime=${oldestAt} title=${locale.fullDateTime(oldestAt)}
      >${locale.text('oldest', { time: locale.dateTime(oldestAt, now) })}</time
    ></span
  >`;
}

/** Native radio buttons: arrow keys and the reader's announcement come with them. */
function views(bar: Toolbar): TemplateResult {
  return html`<fieldset class="views" part="views">
    <legend class="visually-hidden">${bar.locale.text('viewLabel')}</legend>
    ${outboxViews.map(
      (view) =>
        html`<label class="view-choice ${view === bar.view ? 'chosen' : ''}" part="view"
          ><input
            class="visually-hidden"
            type="radio"
            name="view"
            value=${view}
            .checked=${view === bar.view}
            @change=${() => bar.host.chooseView(view)}
          />${bar.locale.text(viewLabels[view])}</label
        >`,
    )}
  </fieldset>`;
}
