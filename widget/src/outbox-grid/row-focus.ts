import type { PageRow } from '../data/page-rows.ts';
import type { OutboxGrid } from './outbox-grid.ts';

/**
 * The grid's focus by logical place: one row is in the Tab order; arrows, Home, End and the page keys move it.
 * A row that scrolls away loses its element but stays the active one, and its scroller keeps the keyboard.
 */
export class RowFocus {
  private readonly grid: OutboxGrid;
  private active: string | null = null;
  /** The row is to have the browser's focus as soon as it is rendered. */
  private wanted = false;

  constructor(grid: OutboxGrid) {
    this.grid = grid;
  }

  /** The row in the Tab order; the first one until somebody has moved. */
  get activeId(): string | null {
    return this.active ?? this.grid.rows[0]?.email.id ?? null;
  }

  /** The active row has gone: the one that took its place is active. */
  followRows(before: readonly PageRow[]): void {
    const rows = this.grid.rows;
    if (this.active === null || rows.some((row) => row.email.id === this.active)) return;
    const place = before.findIndex((row) => row.email.id === this.active);
    const successor = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    const hadFocus = this.hasFocus();
    this.active = successor?.email.id ?? null;
    this.wanted = hadFocus && this.active !== null;
  }

  moveTo(index: number): void {
    const row = this.grid.rows[index];
    if (!row) return;
    this.active = row.email.id;
    this.wanted = true;
    this.reveal(index);
    this.grid.requestUpdate();
  }

  /** After rendering: gives the wanted row the focus, or leaves it with the scroller until it is there. */
  settle(): void {
    if (!this.wanted || this.active === null) return;
    const element = this.element(this.active);
    if (!element) {
      this.grid.scroller.focus({ preventScroll: true });
      return;
    }
    this.wanted = false;
    element.focus({ preventScroll: true });
  }

  rowOf(target: Element): PageRow | undefined {
    const id = target.closest<HTMLElement>('[data-email-id]')?.dataset['emailId'];
    return this.grid.rows.find((row) => row.email.id === id);
  }

  onFocusIn(event: FocusEvent): void {
    const row = this.rowOf(event.target as Element);
    if (!row || row.email.id === this.active) return;
    this.active = row.email.id;
    this.grid.requestUpdate();
  }

  onFocusOut(event: FocusEvent): void {
    const target = event.target as HTMLElement;
    if (event.relatedTarget !== null) return;
    // A row that scrolls away is removed with the focus in it.
    queueMicrotask(() => {
      if (!target.isConnected && this.active !== null) this.grid.scroller?.focus({ preventScroll: true });
    });
  }

  onKeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const index = this.grid.rows.findIndex((row) => row.email.id === this.activeId);
    const target = event.target as Element;
    const isOnRow = target === this.grid.scroller || target.matches('[data-email-id]');
    if (event.key === 'Enter') {
      const row = this.grid.rows[index];
      // On a control Enter presses it.
      if (!isOnRow || !row) return;
      this.grid.host.openEmail(row.email);
    } else {
      const next = this.target(event.key, index);
      if (next === null) return;
      this.moveTo(next);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private target(key: string, index: number): number | null {
    const last = this.grid.rows.length - 1;
    const page = Math.max(1, Math.floor(this.grid.scroller.clientHeight / this.rowHeight()) - 1);
    const steps: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      PageDown: index + page,
      PageUp: index - page,
      Home: 0,
      End: last,
    };
    const step = steps[key];
    return step === undefined || last < 0 ? null : Math.min(last, Math.max(0, step));
  }

  /** Rows have one height, so a row's place is known before it is rendered. */
  private reveal(index: number): void {
    const { scroller } = this.grid;
    const height = this.rowHeight();
    const top = index * height;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + height > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + height - scroller.clientHeight;
    }
  }

  private rowHeight(): number {
    return this.grid.scroller.querySelector<HTMLElement>('[data-email-id]')?.offsetHeight || 40;
  }

  private hasFocus(): boolean {
    const focused = this.grid.shadowRoot?.activeElement ?? null;
    return focused !== null && this.grid.scroller.contains(focused);
  }

  private element(id: string): HTMLElement | null {
    return this.grid.scroller.querySelector<HTMLElement>(`[data-email-id="${CSS.escape(id)}"]`);
  }
}
