import type { LoggedChange } from './change-log.ts';

/** Emails that one reader is told of one by one; more: one `reset`. */
export const mostEmails = 1000;
/** Changes of them that are kept until they are sent. */
const mostChanges = 3000;
/** Changes that all streams of the process together keep; beyond, a stream keeps so few. */
const mostOfAll = 100_000;
const fewChanges = 50;

/** What all streams of the process keep. */
export interface UnsentTotal {
  changes: number;
}

/** What one stream has not been sent yet. Never more than a bounded number of references: beyond, a `reset` stands for all. */
export class Unsent {
  /** Of each email its changes, in the order of the last ones. */
  readonly emails = new Map<string, LoggedChange[]>();
  /** Emails that the reader lost sight of. */
  readonly hidden = new Set<string>();
  /** Connectors, and bulk operations of the reader's own. */
  readonly connectorIds = new Set<string>();
  readonly bulkIds = new Set<string>();
  /** The reader has to load again. */
  reset = false;
  /** It must be told now: it has lost sight of something. */
  urgent = false;
  #changes = 0;
  #oldest = Infinity;
  readonly #total: UnsentTotal;

  constructor(total: UnsentTotal) {
    this.#total = total;
  }

  get isEmpty(): boolean {
    return !this.reset && this.cost === 0 && this.connectorIds.size + this.bulkIds.size === 0;
  }

  /** Emails to tell of. */
  get cost(): number {
    return this.emails.size + this.hidden.size;
  }

  add(change: LoggedChange): void {
    if (change.bulkId !== null) return void this.bulkIds.add(change.bulkId);
    if (change.connectorId !== null) return void this.connectorIds.add(change.connectorId);
    if (change.emailId === null) return this.miss();
    if (this.reset) return;
    const changes = this.emails.get(change.emailId) ?? [];
    changes.push(change);
    // To the end: a reader that has had a part of it has had all up to some change.
    this.emails.delete(change.emailId);
    this.emails.set(change.emailId, changes);
    this.#count(1);
    this.#oldest = Math.min(this.#oldest, change.number);
    const mostHere = this.#total.changes > mostOfAll ? fewChanges : mostChanges;
    if (this.emails.size > mostEmails || this.#changes > mostHere) this.miss();
  }

  /** The reader has to load again, which tells it more than all that waited. */
  miss(): void {
    this.reset = true;
    this.forget();
  }

  /** Nobody waits for it any more. */
  forget(): void {
    this.emails.clear();
    this.#count(-this.#changes);
    this.#oldest = Infinity;
  }

  hide(ids: readonly string[]): void {
    for (const id of ids) this.hidden.add(id);
    if (this.hidden.size <= mostEmails) return;
    this.hidden.clear();
    this.miss();
  }

  /** Whoever is so slow that the log has forgotten what it waits for loads again. */
  forgetBefore(firstNumber: number): void {
    if (this.#oldest < firstNumber) this.miss();
  }

  /** Takes an email out: it is being sent. */
  sent(emailId: string): void {
    this.#count(-(this.emails.get(emailId)?.length ?? 0));
    this.emails.delete(emailId);
    if (this.emails.size === 0) this.#oldest = Infinity;
  }

  #count(changes: number): void {
    this.#changes += changes;
    this.#total.changes += changes;
  }
}
