import type { OutboxEmail } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { PageRow } from '../data/page-rows.ts';
import { iconAction, type ActionOffer } from './action-buttons.ts';
import type { CellContext } from './cells.ts';
import type { ArrangedColumn } from './column-choices.ts';
import { isFurtherOnCard } from './columns.ts';
import { tabIndex, type CellPlace } from './grid-focus.ts';
import { isSelectable, type Selection } from './selection.ts';

/** What a row needs of its grid. */
export interface RowContext extends CellContext {
  readonly host: CellContext['host'] & ActionOffer['host'];
  readonly shown: readonly ArrangedColumn[];
  /** Rows of the view before this page. */
  readonly offset: number;
  /** The cell in the Tab order. */
  readonly stop: CellPlace;
  readonly selected: Selection;
  readonly busy: ReadonlySet<string>;
  readonly openId: string | null;
  readonly actionsOff: string | null;
}

export function gridRow(row: PageRow, index: number, grid: RowContext, state = ''): TemplateResult {
  const { email, left } = row;
  const { shown, locale } = grid;
  const { id } = email;
  const isSelected = grid.selected.has(id);
  let place = 0;
  const cell = (name: string, content: unknown, classes = '') => {
    place += 1;
    return html`<div
      class="cell cell-${name} ${classes}"
      part="cell cell-${name}"
      role="gridcell"
      aria-colindex=${place}
      data-cell=${name}
      tabindex=${tabIndex(grid.stop, index, name)}
    >
      ${content}
    </div>`;
  };
  const action = (name: 'retry' | 'cancel') => {
    const { actionsOff, host, busy } = grid;
    const offer = { email, locale, actionsOff, host, isBusy: busy.has(id) };
    return cell(name, left === null ? iconAction(offer, name) : nothing);
  };
  const states = [
    state,
    isSelected && 'selected',
    id === grid.openId && 'open',
    (left ?? !row.fits) && 'out',
  ];
  return html`<div
    class="row ${states.filter(Boolean).join(' ')}"
    part="row"
    role="row"
    data-email-id=${id}
    data-status=${email.status}
    aria-rowindex=${grid.offset + index + 2}
    aria-selected=${isSelected}
  >
    ${cell('select', box(row, isSelected, email, grid))}${shown.map((column) => {
      const isFurther = isFurtherOnCard(column);
      const label = isFurther
        ? html`<span class="card-label" aria-hidden="true">${locale.text(column.label)}</span>`
        : nothing;
      const classes = `${column.align ?? ''} ${isFurther ? 'further' : ''}`;
      return cell(column.id, [label, column.cell(row, grid)], classes);
    })}${action('retry')}${action('cancel')}
  </div>`;
}

/** The grid hears of its clicks: a shift-click means more than this box. */
function box(row: PageRow, isSelected: boolean, email: OutboxEmail, { locale }: RowContext): TemplateResult {
  return html`<input
    type="checkbox"
    class="box"
    part="box"
    tabindex="-1"
    aria-label=${locale.text('selectNamed', { subject: email.subject || locale.text('noSubject') })}
    ?disabled=${!isSelectable(row) && !isSelected}
    .checked=${live(isSelected)}
  />`;
}

/** In the place of rows that are on their way; says nothing to a screen reader. */
export function skeletonRow(shown: readonly ArrangedColumn[]): TemplateResult {
  return html`<div class="row skeleton" part="skeleton" aria-hidden="true">
    <div class="cell cell-select"></div>
    ${shown.map(({ id }) => html`<div class="cell cell-${id}"><i></i></div>`)}
  </div>`;
}
