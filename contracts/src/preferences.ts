import * as v from 'valibot';
import { mandatoryColumns, pageSizes, undoChoices } from './limits.ts';
import { outboxSorts } from './outbox-sort.ts';
import { outboxViews } from './outbox-view.ts';

/** Columns by the name that sorts them; a newer page's own stay as they are. CSS pixels. */
const column = v.looseObject({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/, 'Give the name of a column.')),
  shown: v.boolean(),
  width: v.optional(
    v.pipe(v.number(), v.minValue(20, 'Give 20 to 4000.'), v.maxValue(4000, 'Give 20 to 4000.')),
  ),
});

const fields = {
  /** The view that a visit opens. */
  view: v.picklist(outboxViews, `Give one of ${outboxViews.join(', ')}.`),
  pageSize: v.picklist(pageSizes, `Give one of ${pageSizes.join(', ')}.`),
  sort: v.picklist(outboxSorts, 'Give the name of a column, with - before it for descending.'),
  /** Which columns are shown, in which order and how wide; what is not named has its usual place and width. */
  columns: v.pipe(
    v.array(column),
    v.maxLength(100, 'Give at most 100 columns.'),
    v.check(
      (columns) => new Set(columns.map(({ id }) => id)).size === columns.length,
      'Give each column once.',
    ),
    v.check(
      (columns) => columns.every(({ id, shown }) => shown || !mandatoryColumns.includes(id)),
      `Always shown: ${mandatoryColumns.join(', ')}.`,
    ),
  ),
  /** Seconds for which Undo Send holds the user's emails; 0 is off. */
  undoSeconds: v.picklist(undoChoices, `Give one of ${undoChoices.join(', ')}.`),
};

/**
 * What a user chose, kept for every machine (M13, M18). Of changes on several pages the last one holds, field by field.
 * Fields that this version does not know are kept as they are.
 */
export const preferences = v.looseObject({
  view: v.optional(fields.view),
  pageSize: v.optional(fields.pageSize),
  sort: v.optional(fields.sort),
  columns: v.optional(fields.columns),
  undoSeconds: v.optional(fields.undoSeconds),
});
export type Preferences = v.InferOutput<typeof preferences>;

/** What can be used of what is kept: another version of the page may have kept values that this one does not know. */
export function readPreferences(kept: Readonly<Record<string, unknown>>): Preferences {
  const isUsable = ([name, value]: [string, unknown]): boolean =>
    !Object.hasOwn(fields, name) || v.is(fields[name as keyof typeof fields], value);
  return Object.fromEntries(Object.entries(kept).filter(isUsable));
}

/** Body of `PATCH /v1/preferences` (RFC 7396): `null` removes a field, and its default holds again. */
export const preferencesPatch = v.pipe(
  v.unknown(),
  // A list would pass for an object with the fields 0, 1, …
  v.check((body) => !Array.isArray(body), 'Give an object.'),
  v.looseObject({
    view: v.nullish(fields.view),
    pageSize: v.nullish(fields.pageSize),
    sort: v.nullish(fields.sort),
    columns: v.nullish(fields.columns),
    undoSeconds: v.nullish(fields.undoSeconds),
  }),
  v.check(
    (body) => isKeepable(body),
    'Nest at most 20 deep, and send well-formed Unicode without NUL characters.',
  ),
);

const deepest = 20;

/** What PostgreSQL can keep as JSON; without recursion, for nothing says yet how deep it goes. */
function isKeepable(body: unknown): boolean {
  const unseen: [value: unknown, depth: number][] = [[body, 0]];
  for (let next = unseen.pop(); next !== undefined; next = unseen.pop()) {
    const [value, depth] = next;
    if (typeof value === 'string' && !isKeepableText(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === deepest || !Object.keys(value).every(isKeepableText)) return false;
    for (const part of Object.values(value)) unseen.push([part, depth + 1]);
  }
  return true;
}

function isKeepableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
