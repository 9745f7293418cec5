import { mostBulkIds, type OutboxChange, type OutboxEmail } from '@portal-outbox/contracts';
import type { BulkTarget } from '../data/action-requests.ts';

type EverythingTarget = Extract<BulkTarget, { query: unknown }>;

/**
 * What is ticked: ids, kept across pages, each with its email as last known; or everything that matches, as of the moment
 * it was asked for.
 */
export class PageSelection {
  ids: ReadonlySet<string> = new Set();
  everything: { target: EverythingTarget; total: number } | null = null;
  #known = new Map<string, OutboxEmail>();

  get isEmpty(): boolean {
    return this.ids.size === 0 && this.everything === null;
  }

  /** Last known rows of what is ticked. */
  get emails(): OutboxEmail[] {
    return [...this.#known.values()];
  }

  get count(): number {
    return this.everything?.total ?? this.ids.size;
  }

  /** Which of these rows: of everything that matches, each. */
  among(rows: readonly { email: OutboxEmail }[]): ReadonlySet<string> {
    return this.everything ? new Set(rows.map(({ email }) => email.id)) : this.ids;
  }

  /** `false`: more than can be named at once. */
  tick(ids: ReadonlySet<string>, rows: readonly { email: OutboxEmail }[]): boolean {
    if (ids.size > mostBulkIds) return false;
    const here = new Map(rows.map(({ email }) => [email.id, email]));
    const known = [...ids]
      .map((id) => here.get(id) ?? this.#known.get(id))
      .filter((email) => email !== undefined);
    this.#known = new Map(known.map((email) => [email.id, email]));
    this.ids = new Set(ids);
    this.everything = null;
    return true;
  }

  selectEverything(target: EverythingTarget, total: number): void {
    this.everything = { target, total };
  }

  clear(): void {
    this.ids = new Set();
    this.#known = new Map();
    this.everything = null;
  }

  /** Follows what happens to ticked emails. */
  onChange(change: OutboxChange): void {
    if (change.type === 'row' && this.ids.has(change.email.id)) {
      const known = this.#known.get(change.email.id);
      if (!known || known.version <= change.email.version) this.#known.set(change.email.id, change.email);
    } else if (change.type === 'gone') this.forget(change.id);
  }

  forget(id: string): void {
    if (!this.ids.has(id)) return;
    this.ids = new Set([...this.ids].filter((one) => one !== id));
    this.#known.delete(id);
  }
}
