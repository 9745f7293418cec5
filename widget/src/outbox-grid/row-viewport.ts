import type { PageRow } from '../data/page-rows.ts';
import { observeSize } from './observe-size.ts';

export interface ViewportHost {
  readonly rows: readonly PageRow[];
  readonly scroller: HTMLElement | null;
  /** They are wider than the room, so that they are scrolled sideways. */
  hasWideRows(areWide: boolean): void;
  requestUpdate(): void;
}

/** The part in which rows are seen. Rows have one height, which is the styles' to say. Pixels throughout. */
export class RowViewport {
  /** Until a row has been measured, the usual one. */
  rowHeight = 38;
  readonly #host: ViewportHost;
  readonly #sizes = observeSize(() => this.measure());
  #headerHeight = 0;
  #shift = 0;

  constructor(host: ViewportHost) {
    this.#host = host;
  }

  observe(): void {
    const { scroller } = this.#host;
    if (!scroller) return;
    for (const element of [scroller, ...scroller.querySelectorAll('.head')]) this.#sizes.observe(element);
    this.measure();
  }

  disconnect(): void {
    this.#sizes.disconnect();
  }

  /** Whole rows between header and lower edge, less one that stays in sight when a page is turned. */
  get rowsInSight(): number {
    const height = (this.#host.scroller?.clientHeight ?? 0) - this.#headerHeight;
    return Math.max(1, Math.floor(height / this.rowHeight) - 1);
  }

  /** The rows have changed: those that are still there stay where they are on the screen. */
  followRows(before: readonly PageRow[]): void {
    const { rows, scroller } = this.#host;
    const scrollTop = scroller?.scrollTop ?? 0;
    const top = Math.floor(scrollTop / this.rowHeight);
    const id = before[top]?.email.id;
    const now = scrollTop === 0 ? -1 : rows.findIndex(({ email }) => email.id === id);
    if (now >= 0) this.#shift = (now - top) * this.rowHeight;
  }

  /** After rendering. */
  settle(): void {
    const { scroller } = this.#host;
    if (scroller && this.#shift !== 0) scroller.scrollTop += this.#shift;
    this.#shift = 0;
  }

  measure(): void {
    const { scroller } = this.#host;
    if (!scroller) return;
    const row = scroller.querySelector('.body .row');
    const height = row ? Number.parseFloat(getComputedStyle(row).height) : 0;
    if (height > 0 && height !== this.rowHeight) {
      this.rowHeight = height;
      this.#host.requestUpdate();
    }
    this.#host.hasWideRows(scroller.scrollWidth > scroller.clientWidth);
    this.#headerHeight = scroller.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
    scroller.style.setProperty('--_head-height', `${this.#headerHeight}px`);
  }
}
