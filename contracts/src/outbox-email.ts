import * as v from 'valibot';
import { deliveryCauses, type DeliveryCause } from './delivery-cause.ts';
import { refusalReasons, type RefusalReason } from './email-actions.ts';
import { importances, outboxViews, packetTypes } from './outbox-view.ts';
import { sendStatuses } from './send-status.ts';

const time = v.string();
const allowed = v.union([v.literal(true), v.picklist(Object.keys(refusalReasons) as RefusalReason[])]);
export const cause = v.picklist(/* @__PURE__ */ Object.keys(deliveryCauses) as DeliveryCause[]);

/** One row of the grid (M14). Times are RFC 3339 instants in UTC. */
export const outboxEmail = v.object({
  id: v.string(),
  /** Rises with every change of the row; an older copy never replaces a newer one. */
  version: v.number(),
  submittedAt: time,
  /** The first recipient in To and how many recipients there are in all. */
  to: v.object({ first: v.object({ name: v.string(), address: v.string() }), count: v.number() }),
  from: v.object({ name: v.string(), address: v.string() }),
  subject: v.string(),
  author: v.nullable(v.object({ id: v.string(), name: v.string() })),
  systemGenerated: v.boolean(),
  importance: v.picklist(importances),
  connector: v.object({
    id: v.string(),
    name: v.string(),
    /** When a paused connector is tried again; `null` when it is not paused. */
    pausedUntil: v.nullable(time),
  }),
  status: v.picklist(sendStatuses),
  /** A worker has it in hand ("Being sent"). */
  beingSent: v.boolean(),
  /** Nobody knows whether the recipient has it (B1). */
  mayHaveBeenSent: v.boolean(),
  lastAttemptAt: v.nullable(time),
  /** Why the last attempt failed: the cause is ours, the reply the mail server's own words (hostile). */
  lastFailure: v.nullable(v.object({ cause, reply: v.string() })),
  /** "Logged": when it first failed. */
  firstFailedAt: v.nullable(time),
  /** When it really leaves. Empty for Failed and Connector Disabled. */
  nextAttemptAt: v.nullable(time),
  /**
   * Held by Undo Send until then, as people are shown it: `nextAttemptAt` less the margin in which a late click still
   * works. `null` when it is not held; a date of its own is no hold.
   */
  undoUntil: v.optional(v.nullable(time)),
  packet: v.nullable(
    v.object({ ref: v.string(), type: v.picklist(packetTypes), url: v.nullable(v.string()) }),
  ),
  /** "Send Retry Count": attempts that named the sender to the server. */
  sendCount: v.number(),
  attachmentCount: v.number(),
  can: v.object({ retry: allowed, sendNow: allowed, cancel: allowed }),
});
export type OutboxEmail = v.InferOutput<typeof outboxEmail>;

/** Answer to `GET /v1/outbox`. */
export const outboxPage = v.object({
  items: v.array(outboxEmail),
  view: v.picklist(outboxViews),
  /** Exact, of what matches. */
  total: v.number(),
  /** Something has changed since the total was counted: ask for the count in so many milliseconds. `null`: nothing has. */
  totalNewerInMs: v.optional(v.nullable(v.number())),
  /** Cursors of the pages around this one; `null`: there is none. */
  next: v.nullable(v.string()),
  previous: v.nullable(v.string()),
  /** Of the last page; `null` on it. */
  last: v.optional(v.nullable(v.string())),
  /** The place of the first row among all, from 1; 0 where there is none. */
  from: v.optional(v.number()),
  /** The sort that the page is in. */
  sort: v.optional(v.string()),
});
export type OutboxPage = v.InferOutput<typeof outboxPage>;
