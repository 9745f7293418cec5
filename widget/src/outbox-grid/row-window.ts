/** Rows from `first` up to, not including, `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

export interface ScrollPlace {
  /** Pixels. */
  scrollTop: number;
  /** Of the part in which rows are seen. */
  height: number;
  rowHeight: number;
}

/** Rows rendered beyond each edge, so that scrolling meets rows and not emptiness. */
const margin = 6;
/** The rendered rows change in steps, not at each row that comes into sight. */
const step = 3;

/** Which rows are rendered. Rows have one height, so it is a division. */
export function rowWindow({ scrollTop, height, rowHeight }: ScrollPlace, count: number): RowRange {
  const firstInSight = Math.floor(scrollTop / rowHeight);
  const endOfSight = Math.ceil((scrollTop + height) / rowHeight);
  const first = Math.floor((firstInSight - margin) / step) * step;
  const end = Math.ceil((endOfSight + margin) / step) * step;
  return { first: Math.min(count, Math.max(0, first)), end: Math.max(0, Math.min(count, end)) };
}

/** Where to scroll so that a row is wholly in sight; the place stays where it is already. */
export function revealRow({ scrollTop, height, rowHeight }: ScrollPlace, index: number): number {
  const top = index * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}
