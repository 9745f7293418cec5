import type { OutboxEmail, OutboxSortColumn } from '@portal-outbox/contracts';
import type { PageRow } from '../data/page-rows.ts';
import { headerIndex, type GridFocus } from './grid-focus.ts';
import type { RowPicker } from './row-picker.ts';
import type { Selection } from './selection.ts';

export interface KeysHost {
  readonly rows: readonly PageRow[];
  readonly selected: Selection;
  readonly place: GridFocus;
  readonly picker: RowPicker;
  readonly host: {
    openEmail(email: OutboxEmail): void;
    pressLetter(letter: string, email: OutboxEmail): boolean;
  };
  stepWidth(column: OutboxSortColumn, wider: 1 | -1): void;
  /** What is selected. The browser's own copy follows the key, so it keeps its default. */
  copy(event: KeyboardEvent): void;
}

/** Keys of the grid (WAI-ARIA grid pattern). Those that it handles do not leave it. */
export function onGridKey(grid: KeysHost, event: KeyboardEvent): void {
  if (event.isComposing || event.altKey || !handle(grid, event)) return;
  event.preventDefault();
  event.stopPropagation();
}

function handle(grid: KeysHost, event: KeyboardEvent): boolean {
  const { picker, place, rows, selected } = grid;
  const { key } = event;
  const target = event.target as Element;
  const hasCommand = event.ctrlKey || event.metaKey;
  if (hasCommand && key.toLowerCase() === 'c') {
    if (!event.shiftKey) grid.copy(event);
    return false;
  }
  if (hasCommand && key.toLowerCase() === 'a') {
    picker.setPage(true);
    return true;
  }
  if (key === 'Escape') {
    if (selected.size > 0) picker.clear();
    return selected.size > 0;
  }
  // A control that has the focus itself, after a click, is the browser's to press.
  if (!hasCommand && (key === 'Enter' || key === ' ') && !target.closest('button, a, input')) {
    if (key === 'Enter') press(grid, target);
    else space(grid, event, target);
    return true;
  }
  if (move(grid, event, hasCommand)) return true;
  const row = rows[place.current.index];
  return !hasCommand && key.length === 1 && row !== undefined && grid.host.pressLetter(key, row.email);
}

function move(grid: KeysHost, event: KeyboardEvent, hasCommand: boolean): boolean {
  const { place, picker } = grid;
  const { key, shiftKey } = event;
  const from = place.current;
  const isSideways = key === 'ArrowLeft' || key === 'ArrowRight';
  if (shiftKey && isSideways && from.index === headerIndex) {
    const isForth =
      (key === 'ArrowRight') === (getComputedStyle(event.target as Element).direction === 'ltr');
    if (from.cellName !== 'select') grid.stepWidth(from.cellName as OutboxSortColumn, isForth ? 1 : -1);
    return true;
  }
  const to = place.target(key, hasCommand);
  if (!to) return false;
  if (shiftKey && (key === 'ArrowUp' || key === 'ArrowDown')) {
    if (to.index === headerIndex) return true;
    picker.extendTo(to.index, from.index);
  }
  place.moveTo(to.index, to.cellName);
  return true;
}

/** Presses the cell's control where there is one, else opens the email. */
function press(grid: KeysHost, target: Element): void {
  const row = grid.rows[grid.place.current.index];
  const control = target.querySelector<HTMLElement>('button, a, input');
  if (control) control.click();
  else if (row) grid.host.openEmail(row.email);
}

function space({ place, picker }: KeysHost, event: KeyboardEvent, target: Element): void {
  const { index } = place.current;
  if (index === headerIndex) target.querySelector<HTMLElement>('button, input')?.click();
  else if (event.shiftKey) picker.extendTo(index);
  else picker.toggle(index);
}
