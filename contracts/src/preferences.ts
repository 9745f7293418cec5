import * as v from 'valibot';
import { undoChoices } from './limits.ts';

/**
 * What a user chose, kept for every machine (M13, M18). Fields that this version does not know are kept as they are.
 */
export const preferences = v.looseObject({
  /** Seconds for which Undo Send holds the user's emails; 0 is off. */
  undoSeconds: v.optional(v.picklist(undoChoices)),
});
export type Preferences = v.InferOutput<typeof preferences>;

/** Body of `PATCH /v1/preferences` (RFC 7396): `null` removes a field, and its default holds again. */
export const preferencesPatch = v.pipe(
  v.unknown(),
  // A list would pass for an object with the fields 0, 1, …
  v.check((body) => !Array.isArray(body), 'Give an object.'),
  v.looseObject({
    undoSeconds: v.optional(v.nullable(v.picklist(undoChoices, `Give one of ${undoChoices.join(', ')}.`))),
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
