import type { OutboxFilter } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { PageCounts } from '../data/page-counts.ts';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import type { Panel } from './page-tools.ts';
import { statusChips } from './status-chips.ts';

export interface FilterBar {
  filter: OutboxFilter;
  counts: PageCounts;
  locale: Locale;
  search: TemplateResult;
  host: FilterBarHost;
}

/** What the bar asks for. */
export interface FilterBarHost {
  /** Changes conditions of the filter; `undefined` ends one. */
  refine(change: OutboxFilter): void;
  openPanel(panel: Panel): void;
}

/** Chips, search, and the way to the other filters. */
export function filterBar(bar: FilterBar): TemplateResult {
  const { locale, filter } = bar;
  const { status: _status, search: _search, ...others } = filter;
  const count = Object.keys(others).length;
  const label =
    count === 0 ? locale.text('filters') : `${locale.text('filters')}, ${locale.plural('filtersOn', count)}`;
  return html`<div class="filter-bar" part="filter-bar">
    ${statusChips(filter.status, bar.counts, locale, bar.host)}
    <div class="finders">
      ${bar.search}
      <button
        type="button"
        class="button ${count > 0 ? 'on' : ''}"
        part="filters"
        data-open="filters"
        aria-haspopup="dialog"
        aria-label=${label}
        @click=${() => bar.host.openPanel('filters')}
      >
        ${icon('filter')}<span class="button-word">${locale.text('filters')}</span
        >${count > 0 ? html`<span class="badge">${locale.number(count)}</span>` : nothing}
      </button>
      <button
        type="button"
        class="icon-button help"
        data-open="shortcuts"
        aria-haspopup="dialog"
        aria-label=${locale.text('shortcuts')}
        title=${`${locale.text('shortcuts')} (?)`}
        @click=${() => bar.host.openPanel('shortcuts')}
      >
        ${icon('doubt')}
      </button>
    </div>
  </div>`;
}
