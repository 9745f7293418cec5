import type { PageRow } from '../data/page-rows.ts';

/** What the focus needs of the grid that it belongs to. */
export interface FocusHost {
  readonly rows: readonly PageRow[];
  /** Cells of a row from start to end: columns' ids, and `select`, `retry`, `cancel`. */
  readonly cellNames: readonly string[];
  /** Its content is scrolled; holds every cell. */
  readonly scroller: HTMLElement | null;
  /** Rows that fit between header and lower edge. */
  readonly rowsInSight: number;
  requestUpdate(): void;
}

export interface CellPlace {
  /** Place of the row; `headerIndex` for the headers. */
  index: number;
  cellName: string;
}
export const headerIndex = -1;

/**
 * The grid's focus by logical place: one cell is in the Tab order, keys move it over headers and rows. Its row is always
 * rendered, so scrolling it out of sight does not lose the focus.
 */
export class GridFocus {
  readonly #host: FocusHost;
  /** Email id; `null`: nobody has moved yet. */
  #activeId: string | null = null;
  #isInHeader = false;
  #cellName = 'subject';
  /** The cell is to have the browser's focus as soon as it is rendered. */
  #wanted = false;

  constructor(host: FocusHost) {
    this.#host = host;
  }

  /** The cell in the Tab order; in the first row until somebody has moved. */
  get current(): CellPlace {
    const { rows, cellNames } = this.#host;
    const cellName = cellNames.includes(this.#cellName) ? this.#cellName : 'subject';
    if (this.#isInHeader) return { index: headerIndex, cellName };
    const index = rows.findIndex((row) => row.email.id === this.#activeId);
    return { index: rows.length === 0 ? headerIndex : Math.max(0, index), cellName };
  }

  /** The active row has gone: the one that took its place is active. */
  followRows(before: readonly PageRow[], hadFocus: boolean): void {
    const { rows } = this.#host;
    if (this.#activeId === null || rows.some((row) => row.email.id === this.#activeId)) return;
    const place = before.findIndex((row) => row.email.id === this.#activeId);
    const successor = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    this.#activeId = successor?.email.id ?? null;
    if (hadFocus && successor && !this.#isInHeader) this.#wanted = true;
  }

  moveTo(index: number, cellName = this.#cellName): void {
    const row = this.#host.rows[index];
    if (!row && index !== headerIndex) return;
    this.#isInHeader = index === headerIndex;
    this.#activeId = row?.email.id ?? this.#activeId;
    this.#cellName = cellName;
    this.#wanted = true;
    this.#host.requestUpdate();
  }

  /** Where a key leads; `null`: nowhere. `isFar`: Control or Command, to the ends of all. */
  target(key: string, isFar: boolean): CellPlace | null {
    const { rows, rowsInSight } = this.#host;
    const { index, cellName } = this.current;
    const last = rows.length - 1;
    // The arrows point where they point; in right-to-left writing the next cell is on the left.
    const forth = this.#isRightToLeft() ? -1 : 1;
    if (key === 'ArrowDown') return this.#inRow(isFar ? last : index + 1, cellName);
    if (key === 'ArrowUp') return this.#inRow(isFar ? 0 : index - 1, cellName);
    if (key === 'ArrowRight') return this.#besides(forth);
    if (key === 'ArrowLeft') return this.#besides(-forth);
    if (key === 'PageDown') return this.#inRow(Math.max(0, index + rowsInSight), cellName);
    if (key === 'PageUp') return this.#inRow(Math.max(0, index - rowsInSight), cellName);
    const cells = this.#cellsOf(index);
    if (key === 'Home') return this.#inRow(isFar ? 0 : index, cells[0] ?? cellName);
    if (key === 'End') return this.#inRow(isFar ? last : index, cells.at(-1) ?? cellName);
    return null;
  }

  /** After rendering: gives the wanted cell the focus, with its row wholly in sight. */
  settle(): void {
    if (!this.#wanted) return;
    const { index, cellName } = this.current;
    const cell = this.#cell(index, cellName);
    if (!cell) return;
    this.#wanted = false;
    cell.focus({ preventScroll: true });
    for (const it of [cell.parentElement, cell]) it?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** Somebody came by pointer, or by Tab. */
  onFocusIn(target: Element): void {
    const cellName = target.closest<HTMLElement>('[data-cell]')?.dataset['cell'];
    const id = target.closest<HTMLElement>('[data-email-id]')?.dataset['emailId'];
    if (cellName === undefined) return;
    this.#isInHeader = id === undefined;
    this.#activeId = id ?? this.#activeId;
    this.#cellName = cellName;
    this.#host.requestUpdate();
  }

  /** The Tab order leads to the rows again: headers are reached from there, and are out of sight on cards. */
  onLeave(): void {
    this.#isInHeader = false;
    this.#host.requestUpdate();
  }

  #inRow(index: number, cellName: string): CellPlace | null {
    const last = this.#host.rows.length - 1;
    const to = Math.min(last, Math.max(headerIndex, index));
    const cells = this.#cellsOf(to);
    // Only the headers lack cells, those of the actions above all: the nearest is the last.
    const name = cells.includes(cellName) ? cellName : cells.at(-1);
    return name === undefined ? null : { index: to, cellName: name };
  }

  #besides(step: number): CellPlace | null {
    const { index, cellName } = this.current;
    const cells = this.#cellsOf(index);
    const to = cells[cells.indexOf(cellName) + step];
    return to === undefined ? null : { index, cellName: to };
  }

  #cellsOf(index: number): readonly string[] {
    const names = this.#host.cellNames;
    if (index !== headerIndex) return names;
    // Where rows are cards, most headers are there for screen readers alone. The actions' header has nothing to press.
    return names.filter((name) => (this.#cell(index, name)?.offsetWidth ?? 0) > 1);
  }

  #cell(index: number, name: string): HTMLElement | null {
    const id = this.#host.rows[index]?.email.id;
    const row = id === undefined ? '.header' : `[data-email-id="${CSS.escape(id)}"]`;
    return this.#host.scroller?.querySelector<HTMLElement>(`${row} > [data-cell="${name}"]`) ?? null;
  }

  #isRightToLeft(): boolean {
    return this.#host.scroller !== null && getComputedStyle(this.#host.scroller).direction === 'rtl';
  }
}

export function tabIndex(stop: CellPlace, index: number, cellName: string): 0 | -1 {
  return stop.index === index && stop.cellName === cellName ? 0 : -1;
}
