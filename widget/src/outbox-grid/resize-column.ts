import type { OutboxSortColumn } from '@portal-outbox/contracts';
import { clampWidth, resizeColumns } from './change-columns.ts';
import type { ColumnChoice } from './column-choices.ts';
import type { DraftWidths } from './grid-tracks.ts';

/** Making columns wider and narrower, loaded when somebody comes to the headers. Widths are CSS pixels. */
export interface ResizeHost {
  readonly columns: readonly ColumnChoice[];
  readonly host: { saveColumns(columns: ColumnChoice[]): void };
  /** As they are on the screen, from the first column to this one. */
  widthsUpTo(column: OutboxSortColumn): Map<OutboxSortColumn, number>;
  /** Shows widths while they are dragged; `null`: those that are saved. */
  previewWidths(widths: DraftWidths | null): void;
}

/** How far a key moves a column's edge. */
const keyStep = 16;

/** Follows the pointer that has taken hold of a header's edge, and saves when it lets go. */
export function dragColumn(
  grid: ResizeHost,
  handle: HTMLElement,
  { pointerId, clientX: startX }: PointerEvent,
  column: OutboxSortColumn,
): void {
  // The columns before it keep their widths, else its edge would run away from the pointer.
  const widths = grid.widthsUpTo(column);
  const startWidth = widths.get(column) ?? 0;
  const forth = getComputedStyle(handle).direction === 'rtl' ? -1 : 1;
  const isOver = new AbortController();
  let hasMoved = false;
  const move = (event: PointerEvent) => {
    if (event.pointerId !== pointerId) return;
    hasMoved ||= event.clientX !== startX;
    widths.set(column, clampWidth(startWidth + (event.clientX - startX) * forth));
    grid.previewWidths(widths);
  };
  const end = (event: PointerEvent) => {
    if (event.pointerId !== pointerId) return;
    isOver.abort();
    if (event.type === 'pointerup' && hasMoved) saveWidths(grid, widths);
    grid.previewWidths(null);
  };
  const { signal } = isOver;
  handle.addEventListener('pointermove', move, { signal });
  handle.addEventListener('pointerup', end, { signal });
  handle.addEventListener('pointercancel', end, { signal });
  // Pointers that are gone already cannot be held.
  if (handle.hasPointerCapture(pointerId)) return;
  try {
    handle.setPointerCapture(pointerId);
  } catch {
    isOver.abort();
  }
}

/** `wider`: 1 or -1. */
export function stepColumn(grid: ResizeHost, column: OutboxSortColumn, wider: 1 | -1): void {
  const widths = grid.widthsUpTo(column);
  widths.set(column, clampWidth((widths.get(column) ?? 0) + wider * keyStep));
  saveWidths(grid, widths);
}

/** The column takes its share of the room again. */
export function resetColumn(grid: ResizeHost, column: OutboxSortColumn): void {
  saveWidths(grid, new Map([[column, null]]));
}

function saveWidths(grid: ResizeHost, widths: ReadonlyMap<OutboxSortColumn, number | null>): void {
  grid.host.saveColumns(resizeColumns(grid.columns, widths));
}
