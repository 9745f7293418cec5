import { GridLayout } from '@lit-labs/virtualizer/layouts/grid.js';
import { provideResizeObserver } from '@lit-labs/virtualizer/polyfillLoaders/ResizeObserver.js';
import { virtualize } from '@lit-labs/virtualizer/virtualize.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { PageRow } from '../data/page-rows.ts';
import type { CellPlace } from './grid-focus.ts';
import { observeSize } from './observe-size.ts';

export interface VirtualHost {
  readonly rows: readonly PageRow[];
  /** Pixels. */
  readonly rowHeight: number;
  /** The cell in the Tab order. */
  readonly stop: CellPlace;
  readonly body: HTMLElement | null;
  renderRow(row: PageRow, index: number): unknown;
  /** As `renderRow`, marked `kept`. */
  renderKeptRow(row: PageRow, index: number): unknown;
  requestUpdate(): void;
  /** Renders at once. */
  flush(): void;
}

/**
 * The rows in sight of a long page, rendered by the virtualizer; the only file that knows it, fetched for long pages alone. It
 * removes what scrolls away, so the row of the cell in the Tab order stands beside its rows while it is out of its range, and the
 * focus is handed from one element of the row to the other.
 */
export class VirtualRows {
  readonly #host: VirtualHost;
  #first = 0;
  #end = 0;
  /** The kept row as it was rendered: where, and the email's id. */
  #kept = '';
  #keptId: string | undefined;
  #isHere = false;
  /** An element that is being removed has the focus: the row's next one is to have it. */
  #owesFocus = false;

  constructor(host: VirtualHost) {
    this.#host = host;
    this.#owesFocus = this.#hasFocus;
  }

  render(): TemplateResult {
    const { rows, rowHeight, stop } = this.#host;
    const row = rows[stop.index];
    const kept = row && this.#side ? this.#host.renderKeptRow(row, stop.index) : nothing;
    if (!this.#side && row?.email.id === this.#keptId) this.#owesFocus ||= this.#hasFocus;
    this.#kept = this.#place;
    this.#keptId = this.#side ? row?.email.id : undefined;
    // Lit listens before the virtualizer does, so the row is kept before its other element is removed.
    return html`${this.#side === 'before' ? kept : nothing}
      <div class="window" role="presentation" @rangeChanged=${(event: RangeEvent) => this.#onRange(event)}>
        ${
          this.#window
            ? virtualize<PageRow>({
                items: rows as PageRow[],
                keyFunction: ({ email }) => email.id,
                renderItem: (item, index) => this.#host.renderRow(item, index) as TemplateResult,
                layout: { type: RowLayout, rowHeight } as { type: typeof RowLayout },
              })
            : nothing
        }
      </div>
      ${this.#side === 'after' ? kept : nothing}`;
  }

  /** After rendering: puts the kept row in its place. */
  settle(): void {
    const { body, rowHeight, stop } = this.#host;
    const kept = body?.querySelector<HTMLElement>('.kept');
    if (kept) kept.style.insetBlockStart = `${stop.index * rowHeight}px`;
    const isHere = this.#window !== null;
    // The virtualizer looks for the scroller as soon as it is rendered: its element has to be in the document by then.
    if (isHere && !this.#isHere) this.#host.requestUpdate();
    this.#isHere = isHere;
  }

  get #window(): Element | null {
    return this.#host.body?.querySelector('.window') ?? null;
  }

  #onRange(event: RangeEvent): void {
    if (!(event.currentTarget as Element).isConnected) return;
    [this.#first, this.#end] = [event.first, event.last + 1];
    this.#owesFocus ||= this.#hasFocus;
    if (this.#side) {
      if (this.#kept !== this.#place) this.#host.flush();
      this.#giveFocus();
      return;
    }
    // By then the virtualizer has rendered the row among the others.
    queueMicrotask(() => {
      this.#giveFocus();
      if (this.#kept) this.#host.requestUpdate();
    });
  }

  /** Where the row of the Tab order stands beside the range; `''`: it is in it, or there is none. */
  get #side(): 'before' | 'after' | '' {
    const { rows, stop } = this.#host;
    if (!rows[stop.index]) return '';
    if (stop.index < this.#first) return 'before';
    return stop.index >= this.#end ? 'after' : '';
  }

  get #place(): string {
    return this.#side && `${this.#side} ${this.#host.stop.index}`;
  }

  get #hasFocus(): boolean {
    const focused = (this.#host.body?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    return focused?.closest('[data-email-id]') != null;
  }

  #giveFocus(): void {
    const { body, rows, stop } = this.#host;
    const id = rows[stop.index]?.email.id;
    if (!this.#owesFocus || id === undefined) return;
    this.#owesFocus = false;
    const row = body?.querySelector(this.#side ? '.kept' : `.window > [data-email-id="${CSS.escape(id)}"]`);
    const cell = row?.querySelector<HTMLElement>(`:scope > [data-cell="${stop.cellName}"]`);
    // A control in the cell may have it already.
    if (cell && !cell.matches(':focus-within')) cell.focus({ preventScroll: true });
  }
}

interface RangeEvent extends Event {
  readonly first: number;
  readonly last: number;
}

/** Rows below one another, of one height, which styles give them: nothing is measured. */
class RowLayout extends GridLayout {
  /** Pixels rendered beyond each edge, so that scrolling meets rows and not emptiness. */
  protected override _overhang = 400;
  #rowHeight = 0;

  set rowHeight(pixels: number) {
    if (pixels === this.#rowHeight) return;
    this.#rowHeight = pixels;
    this._triggerReflow();
  }

  protected override _updateLayout(): void {
    const none = { start: 0, end: 0 };
    const sizes = {
      itemSize1: this.#rowHeight,
      itemSize2: 0,
      gap1: 0,
      gap2: 0,
      padding1: none,
      padding2: none,
    };
    this._metrics = { rolumns: 1, positions: [0], ...sizes };
  }

  override _getItemPosition(index: number): { top: number; left: number } {
    const { top, left } = super._getItemPosition(index);
    return { top, left };
  }
}

/** The virtualizer makes its observers with `new`; a constructor that returns an object hands that object out. */
provideResizeObserver(function (callback: ResizeObserverCallback) {
  return observeSize(callback);
} as unknown as typeof ResizeObserver);
