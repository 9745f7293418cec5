import type { OutboxEmail } from '@portal-outbox/contracts';
import type { EmailOrder } from './email-order.ts';

export type LeftReason = 'sent' | 'cancelled' | 'hidden';

export interface PageRow {
  readonly email: OutboxEmail;
  /** Why it is no longer in the view; `null` while it is. */
  readonly left: LeftReason | null;
  /** When it left, ms since 1970; 0 while it is here. */
  readonly leftAt: number;
  /** Still in the view, but it has changed so that it no longer matches the filter or stands out of order. */
  readonly fits: boolean;
  /** It stands where the order wants it. */
  readonly inOrder: boolean;
}

/** Whether an email matches the filter; `null`: its row cannot tell. */
export type EmailMatch = (email: OutboxEmail) => boolean | null;

/**
 * The rows of one page: the ids it was loaded with, in their order. Rows change in place, a newer version
 * only, and keep their place. `rows` is a new array after every change.
 */
export class PageRows {
  rows: readonly PageRow[] = [];
  #order: EmailOrder = () => 0;
  #matches: EmailMatch = () => true;

  clear(): void {
    this.rows = [];
  }

  /** The page as the service gave it, and what it was asked for. */
  replace(emails: readonly OutboxEmail[], order: EmailOrder, matches: EmailMatch): void {
    this.#order = order;
    this.#matches = matches;
    this.rows = emails.map(here);
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  find(id: string): PageRow | undefined {
    return this.rows.find((row) => row.email.id === id);
  }

  /**
   * Changes the row in place, unless this is older; a row that had left is back. The same version may differ: what its
   * connector's state decides is not the row's own.
   */
  change(email: OutboxEmail): void {
    const index = this.rows.findIndex((row) => row.email.id === email.id);
    const row = this.rows[index];
    if (!row || (row.left === null && row.email.version > email.version)) return;
    const inOrder = this.#order(row.email, email) === 0 ? row.inOrder : this.#standsInOrder(index, email);
    const fits = inOrder && this.#matches(email) !== false;
    this.#swap(email.id, { email, left: null, leftAt: 0, fits, inOrder });
  }

  leave(id: string, why: LeftReason, now: number): void {
    const row = this.find(id);
    if (row?.left === null) this.#swap(id, { ...row, left: why, leftAt: now });
  }

  /** Takes out, in one step, what has been seen leaving for long enough. */
  collapse(now: number): void {
    this.rows = this.rows.filter((row) => row.left === null || now < row.leftAt + farewell(row.left));
  }

  /** Further emails after the last row. */
  append(emails: readonly OutboxEmail[]): void {
    this.rows = [...this.rows, ...emails.filter((email) => !this.has(email.id)).map(here)];
  }

  /** Puts emails where the order wants them; those already here stay as they are. */
  insert(emails: readonly OutboxEmail[]): void {
    for (const email of emails) {
      if (this.has(email.id)) continue;
      const place = this.rows.findIndex((row) => row.fits && this.#order(email, row.email) < 0);
      this.rows = this.rows.toSpliced(place < 0 ? this.rows.length : place, 0, here(email));
    }
  }

  /** A page that is read again: known rows change, missing ones left. Returns the ids that are new. */
  merge(emails: readonly OutboxEmail[], isWholeRange: boolean, askedAt: number): string[] {
    const byId = new Map(emails.map((email) => [email.id, email]));
    const last = emails.at(-1);
    for (const { email, left, leftAt, fits } of this.rows) {
      // The answer may have been read before it left; and what no longer fits is missing, but keeps its place.
      if (left !== null && leftAt >= askedAt) continue;
      const fresh = byId.get(email.id);
      if (fresh) this.change(fresh);
      // Behind the last one read: pushed off the end by others, still in the view.
      else if (fits && (isWholeRange || !last || this.#order(email, last) < 0)) {
        this.leave(email.id, 'hidden', Date.now());
      }
    }
    return emails.filter((email) => !this.has(email.id)).map((email) => email.id);
  }

  /**
   * Whether an email that is not here belongs on this page. `hasBefore`, `hasAfter`: there are pages before and after this one.
   * `null`: its row cannot tell.
   */
  wants(email: OutboxEmail, hasBefore: boolean, hasAfter: boolean): boolean | null {
    const matches = this.#matches(email);
    if (matches === false) return false;
    const fitting = this.rows.filter((row) => row.fits);
    const [first, last] = [fitting[0]?.email, fitting.at(-1)?.email];
    const isAfterStart = !hasBefore || !first || this.#order(email, first) > 0;
    const isBeforeEnd = !hasAfter || !last || this.#order(email, last) < 0;
    return isAfterStart && isBeforeEnd ? matches : false;
  }

  /** When the next row is to be taken out, ms since 1970; `held`: somebody is at the rows, so not yet. */
  nextCollapse(held: boolean): number | null {
    const times = this.rows.map((row) =>
      row.left === null ? Infinity : row.leftAt + (held ? longestFarewell : farewell(row.left)),
    );
    const next = Math.min(Infinity, ...times);
    return next === Infinity ? null : next;
  }

  /** Rows that are still in the view and match. */
  get remaining(): number {
    return this.rows.reduce((count, row) => count + (row.left === null && row.fits ? 1 : 0), 0);
  }

  #standsInOrder(index: number, email: OutboxEmail): boolean {
    const before = this.rows.slice(0, index).findLast((row) => row.fits)?.email;
    const after = this.rows.slice(index + 1).find((row) => row.fits)?.email;
    return !(before && this.#order(before, email) > 0) && !(after && this.#order(email, after) > 0);
  }

  #swap(id: string, row: PageRow): void {
    this.rows = this.rows.map((old) => (old.email.id === id ? row : old));
  }
}

/** Milliseconds that a row reads "Sent" or "Cancelled" before it goes; one out of sight has nothing to say. */
function farewell(why: LeftReason): number {
  return why === 'hidden' ? 0 : 3000;
}
const longestFarewell = 10_000;

function here(email: OutboxEmail): PageRow {
  return { email, left: null, leftAt: 0, fits: true, inOrder: true };
}
