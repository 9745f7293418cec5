import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Locale } from '../i18n/locale.ts';
import { leastWidth, mostWidth } from '../outbox-grid/change-columns.ts';
import type { ArrangedColumn } from '../outbox-grid/column-choices.ts';
import { icon } from '../theme/icons.ts';

export interface ColumnEdits {
  show(column: ArrangedColumn, shown: boolean): void;
  move(column: ArrangedColumn, step: -1 | 1): void;
  /** CSS pixels; `null`: as wide as the room allows. */
  resize(column: ArrangedColumn, width: number | null): void;
}

/** All columns in their order, shown or not. */
export function columnList(
  arranged: readonly ArrangedColumn[],
  locale: Locale,
  edits: ColumnEdits,
): TemplateResult {
  return html`<ul class="columns" role="list">
    ${repeat(
      arranged,
      ({ id }) => id,
      (column, place) =>
        html`<li class="column" data-column=${column.id}>
          <label class="shown"
            ><input
              type="checkbox"
              .checked=${live(column.shown)}
              ?disabled=${column.isLocked}
              @change=${(event: Event) => edits.show(column, (event.target as HTMLInputElement).checked)}
            /><span>${locale.text(column.label)}</span></label
          >
          ${widthField(column, locale, edits)}
          ${mover(column, -1, place > 0, locale, edits)}${mover(
            column,
            1,
            place < arranged.length - 1,
            locale,
            edits,
          )}
        </li>`,
    )}
  </ul>`;
}

function mover(
  column: ArrangedColumn,
  step: -1 | 1,
  isPossible: boolean,
  locale: Locale,
  edits: ColumnEdits,
): TemplateResult {
  const name = locale.text(column.label);
  const label = locale.text(step < 0 ? 'moveUp' : 'moveDown', { column: name });
  // Stays focusable at the ends: a disabled button would lose the focus just when the place is reached.
  return html`<button
    type="button"
    class="icon-button"
    data-move=${step < 0 ? 'up' : 'down'}
    aria-label=${label}
    title=${label}
    aria-disabled=${isPossible ? 'false' : 'true'}
    @click=${() => isPossible && edits.move(column, step)}
  >
    ${icon(step < 0 ? 'up' : 'down')}
  </button>`;
}

function widthField(column: ArrangedColumn, locale: Locale, edits: ColumnEdits): TemplateResult {
  const read = (field: HTMLInputElement) => {
    const width = field.valueAsNumber;
    const isEmpty = Number.isNaN(width);
    edits.resize(column, isEmpty ? null : width);
  };
  const label = locale.text('widthOf', { column: locale.text(column.label) });
  return html`<input
    class="width"
    type="number"
    inputmode="numeric"
    step="10"
    min=${leastWidth}
    max=${mostWidth}
    placeholder=${locale.text('widthAuto')}
    aria-label=${label}
    title=${label}
    .value=${live(column.width === null ? '' : String(column.width))}
    @change=${(event: Event) => read(event.target as HTMLInputElement)}
  />`;
}
