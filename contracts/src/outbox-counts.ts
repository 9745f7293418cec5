import * as v from 'valibot';
import { cause } from './outbox-email.ts';
import { outboxViews } from './outbox-view.ts';

const instant = v.string();
const connector = v.object({ id: v.string(), name: v.string() });

const inBothLanguages = v.object({ en: v.string(), fr: v.string() });

/**
 * How fresh a count is. Readers of the same scope share it: it is exact as of an instant, and costs the service nothing
 * while nothing changes.
 */
const freshness = {
  /** The emails as they were at this instant, by the database's clock. */
  asOf: v.optional(instant),
  /** Something has changed since `asOf`: ask again in so many milliseconds, not sooner. `null`: nothing has. */
  newerInMs: v.optional(v.nullable(v.number())),
};

/** Answer to `GET /v1/outbox/count`: what of a view matches the filter. */
export const outboxCount = v.object({
  view: v.picklist(outboxViews),
  total: v.number(),
  failed: v.number(),
  /** They add up to `total`, as do those of the connectors. */
  byStatus: v.optional(
    v.object({
      failed: v.number(),
      connector_disabled: v.number(),
      pending_retry: v.number(),
      queued: v.number(),
    }),
  ),
  /** Connectors that have any, the one with most first. */
  byConnector: v.optional(v.array(v.object({ ...connector.entries, total: v.number() }))),
  /** When the email that has been in the outbox longest was submitted; `null` when there is none. */
  oldestWaitingAt: v.optional(v.nullable(instant)),
  ...freshness,
});
export type OutboxCount = v.InferOutput<typeof outboxCount>;

/** Answer to `GET /v1/outbox/causes` (B3): emails whose last attempt failed, by connector and cause, most first. */
export const outboxCauses = v.object({
  view: v.picklist(outboxViews),
  items: v.array(
    v.object({
      connector,
      cause,
      /** What the cause means, and what to do about it. */
      meaning: inBothLanguages,
      advice: inBothLanguages,
      total: v.number(),
      /** Of them those that the system has given up, and those that it tries again. */
      failed: v.number(),
      waiting: v.number(),
      /** The last attempts of these emails: the earliest and the latest. */
      firstAt: v.nullable(instant),
      lastAt: v.nullable(instant),
      /** The mail server’s words on one of them, of those that came last (hostile). */
      exampleReply: v.string(),
    }),
  ),
  ...freshness,
});
export type OutboxCauses = v.InferOutput<typeof outboxCauses>;
