import * as v from 'valibot';
import { emailFields, hasBody, hasFewRecipients } from './email-submission.ts';
import { bodyText, hostId, instant, uuid } from './field-schemas.ts';

/**
 * One line of `POST /v1/import`: an email that an older system could not send (M11). It enters as Failed and goes only
 * by a manual Retry.
 */
export const importedEmail = v.pipe(
  v.strictObject({
    ...emailFields,
    /** The host's own name for it: the same again is answered as `exists`, never kept twice. */
    externalId: hostId,
    /** When it was submitted in the older system. */
    submittedAt: instant,
    failure: v.optional(
      v.strictObject({
        /** When it last failed there. */
        at: v.optional(instant),
        /** Why, in the words of the mail server or of the older system. */
        message: v.optional(bodyText, ''),
      }),
      {},
    ),
    /** How many times it was tried there. */
    attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000)), 0),
  }),
  v.forward(hasBody(), ['text']),
  v.forward(hasFewRecipients(), ['to']),
);
export type ImportedEmail = v.InferOutput<typeof importedEmail>;

export const importStatuses = ['created', 'exists', 'invalid'] as const;

/** One line of the answer to `POST /v1/import`; a line for each line of the request that is not empty, in its order. */
export const importAnswer = v.object({
  /** The line of the request, from 1. */
  line: v.number(),
  status: v.picklist(importStatuses),
  /** The email's id, as created now or before. */
  id: v.optional(uuid),
  /** Of an invalid line. */
  code: v.optional(v.picklist(['invalid', 'too_large'])),
  /** The offending fields, as JSON pointers (RFC 6901) into the line. At most 20. */
  problems: v.optional(v.array(v.object({ field: v.string(), detail: v.string() }))),
});
export type ImportAnswer = v.InferOutput<typeof importAnswer>;
