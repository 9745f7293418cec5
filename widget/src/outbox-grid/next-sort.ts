import { defaultSort, type OutboxSort, type OutboxSortColumn } from '@portal-outbox/contracts';

/** What a press on a header leads to: ascending, descending, and at the third press `null`: the usual order again. */
export function nextSort(sort: OutboxSort, column: OutboxSortColumn): OutboxSort | null {
  if (sort === column) return isUsual(`-${column}`) ? null : `-${column}`;
  return sort === `-${column}` && !isUsual(sort) ? null : column;
}

export function sortDirection(
  sort: OutboxSort,
  column: OutboxSortColumn,
): 'ascending' | 'descending' | undefined {
  if (sort === column) return 'ascending';
  return sort === `-${column}` ? 'descending' : undefined;
}

const isUsual = (sort: OutboxSort): boolean => sort === defaultSort;
