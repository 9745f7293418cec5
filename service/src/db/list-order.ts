import type { Sql } from './database.ts';
import type { ListPlace } from './list-places.ts';
import type { listed } from './visible-emails.ts';

/** A piece of SQL. */
export type Fragment = ReturnType<typeof listed>;

/** How one column sorts the list. Everything here speaks of `e`: `listed_email e` or `outbox_email e`, as `source` says. */
export interface ListOrder {
  source: 'listed_email' | 'outbox_email';
  descending: boolean;
  /** By time of submission, and nothing else. */
  bySubmission: boolean;
  /** Never null where the email is not among the empty ones. Ties go by id. */
  keys: ListKey[];
  /** Emails without a value: last both ways, by id. `null`: every email has one. */
  isEmpty: Fragment | null;
  /** What the keys need beside `e`. */
  join: Fragment | null;
  /** The parts that follow one another in this order, and what indexes hold them. `null`: none does. */
  segments: ListSegment[] | null;
}

export interface ListKey {
  value: Fragment;
  type: 'text' | 'timestamptz' | 'integer';
}

/** Emails that stand together in an order: those with a value, those of one value, those without. */
export interface ListSegment {
  /** Whether an email with this place is among them. */
  holds(place: ListPlace): boolean;
  /** They are those without a value. */
  empty: boolean;
  /** Merged they are the segment. */
  runs: ListRun[] | null;
}

/** Emails that an index holds in order, or a few such stretches. */
export interface ListRun {
  /** Conditions, one for each stretch. */
  stretches: Fragment[];
  /** What an index sorts each stretch by, before the id. */
  keys: Fragment[];
  /** Beyond a place, in the direction of the comparison. */
  beyond(place: ListPlace, comparison: Fragment): Fragment;
}

/** What the list must know of a portal's connectors: statuses and next attempts follow from them. */
export interface ListedConnector {
  id: string;
  name: string;
  enabled: boolean;
  /** Only while it is paused. */
  pausedUntil: Date | null;
}

/** Emails without a value, which an index holds by id. */
export function emptySegment(sql: Sql, isEmpty: Fragment): ListSegment {
  return { holds: (place) => place.empty, empty: true, runs: [runById(sql, [isEmpty])] };
}

/** What an index holds by id, of each stretch. */
export function runById(sql: Sql, stretches: Fragment[]): ListRun {
  return { stretches, keys: [], beyond: ({ id }, comparison) => sql`e.id ${comparison} ${id}::uuid` };
}
