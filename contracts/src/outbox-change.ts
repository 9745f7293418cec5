import * as v from 'valibot';
import { bulkOperation } from './bulk-operation.ts';
import { outboxEmail } from './outbox-email.ts';
import { outboxViews } from './outbox-view.ts';

/**
 * Events of `GET /v1/changes` (server-sent events; the SSE event name is `type`, the id resumes the stream).
 * `reset`: reload, changes were missed. `expired`: the token's time is over, come back with a new one.
 */
export const outboxChange = v.variant('type', [
  /** The row as it is now and the views of this reader that it is in. */
  v.object({ type: v.literal('row'), email: outboxEmail, views: v.array(v.picklist(outboxViews)) }),
  /** It left the outbox, or this reader's sight (`hidden`). */
  v.object({ type: v.literal('gone'), id: v.string(), why: v.picklist(['sent', 'cancelled', 'hidden']) }),
  /** A connector was toggled, paused or renamed: one event, not one per email. */
  v.object({ type: v.literal('connector'), id: v.string() }),
  /** A bulk operation of this reader’s own has moved: how far it is. */
  v.object({ type: v.literal('bulk'), operation: bulkOperation }),
  /** First event of every stream; `serverTime` sets countdowns right. */
  v.object({ type: v.literal('hello'), serverTime: v.string() }),
  v.object({ type: v.literal('reset') }),
  /** Nothing has happened: only its id counts, from which a stream on which little happens resumes. */
  v.object({ type: v.literal('alive') }),
  v.object({ type: v.literal('expired') }),
]);
export type OutboxChange = v.InferOutput<typeof outboxChange>;
