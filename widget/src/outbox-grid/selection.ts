import type { PageRow } from '../data/page-rows.ts';

/** Ids of selected emails, of other pages too. Every change is a new set. */
export type Selection = ReadonlySet<string>;

/** Rows that have left cannot be selected any more. */
export const isSelectable = (row: PageRow): boolean => row.left === null;

export function toggleRow(selection: Selection, row: PageRow): Selection {
  const changed = new Set(selection);
  if (!changed.delete(row.email.id) && isSelectable(row)) changed.add(row.email.id);
  return changed;
}

/** Selects or deselects the rows from one place to another, both included. */
export function selectRange(
  selection: Selection,
  rows: readonly PageRow[],
  [from, to]: readonly [number, number],
  isOn: boolean,
): Selection {
  const changed = new Set(selection);
  for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (!isOn) changed.delete(row.email.id);
    else if (isSelectable(row)) changed.add(row.email.id);
  }
  return changed;
}

/** What the header's box shows: this page only. */
export function pageSelection(selection: Selection, rows: readonly PageRow[]): 'all' | 'some' | 'none' {
  const selectable = rows.filter(isSelectable);
  const selected = selectable.filter(({ email }) => selection.has(email.id)).length;
  if (selected === 0) return 'none';
  return selected === selectable.length ? 'all' : 'some';
}
