import type { OutboxChange, OutboxEmail, OutboxPage, OutboxView } from '@portal-outbox/contracts';
import type { Connection } from './connection.ts';
import { listOutbox, type EmailAction } from './outbox-requests.ts';
import { byNewest, PageRows } from './page-rows.ts';
import type { FailureCode, ServiceResult } from './service-result.ts';

export type PageTurn = 'first' | 'previous' | 'next';

/** One page of one view: loads it, keeps it live, refills it. Tells `onUpdate` after every change. */
export class PageSource {
  readonly rows = new PageRows();
  phase: 'loading' | 'ready' | 'failed' = 'loading';
  failure: FailureCode | null = null;
  /** `null` until the service has said which view a visit without a choice opens. */
  view: OutboxView | null;
  limit: number;
  total = 0;
  /** Emails of the view before this page. */
  offset = 0;
  next: string | null = null;
  previous: string | null = null;
  /** Ids that have come in since the page was loaded and belong on it. */
  incoming = new Set<string>();
  /** Another page is on its way; the rows of this one stay until it is here. */
  turning = false;

  private readonly connection: Connection;
  private readonly onUpdate: () => void;
  private cursor: string | null = null;
  private run = new AbortController();
  private held = false;
  private collapseTimer: ReturnType<typeof setTimeout> | undefined;
  private stopCount: (() => void) | null = null;
  /** Changes that came while a request was under way: its answer may be older, so they apply again after it. */
  private meanwhile: OutboxChange[] | null = null;
  private readingAgain = false;
  private isStale = false;

  constructor(connection: Connection, view: OutboxView | null, limit: number, onUpdate: () => void) {
    this.connection = connection;
    this.view = view;
    this.limit = limit;
    this.onUpdate = onUpdate;
  }

  dispose(): void {
    this.run.abort();
    clearTimeout(this.collapseTimer);
    this.stopCount?.();
    this.stopCount = null;
    this.rows.clear();
  }

  /** From the first page on, with an empty grid until it is here. */
  async open(): Promise<void> {
    this.phase = 'loading';
    this.rows.clear();
    this.incoming.clear();
    await this.load(null, () => 0);
  }

  async turn(turn: PageTurn): Promise<void> {
    const cursor = { first: null, previous: this.previous, next: this.next }[turn];
    if (turn !== 'first' && cursor === null) return;
    const { offset, limit } = this;
    const shown = this.rows.remaining;
    await this.load(cursor, (page) => {
      if (turn === 'first' || page.previous === null) return 0;
      return turn === 'next' ? offset + shown : Math.max(0, offset - limit);
    });
  }

  /** The page as it is now, with what has come in. */
  async showIncoming(): Promise<void> {
    await this.load(this.cursor, () => this.offset);
  }

  /** Somebody's pointer or focus is on the rows: they do not move away under it. */
  hold(held: boolean): void {
    this.held = held;
    this.planCollapse();
  }

  onChange(change: OutboxChange): void {
    this.meanwhile?.push(change);
    this.apply(change);
    this.update();
  }

  /** Reads the page again, quietly: known rows change in place, new ones wait. */
  async readAgain(): Promise<void> {
    if (this.phase === 'failed') return this.open();
    if (this.phase === 'loading' || this.turning || this.readingAgain) {
      this.isStale = true;
      return;
    }
    this.readingAgain = true;
    const askedAt = Date.now();
    const result = await this.ask(this.cursor, this.limit);
    this.readingAgain = false;
    if (!result.ok) return;
    const page = result.value;
    const added = this.rows.merge(page.items, page.next === null, askedAt);
    if (this.rows.remaining === 0) this.rows.insert(page.items);
    else for (const id of added) this.incoming.add(id);
    this.takeBounds(page);
    this.settle();
  }

