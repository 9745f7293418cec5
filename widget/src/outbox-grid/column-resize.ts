import type { OutboxSortColumn } from '@portal-outbox/contracts';
import { clampWidth } from './column-choices.ts';
import type { DraftWidths } from './grid-tracks.ts';

export interface ResizeHost {
  /** As they are on the screen, from the first column to this one; CSS pixels. */
  widthsUpTo(column: OutboxSortColumn): Map<OutboxSortColumn, number>;
  /** Shows widths while they are dragged; `null`: those that are saved. */
  previewWidths(widths: DraftWidths | null): void;
  saveWidths(widths: ReadonlyMap<OutboxSortColumn, number | null>): void;
}

interface Drag {
  column: OutboxSortColumn;
  pointerId: number;
  startX: number;
  /** The columns before it keep their widths, else its edge would run away from the pointer. */
  widths: Map<OutboxSortColumn, number>;
  startWidth: number;
  hasMoved: boolean;
}

/** How far a key moves a column's edge, in CSS pixels. */
const keyStep = 16;

/** Makes columns wider and narrower, by dragging a header's edge or by keys. */
export class ColumnResize {
  private readonly host: ResizeHost;
  private drag: Drag | null = null;

  constructor(host: ResizeHost) {
    this.host = host;
  }

  begin(event: PointerEvent, column: OutboxSortColumn): void {
    if (event.button !== 0) return;
    event.preventDefault();
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const widths = this.host.widthsUpTo(column);
    const startWidth = widths.get(column) ?? 0;
    const { pointerId, clientX: startX } = event;
    this.drag = { column, pointerId, startX, widths, startWidth, hasMoved: false };
  }

  move(event: PointerEvent): void {
    const { drag } = this;
    if (drag?.pointerId !== event.pointerId) return;
    const distance = (event.clientX - drag.startX) * direction(event.currentTarget as Element);
    drag.hasMoved ||= distance !== 0;
    drag.widths.set(drag.column, clampWidth(drag.startWidth + distance));
    this.host.previewWidths(drag.widths);
  }

  end(event: PointerEvent): void {
    const { drag } = this;
    if (drag?.pointerId !== event.pointerId) return;
    this.drag = null;
    if (event.type === 'pointerup' && drag.hasMoved) this.host.saveWidths(drag.widths);
    this.host.previewWidths(null);
  }

  /** `wider`: 1 or -1. */
  step(column: OutboxSortColumn, wider: 1 | -1): void {
    const widths = this.host.widthsUpTo(column);
    widths.set(column, clampWidth((widths.get(column) ?? 0) + wider * keyStep));
    this.host.saveWidths(widths);
  }

  /** The column takes its share of the room again. */
  reset(column: OutboxSortColumn): void {
    this.host.saveWidths(new Map([[column, null]]));
  }
}

function direction(element: Element): 1 | -1 {
  return getComputedStyle(element).direction === 'rtl' ? -1 : 1;
}
