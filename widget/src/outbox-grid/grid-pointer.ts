import type { OutboxEmail } from '@portal-outbox/contracts';
import type { PageRow } from '../data/page-rows.ts';
import type { RowPicker } from './row-picker.ts';
import type { Selection } from './selection.ts';

export interface PointerHost {
  readonly rows: readonly PageRow[];
  readonly picker: RowPicker;
  readonly selected: Selection;
  readonly host: { openEmail(email: OutboxEmail): void };
}

/** Clicks on rows: a box, Control and Shift select, a double-click opens, a single one moves the focus alone. */
export class GridPointer {
  readonly #grid: PointerHost;

  constructor(grid: PointerHost) {
    this.#grid = grid;
  }

  /** A shift-click would select text from the last click on. */
  onMouseDown(event: MouseEvent): void {
    const cell = (event.target as Element).closest<HTMLElement>('[data-cell]');
    if (!event.shiftKey || !cell || isOwnClick(event)) return;
    event.preventDefault();
    cell.focus();
  }

  /** In the capture phase, before the controls in the cells. */
  onClick(event: MouseEvent): void {
    const index = this.#indexOf(event);
    const row = this.#grid.rows[index];
    if (!row || isOwnClick(event)) return;
    const target = event.target as Element;
    const { picker } = this.#grid;
    const isOnBox = target.closest('[data-cell=select]') !== null;
    if (isOnBox) {
      const box = target instanceof HTMLInputElement ? target : null;
      if (event.shiftKey) picker.setRange(index, box?.checked ?? !this.#grid.selected.has(row.email.id));
      else picker.toggle(index);
      return;
    }
    if (event.shiftKey) picker.extendTo(index);
    else if (event.ctrlKey || event.metaKey) picker.toggle(index);
    else return picker.setAnchor(index);
    event.preventDefault();
    event.stopPropagation();
  }

  onDoubleClick(event: MouseEvent): void {
    const row = this.#grid.rows[this.#indexOf(event)];
    const target = event.target as Element;
    if (!row || target.closest('button, a, input, [data-cell=select]')) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) return;
    // The browser has selected a word by the way.
    getSelection()?.removeAllRanges();
    this.#grid.host.openEmail(row.email);
  }

  #indexOf(event: Event): number {
    const row = (event.target as Element).closest<HTMLElement>('[data-email-id]');
    const id = row?.dataset['emailId'];
    return this.#grid.rows.findIndex(({ email }) => email.id === id);
  }
}

/** An action is meant as such whatever key is held; a link with one opens in another tab. */
function isOwnClick(event: MouseEvent): boolean {
  return (event.target as Element).closest('a, [data-action]') !== null;
}
