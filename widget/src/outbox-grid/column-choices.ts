import { mandatoryColumns, type OutboxView } from '@portal-outbox/contracts';
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

function arrange(column: Column, choice: ColumnChoice | undefined, view: OutboxView | null): ArrangedColumn {
  const isLocked = mandatoryColumns.includes(column.id);
  const { isUsual } = column;
  const isUsualHere = typeof isUsual === 'boolean' ? isUsual : isUsual.includes(view ?? 'mine');
  const shown = choice && !choice.usual ? choice.shown : isUsualHere;
  return { ...column, shown: shown || isLocked, width: choice?.width ?? null, isLocked };
}
