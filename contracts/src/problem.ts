import * as v from 'valibot';
import { heldEmails } from './connector.ts';
import { outboxEmail } from './outbox-email.ts';

/** The closed list of error codes (RFC 9457), each with its HTTP status and title. */
export const problems = {
  unauthenticated: { status: 401, title: 'No valid token' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  invalid: { status: 400, title: 'Invalid request' },
  too_large: { status: 413, title: 'Too large' },
  rate_limited: { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
  stale_cursor: { status: 400, title: 'Cursor no longer fits' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key used for another request' },
  version_conflict: { status: 412, title: 'Changed by somebody else' },
  being_sent: { status: 409, title: 'Being sent right now' },
  already_sent: { status: 409, title: 'Already sent' },
  already_cancelled: { status: 409, title: 'Already cancelled' },
  connector_disabled: { status: 409, title: 'Connector disabled' },
  not_tried_yet: { status: 409, title: 'Not tried yet' },
  may_have_been_sent: { status: 409, title: 'May have been sent' },
  not_restorable: { status: 409, title: 'Cannot be restored' },
  connector_untested: { status: 409, title: 'Connector not tested' },
} as const;
export type ProblemCode = keyof typeof problems;

/** `application/problem+json`: what is wrong, where, and what to do about it. */
export const problem = v.object({
  type: v.literal('about:blank'),
  title: v.string(),
  status: v.number(),
  code: v.picklist(Object.keys(problems) as ProblemCode[]),
  /** What to do, for a developer or a person. */
  detail: v.string(),
  /** The row as it is, where an action on it was not possible. */
  email: v.optional(outboxEmail),
  /** What enabling a connector has to decide on. */
  held: v.optional(heldEmails),
  /** The offending fields, as JSON pointers (RFC 6901) or header names. At most 20. */
  fields: v.optional(v.array(v.object({ field: v.string(), detail: v.string() }))),
});
export type Problem = v.InferOutput<typeof problem>;
