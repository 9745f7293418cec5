import type { OutboxChange, OutboxView } from '@portal-outbox/contracts';
import type { PresentEmail } from './change-log.ts';

/*
 * Events as they go over the line (server-sent events), each without the empty line that ends it: the last one of a write
 * carries the id from which the reader resumes, so that a write that breaks in the middle is told again.
 */

const lineEnd = Buffer.from('\n');

/** A row for everybody who has it in these views. JSON has no line breaks of its own. */
export function rowEvent(present: PresentEmail, views: readonly OutboxView[]): Buffer {
  const named = JSON.stringify(views);
  let event = present.events.get(named);
  if (event === undefined) {
    event = Buffer.from(`event: row\ndata: {"type":"row","email":${present.email},"views":${named}}\n`);
    present.events.set(named, event);
  }
  return event;
}

export function plainEvent(change: OutboxChange): Buffer {
  return Buffer.from(`event: ${change.type}\ndata: ${JSON.stringify(change)}\n`);
}

/** One write; `id` is that of its last event, `null` when more of the same moment is to follow. */
export function oneWrite(events: readonly Buffer[], id: string | null): Buffer {
  const parts = events.flatMap((event, at) => (at === 0 ? [event] : [lineEnd, event]));
  return Buffer.concat([...parts, id === null ? lineEnd : Buffer.from(`id: ${id}\n\n`)]);
}
