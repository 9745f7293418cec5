import type { PageRow } from '../data/page-rows.ts';
import { selectRange, toggleRow, type Selection } from './selection.ts';

export interface PickerHost {
  readonly rows: readonly PageRow[];
  readonly selected: Selection;
  select(selection: Selection): void;
}

/** Selects rows as people ask for it by pointer and keys. */
export class RowPicker {
  readonly #grid: PickerHost;
  /** The row that a range begins at. */
  #anchorId: string | null = null;
  /** Place of the row that the range reaches to now. */
  #reach: number | null = null;

  constructor(grid: PickerHost) {
    this.#grid = grid;
  }

  toggle(index: number): void {
    const row = this.#grid.rows[index];
    if (!row) return;
    this.setAnchor(index);
    this.#grid.select(toggleRow(this.#grid.selected, row));
  }

  /** From the anchor to this row; what the range reached before and does no longer is deselected. */
  extendTo(index: number, from = index): void {
    const { rows, selected } = this.#grid;
    const anchored = rows.findIndex(({ email }) => email.id === this.#anchorId);
    const anchor = anchored >= 0 ? anchored : from;
    const kept = this.#reach === null ? selected : selectRange(selected, rows, [anchor, this.#reach], false);
    this.#anchorId = rows[anchor]?.email.id ?? null;
    this.#reach = index;
    this.#grid.select(selectRange(kept, rows, [anchor, index], true));
  }

  /** A shift-click on a box: all boxes from the anchor to it become as it has become. */
  setRange(index: number, isOn: boolean): void {
    const { rows, selected } = this.#grid;
    const anchor = rows.findIndex(({ email }) => email.id === this.#anchorId);
    this.#grid.select(selectRange(selected, rows, [anchor >= 0 ? anchor : index, index], isOn));
    this.setAnchor(index);
  }

  setPage(isOn: boolean): void {
    const { rows, selected } = this.#grid;
    this.#grid.select(selectRange(selected, rows, [0, rows.length - 1], isOn));
  }

  clear(): void {
    this.#grid.select(new Set());
  }

  /** Where somebody is, a range may begin. */
  setAnchor(index: number): void {
    this.#anchorId = this.#grid.rows[index]?.email.id ?? null;
    this.#reach = null;
  }
}
