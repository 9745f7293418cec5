import type { LoggedChange } from './change-log.ts';

/** Emails that one reader is told of one by one; more: one `reset`. */
export const mostEmails = 1000;
/** Changes of them that are kept until they are sent. */
const mostChanges = 3000;

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
    this.#changes += 1;
    this.#oldest = Math.min(this.#oldest, change.number);
    if (this.emails.size > mostEmails || this.#changes > mostChanges) this.miss();
  }

  /** The reader has to load again, which tells it more than all that waited. */
  miss(): void {
    this.reset = true;
    this.emails.clear();
    this.#changes = 0;
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
    this.#changes -= this.emails.get(emailId)?.length ?? 0;
    this.emails.delete(emailId);
    if (this.emails.size === 0) this.#oldest = Infinity;
  }
}
