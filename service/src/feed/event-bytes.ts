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

/** What is copied for each reader; more is written by itself, the same bytes for all who are told the same. */
const mostCopied = 512;

/** The larger writes of one moment, made once for all readers who are told the same. */
export class SharedWrites {
  readonly #writes = new Map<string, Buffer>();
  readonly #numbers = new Map<Buffer, number>();

  /** These events, one after the other; `id` is that of the last one, `null` when more of the same moment is to follow. */
  of(events: readonly Buffer[], id: string | null): Buffer[] {
    const end = id === null ? lineEnd : Buffer.from(`id: ${id}\n\n`);
    const size = events.reduce((sum, event) => sum + event.length, 0);
    return size <= mostCopied ? [Buffer.concat([...separated(events), end])] : [this.#shared(events), end];
  }

  #shared(events: readonly Buffer[]): Buffer {
    const key = events.map((event) => this.#numberOf(event)).join();
    let write = this.#writes.get(key);
    if (write === undefined) this.#writes.set(key, (write = Buffer.concat(separated(events))));
    return write;
  }

  #numberOf(event: Buffer): number {
    const number = this.#numbers.get(event) ?? this.#numbers.size;
    if (number === this.#numbers.size) this.#numbers.set(event, number);
    return number;
  }
}

/** With the empty line that ends each but the last, which the id follows. */
function separated(events: readonly Buffer[]): Buffer[] {
  return events.flatMap((event, at) => (at === 0 ? [event] : [lineEnd, event]));
}