  /** The service's answer to an action of this user; `null`: it has left. */
  applyAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    if (email === null) this.rows.leave(id, action === 'cancel' ? 'cancelled' : 'sent', Date.now());
    else if (action === 'restore' && !this.rows.has(id)) this.rows.insert([email]);
    // An answer that comes after the feed has said that the email is gone is old news.
    else if (action === 'restore' || this.rows.find(id)?.left === null) this.rows.change(email);
    this.update();
  }

  hide(id: string): void {
    this.rows.leave(id, 'hidden', Date.now());
    this.update();
  }

  endSession(): void {
    this.run.abort();
    this.phase = 'ready';
    this.fail('unauthenticated');
  }

  private async load(cursor: string | null, offsetOf: (page: OutboxPage) => number): Promise<void> {
    this.run.abort();
    this.run = new AbortController();
    this.turning = this.phase === 'ready';
    if (!this.turning) this.phase = 'loading';
    this.onUpdate();
    const result = await this.ask(cursor, this.limit);
    if (!result.ok && result.code === 'aborted') return;
    this.turning = false;
    // The place is no longer valid: the beginning always is.
    if (!result.ok && result.code === 'stale_cursor' && cursor !== null) return this.load(null, () => 0);
    if (!result.ok) return this.fail(result.code);
    this.cursor = cursor;
    this.view = result.value.view;
    this.offset = offsetOf(result.value);
    this.incoming.clear();
    this.rows.replace(result.value.items);
    this.takeBounds(result.value);
    this.phase = 'ready';
    this.failure = null;
    this.followCount();
    this.settle();
  }

  private async ask(cursor: string | null, limit: number): Promise<ServiceResult<OutboxPage>> {
    this.meanwhile = [];
    return listOutbox(this.connection.client, { view: this.view, limit, cursor }, this.run.signal);
  }

  private settle(): void {
    const meanwhile = this.meanwhile ?? [];
    this.meanwhile = null;
    for (const change of meanwhile) this.apply(change);
    this.update();
    if (!this.isStale) return;
    this.isStale = false;
    void this.readAgain();
  }

  private fail(code: FailureCode): void {
    // A page that is shown stays: the banner says that it is not live.
    const isPassing = code === 'unreachable' || code === 'unavailable' || code === 'rate_limited';
    if (this.phase === 'ready' && isPassing) return this.onUpdate();
    this.phase = 'failed';
    this.failure = code;
    this.rows.clear();
    this.onUpdate();
  }

  private takeBounds(page: OutboxPage): void {
    this.next = page.next;
    this.previous = page.previous;
    this.total = page.total;
  }

  private apply(change: OutboxChange): void {
    if (change.type === 'gone') {
      this.incoming.delete(change.id);
      this.rows.leave(change.id, change.why, Date.now());
    } else if (change.type === 'row') {
      this.applyRow(change.email, this.view !== null && change.views.includes(this.view));
    } else if (change.type === 'connector') {
      void this.readAgain();
    }
  }

  private applyRow(email: OutboxEmail, isInView: boolean): void {
    if (!isInView) {
      this.incoming.delete(email.id);
      this.rows.leave(email.id, 'hidden', Date.now());
    } else if (this.rows.has(email.id)) {
      this.rows.change(email);
    } else if (this.phase === 'ready' && this.belongsHere(email)) {
      if (this.rows.rows.length === 0) this.rows.insert([email]);
      else this.incoming.add(email.id);
    }
  }

  private belongsHere(email: OutboxEmail): boolean {
    const first = this.rows.rows[0]?.email;
    const last = this.rows.rows.at(-1)?.email;
    const isAfterStart = this.previous === null || !first || byNewest(email, first) > 0;
    const isBeforeEnd = this.next === null || !last || byNewest(email, last) < 0;
    return isAfterStart && isBeforeEnd;
  }

  private followCount(): void {
    if (this.stopCount || this.view === null) return;
    this.stopCount = this.connection.countOf(this.view).subscribe((count) => {
      if (!count) return;
      this.total = count.total;
      this.onUpdate();
    }, false);
  }

  private update(): void {
    this.planCollapse();
    this.onUpdate();
  }

  private planCollapse(): void {
    clearTimeout(this.collapseTimer);
    const at = this.rows.nextCollapse(this.held);
    if (at === null) return;
    this.collapseTimer = setTimeout(
      () => {
        this.rows.collapse(Date.now());
        this.update();
        void this.refill();
      },
      Math.max(0, at - Date.now()),
    );
  }

  /** What left is replaced from the next page, so that a page stays a page. */
  private async refill(): Promise<void> {
    const missing = this.limit - this.rows.rows.length;
    if (this.phase !== 'ready' || this.turning || this.readingAgain || missing <= 0) return;
    if (this.next === null) {
      if (this.rows.rows.length === 0 && this.previous !== null) await this.turn('first');
      return;
    }
    this.readingAgain = true;
    const result = await this.ask(this.next, missing);
    this.readingAgain = false;
    if (!result.ok) return;
    this.rows.append(result.value.items);
    this.next = result.value.next;
    this.total = result.value.total;
    this.settle();
  }
}
