import type { PageRow } from '../data/page-rows.ts';
import { observeSize } from './observe-size.ts';
import { revealRow, rowWindow, type RowRange, type ScrollPlace } from './row-window.ts';

export interface ViewportHost {
  readonly rows: readonly PageRow[];
  readonly scroller: HTMLElement | null;
  /** They are wider than the room, so that they are scrolled sideways. */
  hasWideRows(areWide: boolean): void;
  requestUpdate(): void;
}

/** Pixels, until the first row has been measured. */
const usualRowHeight = 38;
/** Rows of the first rendering, before anything is known of the size: about a screen. */
const firstRows = 30;

/** Which rows are in sight of the scroller, and how to bring others there. Pixels throughout. */
export class RowViewport {
  range: RowRange = { first: 0, end: firstRows };
  readonly #host: ViewportHost;
  readonly #sizes = observeSize(() => this.measure());
  #rowHeight = usualRowHeight;
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
    return Math.max(1, Math.floor(this.#place.height / this.#rowHeight) - 1);
  }

  /** The rows have changed: those that are still there stay where they are on the screen. */
  followRows(before: readonly PageRow[]): void {
    const { scrollTop } = this.#place;
    const { rows } = this.#host;
    const top = Math.floor(scrollTop / this.#rowHeight);
    const id = before[top]?.email.id;
    const now = scrollTop === 0 ? -1 : rows.findIndex(({ email }) => email.id === id);
    if (now >= 0) this.#shift = (now - top) * this.#rowHeight;
    this.range = rowWindow({ ...this.#place, scrollTop: scrollTop + this.#shift }, rows.length);
  }

  /** After rendering. */
  settle(): void {
    const { scroller } = this.#host;
    if (scroller && this.#shift !== 0) scroller.scrollTop += this.#shift;
    this.#shift = 0;
  }

  /** Renders other rows where the scroller has come to them. */
  follow(): void {
    const range = rowWindow(this.#place, this.#host.rows.length);
    if (range.first === this.range.first && range.end === this.range.end) return;
    this.range = range;
    this.#host.requestUpdate();
  }

  reveal(index: number): void {
    const { scroller } = this.#host;
    if (!scroller) return;
    scroller.scrollTop = revealRow(this.#place, index);
    this.follow();
  }

  /** Rows have one height, which is the styles' to say. */
  measure(): void {
    const { scroller } = this.#host;
    const row = scroller?.querySelector('.body > .row');
    const height = row ? Number.parseFloat(getComputedStyle(row).height) : 0;
    if (height > 0) this.#rowHeight = height;
    this.#host.hasWideRows(scroller !== null && scroller.scrollWidth > scroller.clientWidth);
    this.#headerHeight = scroller?.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
    this.follow();
  }

  get #place(): ScrollPlace {
    const { scroller } = this.#host;
    const rowHeight = this.#rowHeight;
    if (!scroller) return { scrollTop: 0, height: firstRows * rowHeight, rowHeight };
    return { scrollTop: scroller.scrollTop, height: scroller.clientHeight - this.#headerHeight, rowHeight };
  }
}
