import type { OutboxSort, OutboxSortColumn } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import type { ArrangedColumn } from './column-choices.ts';
import type { ColumnResize } from './column-resize.ts';
import { headerIndex, tabIndex, type CellPlace } from './grid-focus.ts';
import { nextSort, sortDirection } from './next-sort.ts';

export interface HeaderRow {
  locale: Locale;
  shown: readonly ArrangedColumn[];
  sort: OutboxSort;
  /** What of the page is selected. */
  selection: 'all' | 'some' | 'none';
  canSelect: boolean;
  resize: ColumnResize;
  /** The cell in the Tab order. */
  stop: CellPlace;
  selectPage(isOn: boolean): void;
  chooseSort(sort: OutboxSort | null): void;
}

export function headerRow(header: HeaderRow): TemplateResult {
  const { locale, shown, selection } = header;
  const label = locale.text('selectPage');
  return html`<div class="row header" part="header" role="row" aria-rowindex="1">
    <div
      class="cell cell-select"
      role="columnheader"
      aria-colindex="1"
      data-cell="select"
      tabindex=${tabIndex(header.stop, headerIndex, 'select')}
    >
      <input
        type="checkbox"
        class="box"
        part="box"
        tabindex="-1"
        aria-label=${label}
        title=${label}
        ?disabled=${!header.canSelect}
        .checked=${live(selection === 'all')}
        .indeterminate=${live(selection === 'some')}
        @click=${() => header.selectPage(selection !== 'all')}
      />
    </div>
    ${shown.map((column, place) => headerCell(column, place + 2, header))}
    <div class="cell cell-retry" role="columnheader" aria-colindex=${shown.length + 2} aria-colspan="2">
      <span class="visually-hidden">${locale.text('columnActions')}</span>
    </div>
  </div>`;
}

function headerCell(column: ArrangedColumn, place: number, header: HeaderRow): TemplateResult {
  const { id } = column;
  const { locale, sort, resize } = header;
  const label = locale.text(column.label);
  const direction = sortDirection(sort, id);
  return html`<div
    class="cell header-cell ${column.align === 'end' ? 'cell-end' : ''}"
    part="header-cell"
    role="columnheader"
    aria-colindex=${place}
    aria-sort=${direction ?? nothing}
    aria-label=${label}
    data-cell=${id}
    tabindex=${tabIndex(header.stop, headerIndex, id)}
  >
    <button
      type="button"
      class="sort"
      part="sort"
      tabindex="-1"
      title=${label}
      @click=${() => header.chooseSort(nextSort(sort, id))}
    >
      <span class="label">${label}</span>${
        direction === undefined
          ? nothing
          : html`<span class="direction">${icon(direction === 'ascending' ? 'up' : 'down')}</span>`
      }
    </button>
    <span
      class="resize"
      part="resize"
      @pointerdown=${(event: PointerEvent) => resize.begin(event, id)}
      @pointermove=${(event: PointerEvent) => resize.move(event)}
      @pointerup=${(event: PointerEvent) => resize.end(event)}
      @pointercancel=${(event: PointerEvent) => resize.end(event)}
      @dblclick=${() => resize.reset(id)}
    ></span>
  </div>`;
}

/** In place of the headers where rows are cards. */
export function sortMenu(header: HeaderRow): TemplateResult {
  const { locale, shown, sort } = header;
  const choice = (value: string, text: string) =>
    html`<option value=${value} ?selected=${value === sort}>${text}</option>`;
  const both = ({ id, label }: { id: OutboxSortColumn; label: ArrangedColumn['label'] }) => {
    const column = locale.text(label);
    return html`${choice(id, locale.text('ascending', { column }))}${choice(`-${id}`, locale.text('descending', { column }))}`;
  };
  const usual = shown.filter(({ id }) => id !== 'submittedAt');
  return html`<label class="sort-menu" part="sort-menu"
    ><span>${locale.text('sortBy')}</span>
    <select
      @change=${(event: Event) => header.chooseSort((event.target as HTMLSelectElement).value as OutboxSort)}
    >
      ${both({ id: 'submittedAt', label: 'submitted' })}${usual.map(both)}
    </select>
  </label>`;
}
