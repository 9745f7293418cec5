import { mandatoryColumns, type OutboxSortColumn, type OutboxView } from '@portal-outbox/contracts';
import { columns, type Column } from './columns.ts';

/**
 * One column as it stands in the user's preferences; the order is that of the list. What is not named has its usual
 * place, width and visibility. Widths are CSS pixels.
 */
export interface ColumnChoice {
  id: string;
  shown: boolean;
  width?: number | undefined;
  /** Named for its place or width only: whether it is shown is still up to the view. */
  usual?: unknown;
}

/** A column where it is, with the user's choices applied. */
export interface ArrangedColumn extends Column {
  shown: boolean;
  /** `null`: as wide as the room allows. */
  width: number | null;
  /** It cannot be removed. */
  isLocked: boolean;
}

export const leastWidth = 48;
export const mostWidth = 1200;

/** All columns in the user's order. */
export function arrangeColumns(
  choices: readonly ColumnChoice[],
  view: OutboxView | null,
): readonly ArrangedColumn[] {
  const arranged: ArrangedColumn[] = [];
  for (const choice of choices) {
    const column = columns.find(({ id }) => id === choice.id);
    const isRepeated = arranged.some(({ id }) => id === choice.id);
    if (column && !isRepeated) arranged.push(arrange(column, choice, view));
  }
  columns.forEach((column, place) => {
    if (arranged.some(({ id }) => id === column.id)) return;
    // Behind the column that is before it in the usual order.
    const before = arranged.findIndex(({ id }) => id === columns[place - 1]?.id);
    arranged.splice(before + 1, 0, arrange(column, undefined, view));
  });
  return arranged;
}

export function showColumn(
  choices: readonly ColumnChoice[],
  id: OutboxSortColumn,
  shown: boolean,
): ColumnChoice[] {
  return change(choices, id, ({ usual: _, ...choice }) => ({ ...choice, shown }));
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
  const named = ids.map((name) => choices.find((choice) => choice.id === name) ?? unchosen(name));
  return [...named, ...choices.filter((choice) => !isKnown(choice.id))];
}

/** Sets widths; `null` gives a column back its share of the room. */
export function resizeColumns(
  choices: readonly ColumnChoice[],
  widths: ReadonlyMap<OutboxSortColumn, number | null>,
): ColumnChoice[] {
  let changed = [...choices];
  for (const [id, width] of widths) {
    changed = change(changed, id, ({ width: _, ...choice }) =>
      width === null ? choice : { ...choice, width: Math.round(clampWidth(width)) },
    );
  }
  return changed;
}

export function clampWidth(width: number): number {
  return Math.min(mostWidth, Math.max(leastWidth, width));
}

function arrange(column: Column, choice: ColumnChoice | undefined, view: OutboxView | null): ArrangedColumn {
  const isLocked = mandatoryColumns.includes(column.id);
  const isUsual =
    typeof column.isUsual === 'boolean' ? column.isUsual : column.isUsual.includes(view ?? 'mine');
  const shown = choice && !choice.usual ? choice.shown : isUsual;
  return { ...column, shown: shown || isLocked, width: choice?.width ?? null, isLocked };
}

function change(
  choices: readonly ColumnChoice[],
  id: OutboxSortColumn,
  edit: (choice: ColumnChoice) => ColumnChoice,
): ColumnChoice[] {
  if (choices.some((choice) => choice.id === id)) {
    return choices.map((choice) => (choice.id === id ? edit(choice) : choice));
  }
  // Naming one alone would move the others around it: all are named, where they are.
  const named = arrangeColumns(choices, null).map(
    ({ id: name }) => choices.find((choice) => choice.id === name) ?? unchosen(name),
  );
  const unknown = choices.filter((choice) => !isKnown(choice.id));
  return [...named.map((choice) => (choice.id === id ? edit(choice) : choice)), ...unknown];
}

function unchosen(id: OutboxSortColumn): ColumnChoice {
  return { id, shown: columns.some((column) => column.id === id && column.isUsual === true), usual: true };
}

function isKnown(id: string): boolean {
  return columns.some((column) => column.id === id);
}
