import * as v from 'valibot';
import { bulkSkipReasons, type BulkSkipReason } from './bulk-skip-reasons.ts';
import { uuid } from './field-schemas.ts';
import { limits } from './limits.ts';
import { outboxFilter } from './outbox-query.ts';
import { outboxViews } from './outbox-view.ts';

/** What may be asked for many emails at once. `restore` is the undo of a cancel. */
export const bulkActions = ['retry', 'cancel', 'restore'] as const;
export type BulkAction = (typeof bulkActions)[number];

export const bulkStates = ['gathering', 'running', 'stopped', 'done'] as const;
export type BulkState = (typeof bulkStates)[number];

const skipReason = v.picklist(Object.keys(bulkSkipReasons) as BulkSkipReason[]);
const skipped = v.array(v.object({ reason: skipReason, total: v.number() }));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/**
 * Body of `POST /v1/bulk`: emails by their ids, or everything of a view that matches a filter, as of the moment of
 * asking. `dryRun` counts and does nothing.
 */
export const bulkRequest = v.pipe(
  v.strictObject({
    action: v.picklist(['retry', 'cancel'], 'Give retry or cancel.'),
    ids: v.optional(
      v.pipe(
        v.array(uuid),
        v.minLength(1, 'Name at least one email.'),
        v.maxLength(limits.bulkIds, `Name at most ${limits.bulkIds} emails, or give a query.`),
      ),
    ),
    query: v.optional(
      v.strictObject({ view: v.picklist(outboxViews), filter: v.optional(outboxFilter, {}) }),
    ),
    /** A retry takes those along that may have been sent: a person has said so. */
    acceptDuplicate: v.optional(v.boolean(), false),
    dryRun: v.optional(v.boolean(), false),
  }),
  v.check((body) => (body.ids === undefined) !== (body.query === undefined), 'Give either ids or query.'),
);
export type BulkRequest = v.InferOutput<typeof bulkRequest>;

/** Answer to a dry run: of `matched` emails so many would be acted on, the others skipped. */
export const bulkPreview = v.object({ matched: count, eligible: count, skipped });
export type BulkPreview = v.InferOutput<typeof bulkPreview>;

/** One action on many emails, under way or over. Times are RFC 3339 instants in UTC. */
export const bulkOperation = v.object({
  id: v.string(),
  action: v.picklist(bulkActions),
  /** `gathering`: the emails that match are being noted; `stopped`: by its owner, what was done stays. */
  state: v.picklist(bulkStates),
  /** How many emails it is for; `null` while they are being gathered. */
  matched: v.nullable(count),
  done: count,
  skipped,
  createdAt: v.string(),
  endedAt: v.nullable(v.string()),
  /** Of a cancel: until when all of it can be taken back; `null` when it cannot (any more). */
  undoUntil: v.nullable(v.string()),
  /** Of a `restore`: the cancel that it takes back. */
  undoes: v.nullable(v.string()),
  /** Of a retry: what has become of the emails that it retried (B12). `waiting` ones are still on their way. */
  mail: v.nullable(v.object({ sent: count, failed: count, waiting: count, cancelled: count })),
});
export type BulkOperation = v.InferOutput<typeof bulkOperation>;

/** Answer to `GET /v1/bulk`: the caller's own, newest first. */
export const bulkOperations = v.object({ items: v.array(bulkOperation) });

/** What became of one email; `not_reached` while it runs, or for good when it was stopped before. */
export const bulkResult = v.object({
  id: v.string(),
  result: v.picklist(['done', 'skipped', 'not_reached']),
  reason: v.nullable(skipReason),
  /** To tell it by; `null` when the caller cannot see it (any more). */
  email: v.nullable(
    v.object({
      to: v.object({ first: v.object({ name: v.string(), address: v.string() }), count: v.number() }),
      subject: v.string(),
    }),
  ),
});
export type BulkResult = v.InferOutput<typeof bulkResult>;

/** Answer to `GET /v1/bulk/:id/results`: at most 1,000 emails, in the order in which they are acted on. */
export const bulkResults = v.object({ items: v.array(bulkResult), next: v.nullable(v.string()) });
export type BulkResults = v.InferOutput<typeof bulkResults>;
