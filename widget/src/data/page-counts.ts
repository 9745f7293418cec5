import type { OutboxCauses, OutboxCount, OutboxFilter, OutboxView } from '@portal-outbox/contracts';
import type { Connection } from './connection.ts';

/**
 * The live numbers around a page: how many emails have each status, and why they stand still. Each leaves out of the
 * filter what it offers to filter by itself, so that the other choices keep their numbers.
 */
export class PageCounts {
  /** What was counted last; while another question is asked, the answer to the one before. */
  count: OutboxCount | null = null;
  causes: OutboxCauses['items'] = [];
  /** Those that are shown: the bar of causes neither comes nor goes while somebody is at the rows. */
  shownCauses: OutboxCauses['items'] = [];
  #isHeld = false;
  readonly #onUpdate: () => void;
  #following = '';
  #view: OutboxView | null = null;
  #stop: (() => void) | null = null;

  constructor(onUpdate: () => void) {
    this.#onUpdate = onUpdate;
  }

  /** Called after every change of the page's question; does nothing where it is the same. */
  follow(connection: Connection, view: OutboxView, filter: OutboxFilter): void {
    const key = JSON.stringify([view, filter]);
    if (key === this.#following) return;
    const { status: _status, ...anyStatus } = filter;
    const { cause, connector: _connector, ...anyCause } = filter;
    if (view !== this.#view) this.#forget();
    const counting = connection.countOf(view, anyStatus).subscribe((count) => {
      if (count) this.count = count;
      this.#update();
    });
    const explaining = connection
      .causesOf(view, cause ? anyCause : withoutCause(filter))
      .subscribe((causes) => {
        if (causes) this.causes = causes.items;
        this.#update();
      });
    // After the new ones, so that a question both have in common is not asked again.
    this.#stop?.();
    this.#stop = () => {
      counting();
      explaining();
    };
    this.#following = key;
    this.#view = view;
  }

  /** Emails that match the filter with these statuses; `null`: not known. */
  totalOf(status: OutboxFilter['status']): number | null {
    const { count } = this;
    if (!count || status === undefined) return count?.total ?? null;
    const { byStatus } = count;
    return byStatus ? status.reduce((total, one) => total + byStatus[one], 0) : null;
  }

  hold(held: boolean): void {
    this.#isHeld = held;
    if (!held) this.#update();
  }

  clear(): void {
    this.#stop?.();
    this.#stop = null;
    this.#following = '';
    this.#view = null;
    this.#forget();
    this.shownCauses = [];
  }

  #update(): void {
    const wouldMove = this.shownCauses.length === 0 || this.causes.length === 0;
    if (!this.#isHeld || !wouldMove) this.shownCauses = this.causes;
    this.#onUpdate();
  }

  #forget(): void {
    this.count = null;
    this.causes = [];
  }
}

function withoutCause(filter: OutboxFilter): OutboxFilter {
  const { cause: _cause, ...rest } = filter;
  return rest;
}
