import type { PageRow } from '../data/page-rows.ts';
import type { RowPicker } from './row-picker.ts';

export interface PointerHost {
  readonly rows: readonly PageRow[];
  readonly picker: RowPicker;
  isSelected(row: PageRow): boolean;
  openRow(row: PageRow): void;
}

/** Clicks on rows: a box, Control and Shift select, a double-click opens, a single one moves the focus alone. */
export class GridPointer {
  private readonly host: PointerHost;

  constructor(host: PointerHost) {
    this.host = host;
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
    const index = this.indexOf(event);
    const row = this.host.rows[index];
    if (!row || isOwnClick(event)) return;
    const target = event.target as Element;
    const { picker } = this.host;
    const isOnBox = target.closest('[data-cell=select]') !== null;
    if (isOnBox) {
      const box = target instanceof HTMLInputElement ? target : null;
      if (event.shiftKey) picker.setRange(index, box?.checked ?? !this.host.isSelected(row));
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
    const row = this.host.rows[this.indexOf(event)];
    const target = event.target as Element;
    if (!row || target.closest('button, a, input, [data-cell=select]')) return;
    if (event.shiftKey || event.ctrlKey || event.metaKey) return;
    // The browser has selected a word by the way.
    getSelection()?.removeAllRanges();
    this.host.openRow(row);
  }

  private indexOf(event: Event): number {
    const row = (event.target as Element).closest<HTMLElement>('[data-email-id]');
    const id = row?.dataset['emailId'];
    return this.host.rows.findIndex(({ email }) => email.id === id);
  }
}

/** An action is meant as such whatever key is held; a link with one opens in another tab. */
function isOwnClick(event: MouseEvent): boolean {
  return (event.target as Element).closest('a, [data-action]') !== null;
}
