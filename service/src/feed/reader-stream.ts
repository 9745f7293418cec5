import type { BulkOperation, OutboxChange } from '@portal-outbox/contracts';
import type { LoggedChange } from './change-log.ts';
import { emailEvent } from './email-event.ts';
import { oneWrite, plainEvent, rowEvent } from './event-bytes.ts';
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
const bytesPerWrite = 16 * 1024;

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
    this.#isClosed = true;
    this.unsent.forget();
  }

  /** Says something at once; `position` is what the reader has had by then, `null` when it knows that itself. */
  say(change: OutboxChange, position: Snapshot | null, now: number): void {
    this.#write([plainEvent(change)], position === null ? null : eventId(position, this.reader.mark));
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
  send(position: Snapshot, operations: ReadonlyMap<string, BulkOperation>, now: number): void {
    const { unsent } = this;
    const events = this.#otherEvents(operations);
    let size = events.reduce((sum, event) => sum + event.length, 0);
    for (const [id, changes] of unsent.emails) {
      if (size >= bytesPerWrite) {
        this.#write(events.splice(0), null);
        if (this.#isBlocked) return;
        size = 0;
      }
      const event = this.#emailEvent(changes);
      unsent.sent(id);
      if (event === null) continue;
      events.push(event);
      size += event.length;
    }
    unsent.urgent = false;
    if (events.length === 0) return;
    this.#write(events, eventId(position, this.reader.mark));
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
    if (unsent.reset) events.push(plainEvent({ type: 'reset' }));
    unsent.reset = false;
    return events;
  }

  #emailEvent(changes: readonly LoggedChange[]): Buffer | null {
    const { sight, former } = this.reader;
    const event = emailEvent(sight, former, changes);
    if (event === null) return null;
    return event.type === 'row' ? rowEvent(event.present, event.views) : plainEvent(event);
  }

  #write(events: readonly Buffer[], id: string | null): void {
    if (!this.#isClosed) this.#isBlocked = !this.#outlet.write(oneWrite(events, id));
  }
}
