import * as v from 'valibot';
import { outboxSorts } from './outbox-sort.ts';
import { outboxViews } from './outbox-view.ts';
import { preferences } from './preferences.ts';

/** Answer to `GET /v1/me`. */
export const me = v.object({
  user: v.object({ id: v.string(), name: v.string() }),
  roles: v.array(v.string()),
  /** The view that a visit opens: the one chosen last, else that of a first visit (M5). */
  view: v.picklist(outboxViews),
  /** How a visit sorts and how many emails it shows a page: as chosen last. */
  sort: v.optional(v.picklist(outboxSorts)),
  pageSize: v.optional(v.number()),
  hasTeam: v.boolean(),
  pageSizes: v.array(v.number()),
  /** What the user chose; `undoSeconds` is the delay that holds now. */
  preferences: v.optional(preferences),
  /** Seconds of Undo Send that the portal offers. */
  undoChoices: v.optional(v.array(v.number())),
  limits: v.optional(
    v.object({
      /** Text, HTML and attachments of one email together. */
      maxEmailBytes: v.number(),
      recipientsPerEmail: v.number(),
      attachmentsPerEmail: v.number(),
      subjectCharacters: v.number(),
      /** How far ahead an email may be scheduled. */
      scheduleDays: v.number(),
      /** How long a cancelled email can be restored. */
      restoreHours: v.number(),
    }),
  ),
  /** By the clock that decides when an email leaves. */
  serverTime: v.string(),
});
export type Me = v.InferOutput<typeof me>;
