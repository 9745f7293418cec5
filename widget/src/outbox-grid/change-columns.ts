import type { OutboxSortColumn, OutboxView } from '@portal-outbox/contracts';
import { arrangeColumns, type ColumnChoice } from './column-choices.ts';
import { columns } from './columns.ts';

/** CSS pixels. */
export const leastWidth = 48;
export const mostWidth = 1200;

export function showColumn(
  choices: readonly ColumnChoice[],
  id: OutboxSortColumn,
  shown: boolean,
): ColumnChoice[] {
  return change(choices, id, { shown, usual: undefined });
}

/** Moves it one place up (-1) or down (1) among all columns. */
export function moveColumn(
  choices: readonly ColumnChoice[],
  view: OutboxView | null,
  id: OutboxSortColumn,
  step: -1 | 1,
): ColumnChoice[] {
  const ids = arrangeColumns(choices, view).map((column) => column.id);
  const from = ids.indexOf(id);
  const to = from + step;
  if (to < 0 || to >= ids.length) return [...choices];
  ids.splice(to, 0, ...ids.splice(from, 1));
  return nameAll(choices, ids);
}

/** Sets widths; `null` gives a column back its share of the room. */
export function resizeColumns(
  choices: readonly ColumnChoice[],
  widths: ReadonlyMap<OutboxSortColumn, number | null>,
): ColumnChoice[] {
  let changed = [...choices];
  for (const [id, width] of widths) {
    const kept = width === null ? undefined : Math.round(clampWidth(width));
    changed = change(changed, id, { width: kept });
  }
  return changed;
}

export function clampWidth(width: number): number {
  return Math.min(mostWidth, Math.max(leastWidth, width));
}

function change(
  choices: readonly ColumnChoice[],
  id: OutboxSortColumn,
  to: Partial<ColumnChoice>,
): ColumnChoice[] {
  const isNamed = choices.some((choice) => choice.id === id);
  // Naming one alone would move the others around it: all are named, where they are.
  const named = isNamed
    ? choices
    : nameAll(
        choices,
        arrangeColumns(choices, null).map((column) => column.id),
      );
  return named.map((choice) => (choice.id === id ? { ...choice, ...to } : choice));
}

/** Those of another version stay, at the end. */
function nameAll(choices: readonly ColumnChoice[], ids: readonly OutboxSortColumn[]): ColumnChoice[] {
  const unknown = choices.filter(({ id }) => !columns.some((column) => column.id === id));
  return [...ids.map((id) => choices.find((choice) => choice.id === id) ?? unchosen(id)), ...unknown];
}

function unchosen(id: OutboxSortColumn): ColumnChoice {
  return { id, shown: columns.some((column) => column.id === id && column.isUsual === true), usual: true };
}
