import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { PageRow } from '../data/page-rows.ts';
import { iconAction, type ActionOffer } from './action-buttons.ts';
import type { CellContext } from './cells.ts';
import type { ArrangedColumn } from './column-choices.ts';
import { tabIndex, type CellPlace } from './grid-focus.ts';
import { isFurtherOnCard } from './columns.ts';
import { placeRow } from './place-row.ts';
import { isSelectable } from './selection.ts';

export interface RowContext extends CellContext, Omit<ActionOffer, 'email' | 'isBusy' | 'tabIndex'> {
  shown: readonly ArrangedColumn[];
  /** Rows of the view before this page. */
  offset: number;
  isSelected(row: PageRow): boolean;
  isBusy(row: PageRow): boolean;
  isOpen(row: PageRow): boolean;
  /** The cell in the Tab order. */
  stop: CellPlace;
}

export function gridRow(row: PageRow, index: number, context: RowContext): TemplateResult {
  const { email, left } = row;
  const { shown, locale } = context;
  const isSelected = context.isSelected(row);
  const isOut = left !== null || row.fits === false;
  const cell = (name: string, place: number, classes: string, content: unknown) =>
    html`<div
      class="cell cell-${name} ${classes}"
      part="cell cell-${name}"
      role="gridcell"
      aria-colindex=${place}
      data-cell=${name}
      tabindex=${tabIndex(context.stop, index, name)}
    >
      ${content}
    </div>`;
  return html`<div
    ${placeRow(index)}
    class="row ${left === null ? '' : 'left'} ${isOut ? 'out' : ''} ${isSelected ? 'selected' : ''} ${
      context.isOpen(row) ? 'open' : ''
    }"
    part="row"
    role="row"
    data-email-id=${email.id}
    data-status=${email.status}
    aria-rowindex=${context.offset + index + 2}
    aria-selected=${isSelected ? 'true' : 'false'}
  >
    ${cell('select', 1, '', box(row, isSelected, context))}${shown.map((column, place) =>
      cell(
        column.id,
        place + 2,
        `${column.align === 'end' ? 'cell-end' : ''} ${isFurtherOnCard(column) ? 'further' : ''}`,
        isFurtherOnCard(column)
          ? html`<span class="card-label" aria-hidden="true">${locale.text(column.label)}</span
              >${column.cell(row, context)}`
          : column.cell(row, context),
      ),
    )}${cell('retry', shown.length + 2, 'action', left === null ? action(row, 'retry', context) : '')}${cell(
      'cancel',
      shown.length + 3,
      'action',
      left === null ? action(row, 'cancel', context) : '',
    )}
  </div>`;
}

/** The grid hears of its clicks: a shift-click means more than this box. */
function box(row: PageRow, isSelected: boolean, { locale }: RowContext): TemplateResult {
  const subject = row.email.subject || locale.text('noSubject');
  return html`<input
    type="checkbox"
    class="box"
    part="box"
    tabindex="-1"
    aria-label=${locale.text('selectNamed', { subject })}
    ?disabled=${!isSelectable(row) && !isSelected}
    .checked=${live(isSelected)}
  />`;
}

function action(row: PageRow, name: 'retry' | 'cancel', context: RowContext): TemplateResult {
  return iconAction({ ...context, email: row.email, isBusy: context.isBusy(row), tabIndex: -1 }, name);
}

/** In the place of rows that are on their way; says nothing to a screen reader. */
export function skeletonRow(index: number, shown: readonly ArrangedColumn[]): TemplateResult {
  return html`<div ${placeRow(index)} class="row skeleton" part="skeleton" aria-hidden="true">
    <div class="cell cell-select"></div>
    ${shown.map(({ id }) => html`<div class="cell cell-${id}"><i></i></div>`)}
  </div>`;
}
