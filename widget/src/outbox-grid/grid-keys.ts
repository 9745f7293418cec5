import type { OutboxSortColumn } from '@portal-outbox/contracts';
import type { PageRow } from '../data/page-rows.ts';
import type { ColumnResize } from './column-resize.ts';
import { headerIndex, type GridFocus } from './grid-focus.ts';
import type { RowPicker } from './row-picker.ts';

export interface KeysHost {
  readonly rows: readonly PageRow[];
  readonly place: GridFocus;
  readonly picker: RowPicker;
  readonly resize: ColumnResize;
  readonly hasSelection: boolean;
  openRow(row: PageRow): void;
  pressLetter(letter: string, row: PageRow): boolean;
  /** `null`: there is nothing to copy. */
  copyText(): string | null;
}

/** Keys of the grid (WAI-ARIA grid pattern). Those that it handles do not leave it. */
export class GridKeys {
  private readonly host: KeysHost;

  constructor(host: KeysHost) {
    this.host = host;
  }

  onKeydown(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || !this.handle(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  private handle(event: KeyboardEvent): boolean {
    const hasCommand = event.ctrlKey || event.metaKey;
    if (hasCommand && event.key.toLowerCase() === 'c') return this.copy(event);
    if (hasCommand && event.key.toLowerCase() === 'a') return this.selectPage();
    const target = event.target as Element;
    // A control that has the focus itself, after a click, is the browser's to press.
    const isOnControl = target.closest('button, a, input') !== null;
    if (!isOnControl && !hasCommand && event.key === 'Enter') return this.enter(target);
    if (!isOnControl && !hasCommand && event.key === ' ') return this.space(event, target);
    if (event.key === 'Escape') return this.clear();
    return this.move(event, hasCommand) || (!hasCommand && this.letter(event));
  }

  private move(event: KeyboardEvent, hasCommand: boolean): boolean {
    const { place, picker, resize } = this.host;
    const from = place.current;
    const isSideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    const isUpOrDown = event.key === 'ArrowUp' || event.key === 'ArrowDown';
    if (event.shiftKey && isSideways && from.index === headerIndex) {
      const isForth =
        (event.key === 'ArrowRight') === (getComputedStyle(event.target as Element).direction === 'ltr');
      if (from.cellName !== 'select') resize.step(from.cellName as OutboxSortColumn, isForth ? 1 : -1);
      return true;
    }
    const to = place.target(event.key, hasCommand);
    if (!to) return false;
    if (event.shiftKey && isUpOrDown) {
      if (to.index === headerIndex) return true;
      picker.extendTo(to.index, from.index);
    }
    place.moveTo(to.index, to.cellName);
    return true;
  }

  /** Presses the cell's control where there is one, else opens the email. */
  private enter(target: Element): boolean {
    const row = this.host.rows[this.host.place.current.index];
    const control = target.querySelector<HTMLElement>('button, a, input');
    if (control) control.click();
    else if (row) this.host.openRow(row);
    return true;
  }

  private space(event: KeyboardEvent, target: Element): boolean {
    const { place, picker } = this.host;
    const { index } = place.current;
    if (index === headerIndex) target.querySelector<HTMLElement>('button, input')?.click();
    else if (event.shiftKey) picker.extendTo(index);
    else picker.toggle(index);
    return true;
  }

  private selectPage(): boolean {
    this.host.picker.setPage(true);
    return true;
  }

  private clear(): boolean {
    if (!this.host.hasSelection) return false;
    this.host.picker.clear();
    return true;
  }

  private letter(event: KeyboardEvent): boolean {
    const row = this.host.rows[this.host.place.current.index];
    return row !== undefined && event.key.length === 1 && this.host.pressLetter(event.key, row);
  }

  /**
   * The browser's own copy follows the key: it is given the rows. Where text is selected, that is what is meant. The
   * event goes to wherever the browser sees a selection, so it is met at the document.
   */
  private copy(event: KeyboardEvent): boolean {
    if (event.shiftKey || hasSelectedText(event.currentTarget as Element)) return false;
    const text = this.host.copyText();
    if (text === null) return false;
    const give = (copy: ClipboardEvent) => {
      copy.clipboardData?.setData('text/plain', text);
      copy.preventDefault();
      copy.stopImmediatePropagation();
    };
    document.addEventListener('copy', give, { capture: true, once: true });
    setTimeout(() => document.removeEventListener('copy', give, { capture: true }));
    event.stopPropagation();
    // Without the default there is no copy.
    return false;
  }
}

function hasSelectedText(element: Element): boolean {
  const root = element.getRootNode() as ShadowRoot & { getSelection?(): Selection | null };
  const selection = root.getSelection?.() ?? getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString() !== '';
}
