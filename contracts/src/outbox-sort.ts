/** The columns of the grid (M14, B11), each of which sorts the list. */
export const outboxSortColumns = [
  'to',
  'subject',
  'connector',
  'importance',
  'systemGenerated',
  'lastAttemptAt',
  'failureMessage',
  'firstFailedAt',
  'nextAttemptAt',
  'packet',
  'packetType',
  'sendCount',
  'status',
  'attachmentCount',
  'author',
  'from',
  'submittedAt',
] as const;
export type OutboxSortColumn = (typeof outboxSortColumns)[number];

/** A column; with `-` before it from the greatest to the smallest. Empty values come last both ways, ties go by id. */
export type OutboxSort = OutboxSortColumn | `-${OutboxSortColumn}`;

/** Newest submission first. */
export const defaultSort: OutboxSort = '-submittedAt';

export const outboxSorts = outboxSortColumns.flatMap((column): OutboxSort[] => [column, `-${column}`]);
