import type { LoggedChange } from './change-log.ts';

/** Emails that one reader is told of one by one; more: one `reset`. */
export const mostEmails = 1000;
/** Changes that all streams of the process together keep; beyond, a stream keeps so few. */
const mostOfAll = 100_000;
const fewChanges = 50;

/** What all streams of the process keep. */
export interface UnsentTotal {
  changes: number;
}

/** What one stream has not been sent yet. Never more than a bounded number of references: beyond, a `reset` stands for all. */
export class Unsent {
  /** Emails that the reader lost sight of. */
  readonly hidden = new Set<string>();
  /** Connectors, and bulk operations of the reader's own. */
  readonly connectorIds = new Set<string>();
  readonly bulkIds = new Set<string>();
  /** The reader has to load again. */
  reset = false;
  /** It must be told now: it has lost sight of something. */
  urgent = false;
  #changes: LoggedChange[] = [];
  #isMerged = true;
  readonly #total: UnsentTotal;

  constructor(total: UnsentTotal) {
    this.#total = total;
  }

  get isEmpty(): boolean {
    return !this.reset && this.cost === 0 && this.connectorIds.size + this.bulkIds.size === 0;
  }

  /** Emails to tell of, after `merge`. */
  get cost(): number {
    return this.#changes.length + this.hidden.size;
  }

  /** Of emails, in the order of their last changes, after `merge`. */
  get changes(): readonly LoggedChange[] {
    return this.#changes;
  }

  /** Changes of emails, or others. Returns whether there is something to send now that was not before. */
  add(changes: readonly LoggedChange[]): boolean {
    const [first] = changes;
    if (first === undefined || (this.reset && first.emailId !== null)) return false;
    if (first.emailId === null) {
      for (const change of changes) this.#addOther(change);
      return true;
    }
    const crowded = this.#total.changes > mostOfAll;
    const most = crowded ? fewChanges : mostEmails;
    const together = this.#changes.length + changes.length;
    // In a storm most readers will load again: nothing is gathered for them.
    if (together > most && (crowded || changes.length > most)) {
      this.miss();
      return true;
    }
    for (const change of changes) this.#changes.push(change);
    this.#total.changes += changes.length;
    this.#isMerged = together === 1;
    if (together > most) {
      this.merge();
      if (this.#changes.length > most) this.miss();
    }
    return true;
  }

  /** Of several changes of an email only those stay that say something of their own. */
  merge(): void {
    if (this.#isMerged) return;
    const before = this.#changes.length;
    const last = new Map<string | null, LoggedChange>();
    for (const change of this.#changes) {
      if (change.number >= (last.get(change.emailId)?.number ?? 0)) last.set(change.emailId, change);
    }
    const says = (change: LoggedChange): boolean => {
      const latest = last.get(change.emailId);
      if (change === latest || change.teamKeysBefore !== null) return true;
      return change.teamKeys.join() !== latest?.teamKeys.join();
    };
    if (last.size < before) this.#changes = this.#changes.filter(says);
    this.#changes.sort((a, b) => a.number - b.number);
    this.#total.changes += this.#changes.length - before;
    this.#isMerged = true;
  }

  /** The reader has to load again, which tells it more than all that waited. */
  miss(): void {
    this.reset = true;
    this.forget();
  }

  /** Nobody waits for the changes any more. */
  forget(): void {
    this.#total.changes -= this.#changes.length;
    this.#changes = [];
    this.#isMerged = true;
  }

  /** These were not sent after all. */
  putBack(changes: readonly LoggedChange[]): void {
    this.add(changes);
  }

  hide(ids: readonly string[]): void {
    for (const id of ids) this.hidden.add(id);
    if (this.hidden.size <= mostEmails) return;
    this.hidden.clear();
    this.miss();
  }

  /** Whoever is so slow that the log has forgotten what it waits for loads again. After `merge`. */
  forgetBefore(firstNumber: number): void {
    if ((this.#changes[0]?.number ?? Infinity) < firstNumber) this.miss();
  }

  #addOther({ bulkId, connectorId }: LoggedChange): void {
    if (bulkId !== null) this.bulkIds.add(bulkId);
    else if (connectorId !== null) this.connectorIds.add(connectorId);
    else this.miss();
  }
}
