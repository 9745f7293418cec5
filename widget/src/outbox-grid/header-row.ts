import type { OutboxSort } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { PageRow } from '../data/page-rows.ts';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import type { ArrangedColumn } from './column-choices.ts';
import { columns, type Column } from './columns.ts';
import { headerIndex, tabIndex, type CellPlace } from './grid-focus.ts';
import { nextSort, sortDirection } from './next-sort.ts';
import type { RowPicker } from './row-picker.ts';
import { isSelectable, pageSelection, type Selection } from './selection.ts';

/** What the headers need of their grid. */
export interface HeaderContext {
  readonly locale: Locale;
  readonly rows: readonly PageRow[];
  readonly selected: Selection;
  readonly shown: readonly ArrangedColumn[];
  readonly sort: OutboxSort;
  /** The cell in the Tab order. */
  readonly stop: CellPlace;
  readonly picker: RowPicker;
  readonly host: {
    /** A header was pressed; `null`: the usual order again. */
    chooseSort(sort: OutboxSort | null): void;
  };
  dragWidth(event: PointerEvent, column: ArrangedColumn): void;
  resetWidth(column: ArrangedColumn): void;
}

export function headerRow(grid: HeaderContext): TemplateResult {
  const { locale, shown, rows } = grid;
  const label = locale.text('selectPage');
  const selection = pageSelection(grid.selected, rows);
  return html`<div class="row header" part="header" role="row" aria-rowindex="1">
    <div
      class="cell cell-select"
      role="columnheader"
      aria-colindex="1"
      data-cell="select"
      tabindex=${tabIndex(grid.stop, headerIndex, 'select')}
    >
      <input
        type="checkbox"
        class="box"
        part="box"
        tabindex="-1"
        aria-label=${label}
        title=${label}
        ?disabled=${!rows.some(isSelectable)}
        .checked=${live(selection === 'all')}
        .indeterminate=${live(selection === 'some')}
        @click=${() => grid.picker.setPage(selection !== 'all')}
      />
    </div>
    ${shown.map((column, place) => headerCell(column, place + 2, grid))}
    <div class="cell cell-retry" role="columnheader" aria-colindex=${shown.length + 2} aria-colspan="2">
      <span class="visually-hidden">${locale.text('columnActions')}</span>
    </div>
  </div>`;
}

function headerCell(column: ArrangedColumn, place: number, grid: HeaderContext): TemplateResult {
  const { id } = column;
  const { sort } = grid;
  const label = grid.locale.text(column.label);
  const direction = sortDirection(sort, id);
  return html`<div
    class="cell ${column.align ?? ''}"
    part="header-cell"
    role="columnheader"
    aria-colindex=${place}
    aria-sort=${direction ?? nothing}
    aria-label=${label}
    data-cell=${id}
    tabindex=${tabIndex(grid.stop, headerIndex, id)}
  >
    <button
      type="button"
      class="sort"
      part="sort"
      tabindex="-1"
      title=${label}
      @click=${() => grid.host.chooseSort(nextSort(sort, id))}
    >
      <span class="label">${label}</span>${
        direction
          ? html`<span class="direction">${icon(direction === 'ascending' ? 'up' : 'down')}</span>`
          : nothing
      }
    </button>
    <span
      class="resize"
      part="resize"
      @pointerdown=${(event: PointerEvent) => grid.dragWidth(event, column)}
      @dblclick=${() => grid.resetWidth(column)}
    ></span>
  </div>`;
}

/** In place of the headers where rows are cards. The usual order is a choice too, whatever is shown. */
export function sortMenu({ locale, shown, sort, host }: HeaderContext): TemplateResult {
  const isShown = ({ id }: Column) => shown.some((column) => column.id === id);
  const choices = columns.filter(
    (column) => isShown(column) || column.id === 'submittedAt' || sortDirection(sort, column.id),
  );
  const choice = (value: OutboxSort, text: string) =>
    html`<option value=${value} .selected=${value === sort}>${text}</option>`;
  return html`<label class="sort-menu" part="sort-menu"
    ><span>${locale.text('sortBy')}</span>
    <select
      @change=${(event: Event) => host.chooseSort((event.target as HTMLSelectElement).value as OutboxSort)}
    >
      ${choices.map(({ id, label }) => {
        const column = locale.text(label);
        return [
          choice(id, locale.text('ascending', { column })),
          choice(`-${id}`, locale.text('descending', { column })),
        ];
      })}
    </select>
  </label>`;
}
