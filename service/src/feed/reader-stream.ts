import type { BulkOperation, OutboxChange } from '@portal-outbox/contracts';
import { streamResets } from '../runtime/metrics.ts';
import type { LoggedChange } from './change-log.ts';
import { emailEvent } from './email-event.ts';
import { plainEvent, rowEvent, SharedWrites } from './event-bytes.ts';
import { eventId } from './event-id.ts';
import type { FeedLimits } from './feed-limits.ts';
import type { FeedReader } from './feed-reader.ts';
import { Pace } from './pace.ts';
import type { Snapshot } from './snapshot.ts';
import { mostEmails, Unsent } from './unsent.ts';

/** Where a stream's events go. */
export interface ChangeOutlet {
  /** `false`: it is not read fast enough; nothing more is written before the stream is told that it was. */
  write(bytes: Uint8Array): boolean;
}

/** Events that one reader is told in a second in the long run. Beyond, it is told to load again, now and then. */
const emailsPerSecond = 50;
/** What loading again costs a reader: as much as so many events. */
const resetCost = 100;

/** What the streams that are sent something at the same time have in common. */
export interface Moment {
  /** All changes up to here have been offered to all streams. */
  position: Snapshot;
  /** Bulk operations that somebody is told of. */
  operations: ReadonlyMap<string, BulkOperation>;
  writes: SharedWrites;
  now: number;
}

/** One open stream of one reader. */
export class ReaderStream {
  readonly reader: FeedReader;
  readonly unsent: Unsent;
  /** When it was last told how far it is. */
  saidAt: number;
  readonly #outlet: ChangeOutlet;
  readonly #limits: FeedLimits;
  readonly #pace: Pace;
  #isBlocked = false;
  #isClosed = false;

  constructor(reader: FeedReader, outlet: ChangeOutlet, limits: FeedLimits, now: number) {
    this.reader = reader;
    this.unsent = new Unsent(limits.unsent);
    this.#outlet = outlet;
    this.#limits = limits;
    limits.openStreams += 1;
    this.saidAt = now;
    // Not exactly the same for all: who is told to load again in a storm does not come in one moment.
    this.#pace = new Pace(mostEmails, emailsPerSecond * (0.75 + Math.random() / 2), now);
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** The outlet has room again. */
  unblock(): void {
    this.#isBlocked = false;
  }

  /** Nothing is written any more. */
  close(): void {
    if (!this.#isClosed) this.#limits.openStreams -= 1;
    this.#isClosed = true;
    this.unsent.forget();
  }

  /** Says something at once; `position` is what the reader has had by then, `null` when it knows that itself. */
  say(change: OutboxChange, position: Snapshot | null, now: number): void {
    const id = position === null ? null : eventId(position, this.reader.mark);
    this.#write(new SharedWrites().of([plainEvent(change)], id));
    this.saidAt = now;
  }

  /** For how many milliseconds what is unsent has to wait. */
  msUntilTurn(now: number): number {
    if (this.#isBlocked) return Infinity;
    // Whoever lost sight of something does not wait.
    if (this.unsent.urgent) return 0;
    return Math.min(this.#msUntilEvents(now), this.#msUntilReset(now));
  }

  /** Whether what is unsent may go now. More than the reader can follow becomes a `reset`. */
  takeTurn(now: number): boolean {
    const { unsent } = this;
    if (this.#isBlocked) return false;
    if (unsent.urgent) return true;
    if (this.#msUntilEvents(now) === 0) {
      this.#limits.events.take(unsent.cost, now);
      return this.#pace.take(unsent.cost, now);
    }
    if (this.#msUntilReset(now) > 0) return false;
    this.#limits.resets.take(1, now);
    this.#pace.take(resetCost, now);
    unsent.miss();
    return true;
  }

  #msUntilEvents(now: number): number {
    const { reset, cost } = this.unsent;
    return reset ? Infinity : Math.max(this.#pace.msUntil(cost, now), this.#limits.events.msUntil(cost, now));
  }

  /** Not while the reader could follow, if only it were its turn. */
  #msUntilReset(now: number): number {
    const { reset, cost } = this.unsent;
    if (!reset && this.#pace.msUntil(cost, now) === 0) return Infinity;
    return Math.max(this.#pace.msUntil(resetCost, now), this.#limits.resets.msUntil(1, now));
  }

  /** Sends what waits, as far as the outlet takes it. Emails must have been read. */
  send({ position, operations, writes, now }: Moment): void {
    const { unsent } = this;
    const emails = changesByEmail(unsent.changes);
    unsent.forget();
    const events = this.#otherEvents(operations);
    let size = events.reduce((sum, event) => sum + event.length, 0);
    for (const [at, changes] of emails.entries()) {
      if (size >= this.#limits.bytesPerWrite) {
        this.#write(writes.of(events.splice(0), null));
        if (this.#isBlocked) return unsent.putBack(emails.slice(at).flat());
        size = 0;
      }
      const event = this.#emailEvent(changes);
      if (event === null) continue;
      events.push(event);
      size += event.length;
    }
    unsent.urgent = false;
    if (events.length === 0) return;
    this.#write(writes.of(events, eventId(position, this.reader.mark)));
    this.saidAt = now;
  }

  #otherEvents(operations: ReadonlyMap<string, BulkOperation>): Buffer[] {
    const { unsent } = this;
    const events: Buffer[] = [];
    for (const id of unsent.connectorIds) events.push(plainEvent({ type: 'connector', id }));
    unsent.connectorIds.clear();
    for (const id of unsent.bulkIds) {
      const operation = operations.get(id);
      if (operation !== undefined) events.push(plainEvent({ type: 'bulk', operation }));
    }
    unsent.bulkIds.clear();
    for (const id of unsent.hidden) events.push(plainEvent({ type: 'gone', id, why: 'hidden' }));
    unsent.hidden.clear();
    if (unsent.reset) {
      events.push(plainEvent({ type: 'reset' }));
      streamResets.inc();
    }
    unsent.reset = false;
    return events;
  }

  #emailEvent(changes: readonly LoggedChange[]): Buffer | null {
    const { sight, former } = this.reader;
    const event = emailEvent(sight, former, changes);
    if (event === null) return null;
    return event.type === 'row' ? rowEvent(event.present, event.views) : plainEvent(event);
  }

  #write(parts: readonly Buffer[]): void {
    if (this.#isClosed) return;
    for (const part of parts) this.#isBlocked = !this.#outlet.write(part);
  }
}

/** Of each email its changes, in the order of the last ones: whoever has had some of them has had all up to some change. */
function changesByEmail(changes: readonly LoggedChange[]): LoggedChange[][] {
  if (changes.length === 1) return [[...changes]];
  const emails = new Map<string | null, LoggedChange[]>();
  for (const change of changes) {
    const ofEmail = emails.get(change.emailId) ?? [];
    ofEmail.push(change);
    emails.delete(change.emailId);
    emails.set(change.emailId, ofEmail);
  }
  return [...emails.values()];
}
