import type { OutboxEmail } from '@portal-outbox/contracts';

export type LeftReason = 'sent' | 'cancelled' | 'hidden';

export interface PageRow {
  readonly email: OutboxEmail;
  /** Why it is no longer in the view; `null` while it is. */
  readonly left: LeftReason | null;
  /** When it left, ms since 1970; 0 while it is here. */
  readonly leftAt: number;
}

/**
 * The rows of one page: the ids it was loaded with, in their order. Rows change in place, a newer version
 * only, and keep their place. `rows` is a new array after every change.
 */
export class PageRows {
  rows: readonly PageRow[] = [];

  clear(): void {
    this.rows = [];
  }

  replace(emails: readonly OutboxEmail[]): void {
    this.rows = emails.map(here);
  }

  has(id: string): boolean {
    return this.find(id) !== undefined;
  }

  find(id: string): PageRow | undefined {
    return this.rows.find((row) => row.email.id === id);
  }

  /**
   * Changes the row in place; a row that had left is back. `false`: not on this page, or older. The same version may differ:
   * what its connector's state decides is not the row's own.
   */
  change(email: OutboxEmail): boolean {
    const row = this.find(email.id);
    if (!row || (row.left === null && row.email.version > email.version)) return false;
    this.swap(email.id, here(email));
    return true;
  }

  leave(id: string, why: LeftReason, now: number): boolean {
    const row = this.find(id);
    if (!row || row.left !== null) return false;
    this.swap(id, { email: row.email, left: why, leftAt: now });
    return true;
  }

  /** Takes out, in one step, what has been seen leaving for long enough. */
  collapse(now: number): boolean {
    const rows = this.rows.filter((row) => row.left === null || now < row.leftAt + farewell(row.left));
    if (rows.length === this.rows.length) return false;
    this.rows = rows;
    return true;
  }

  /** Further emails after the last row. */
  append(emails: readonly OutboxEmail[]): void {
    this.rows = [...this.rows, ...emails.filter((email) => !this.has(email.id)).map(here)];
  }

  /** Puts emails where the order wants them; those already here stay as they are. */
  insert(emails: readonly OutboxEmail[]): void {
    const added = emails.filter((email) => !this.has(email.id)).map(here);
    if (added.length > 0) this.rows = [...this.rows, ...added].toSorted((a, b) => byNewest(a.email, b.email));
  }

  /** A page that is read again: known rows change, missing ones left. Returns the ids that are new. */
  merge(emails: readonly OutboxEmail[], isWholeRange: boolean, askedAt: number): string[] {
    const byId = new Map(emails.map((email) => [email.id, email]));
    const last = emails.at(-1);
    for (const { email, left, leftAt } of this.rows) {
      // The answer may have been read before it left.
      if (left !== null && leftAt >= askedAt) continue;
      const fresh = byId.get(email.id);
      if (fresh) this.change(fresh);
      // Older than the last one read: pushed off the end by newer ones, still in the view.
      else if (isWholeRange || !last || byNewest(email, last) < 0) this.leave(email.id, 'hidden', Date.now());
    }
    return emails.filter((email) => !this.has(email.id)).map((email) => email.id);
  }

  /** When the next row is to be taken out, ms since 1970; `held`: somebody is at the rows, so not yet. */
  nextCollapse(held: boolean): number | null {
    const times = this.rows.map((row) =>
      row.left === null ? Infinity : row.leftAt + (held ? longestFarewell : farewell(row.left)),
    );
    const next = Math.min(Infinity, ...times);
    return next === Infinity ? null : next;
  }

  /** Rows that are still in the view. */
  get remaining(): number {
    return this.rows.reduce((count, row) => count + (row.left === null ? 1 : 0), 0);
  }

  private swap(id: string, row: PageRow): void {
    this.rows = this.rows.map((old) => (old.email.id === id ? row : old));
  }
}

/** Milliseconds that a row reads "Sent" or "Cancelled" before it goes; one out of sight has nothing to say. */
function farewell(why: LeftReason): number {
  return why === 'hidden' ? 0 : 3000;
}
const longestFarewell = 10_000;

/** Newest submission first, ties by id: the order of the service. */
export function byNewest(a: OutboxEmail, b: OutboxEmail): number {
  const difference = Date.parse(b.submittedAt) - Date.parse(a.submittedAt);
  if (difference !== 0) return difference;
  return a.id < b.id ? 1 : -1;
}

function here(email: OutboxEmail): PageRow {
  return { email, left: null, leftAt: 0 };
}
