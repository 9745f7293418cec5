import {
  defaultPageSize,
  defaultSort,
  matchesFilter,
  outboxSorts,
  type OutboxChange,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxPage,
  type OutboxSort,
  type OutboxView,
} from '@portal-outbox/contracts';
import type { Locale } from '../i18n/locale.ts';
import type { Connection } from './connection.ts';
import { emailOrder } from './email-order.ts';
import type { EmailAction } from './action-requests.ts';
import { listOutbox } from './outbox-requests.ts';
import { PageRows } from './page-rows.ts';
import type { FailureCode, ServiceResult } from './service-result.ts';

export type PageTurn = 'first' | 'previous' | 'next' | 'last';

/** What a page shows. `null`: as the user left it, which the service knows. */
export interface PageQuestion {
  readonly view: OutboxView | null;
  readonly sort: OutboxSort | null;
  readonly filter: OutboxFilter;
  readonly limit: number | null;
}

/** At most one quiet reading in this time, in milliseconds, for rows that cannot tell whether they match. */
const readAgainInterval = 2000;

/** One page: loads it, keeps it live, refills it. Tells `onUpdate` after every change. */
export class PageSource {
  readonly rows = new PageRows();
  phase: 'loading' | 'ready' | 'failed' = 'loading';
  failure: FailureCode | null = null;
  question: PageQuestion;
  total = 0;
  /** Emails before this page. */
  offset = 0;
  next: string | null = null;
  previous: string | null = null;
  last: string | null = null;
  /** Ids that have come in since the page was loaded and belong on it. */
  incoming = new Set<string>();
  /** Another page is on its way; the rows of this one stay until it is here. */
  turning = false;

  readonly #connection: Connection;
  readonly #locale: () => Locale;
  readonly #onUpdate: () => void;
  /** The view of the rows that are shown. */
  #shownView: OutboxView | null = null;
  #cursor: string | null = null;
  #run = new AbortController();
  #held = false;
  #collapseTimer: ReturnType<typeof setTimeout> | undefined;
  #readTimer: ReturnType<typeof setTimeout> | undefined;
  /** Changes that came while a request was under way: its answer may be older, so they apply again after it. */
  #meanwhile: OutboxChange[] | null = null;
  #readingAgain = false;
  #isStale = false;

  constructor(connection: Connection, question: PageQuestion, locale: () => Locale, onUpdate: () => void) {
    this.#connection = connection;
    this.question = question;
    this.#locale = locale;
    this.#onUpdate = onUpdate;
  }

  dispose(): void {
    this.#run.abort();
    clearTimeout(this.#collapseTimer);
    clearTimeout(this.#readTimer);
    this.rows.clear();
  }

  /** Another view, sort, filter or page size, from its first page on; the rows stay until it is here. */
  async show(question: PageQuestion): Promise<void> {
    this.question = question;
    await this.#load(null, true);
  }

  async open(): Promise<void> {
    await this.#load(null, true);
  }

  async turn(turn: PageTurn): Promise<void> {
    const cursor = { first: null, previous: this.previous, next: this.next, last: this.last }[turn];
    if (turn === 'first' || cursor !== null) await this.#load(cursor);
  }

  /** The page as it is now, with what has come in. */
  async showIncoming(): Promise<void> {
    await this.#load(this.#cursor);
  }

  /** Somebody's pointer or focus is on the rows: they do not move away under it. */
  hold(held: boolean): void {
    this.#held = held;
    this.#planCollapse();
  }

  onChange(change: OutboxChange): void {
    this.#meanwhile?.push(change);
    this.#apply(change);
    this.#update();
  }

  /** Reads the page again, quietly: known rows change in place, new ones wait. */
  async readAgain(): Promise<void> {
    clearTimeout(this.#readTimer);
    this.#readTimer = undefined;
    if (this.phase === 'failed') return this.open();
    if (this.phase === 'loading' || this.turning || this.#readingAgain) {
      this.#isStale = true;
      return;
    }
    this.#readingAgain = true;
    const askedAt = Date.now();
    const { signal } = this.#run;
    const result = await this.#ask(this.#cursor, this.question.limit);
    if (signal.aborted) return;
    this.#readingAgain = false;
    if (!result.ok) return;
    const page = result.value;
    const added = this.rows.merge(page.items, page.next === null, askedAt);
    if (this.rows.remaining === 0) this.rows.insert(page.items);
    else for (const id of added) this.incoming.add(id);
    this.#takeBounds(page);
    this.#settle();
  }

  /** The service's answer to an action of this user; `null`: it has left. */
  applyAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    if (email === null) this.rows.leave(id, action === 'cancel' ? 'cancelled' : 'sent', Date.now());
    else if (action === 'restore' && !this.rows.has(id)) this.rows.insert([email]);
    // An answer that comes after the feed has said that the email is gone is old news.
    else if (action === 'restore' || this.rows.find(id)?.left === null) this.rows.change(email);
    this.#update();
  }

  /** The page size that the user left, told by another answer. */
  learnLimit(limit: number): void {
    if (this.question.limit === null) this.question = { ...this.question, limit };
  }

  /** The count that is kept live says so. */
  setTotal(total: number): void {
    if (this.phase === 'ready' && !this.turning) this.total = total;
  }

  endSession(): void {
    this.#run.abort();
    this.#fail('unauthenticated', true);
  }

  async #load(cursor: string | null, isOther = false): Promise<void> {
    this.#run.abort();
    this.#run = new AbortController();
    this.#readingAgain = false;
    this.turning = this.phase === 'ready';
    if (!this.turning) this.phase = 'loading';
    this.#onUpdate();
    const result = await this.#ask(cursor, this.question.limit);
    if (!result.ok && result.code === 'aborted') return;
    this.turning = false;
    // The place is no longer valid: the beginning always is.
    if (!result.ok && result.code === 'stale_cursor' && cursor !== null) return this.#load(null);
    if (!result.ok) return this.#fail(result.code, isOther);
    this.#take(result.value, cursor);
    this.#settle();
  }

  #take(page: OutboxPage, cursor: string | null): void {
    const { filter } = this.question;
    const sort = outboxSorts.find((name) => name === page.sort) ?? this.question.sort ?? defaultSort;
    this.#cursor = cursor;
    // A page with another one behind it is a full one.
    const limit = this.question.limit ?? (page.next === null ? null : page.items.length);
    this.question = { ...this.question, view: page.view, sort, limit };
    this.#shownView = page.view;
    this.offset = Math.max(0, (page.from ?? 1) - 1);
    this.incoming.clear();
    const meaningOf = (cause: Parameters<Locale['cause']>[0]) => this.#locale().cause(cause)?.meaning ?? '';
    this.rows.replace(page.items, emailOrder(sort, meaningOf), (email) => matchesFilter(filter, email));
    this.#takeBounds(page);
    this.phase = 'ready';
    this.failure = null;
  }

  async #ask(cursor: string | null, limit: number | null): Promise<ServiceResult<OutboxPage>> {
    this.#meanwhile = [];
    const { language } = this.#locale();
    const query = { ...this.question, language, limit, cursor };
    return listOutbox(this.#connection.client, query, this.#run.signal);
  }

  #settle(): void {
    const meanwhile = this.#meanwhile ?? [];
    this.#meanwhile = null;
    for (const change of meanwhile) this.#apply(change);
    this.#update();
    if (!this.#isStale) return;
    this.#isStale = false;
    void this.readAgain();
  }

  /** `isOther`: the rows that are shown are not those asked for. */
  #fail(code: FailureCode, isOther: boolean): void {
    // A page that is shown stays: the banner says that it is not live.
    const isPassing = code === 'unreachable' || code === 'unavailable' || code === 'rate_limited';
    if (this.phase === 'ready' && isPassing && !isOther) return this.#onUpdate();
    this.phase = 'failed';
    this.failure = code;
    this.rows.clear();
    this.#onUpdate();
  }

  #takeBounds(page: OutboxPage): void {
    this.next = page.next;
    this.previous = page.previous;
    this.last = page.last ?? null;
    this.total = page.total;
  }

  #apply(change: OutboxChange): void {
    if (change.type === 'gone') {
      this.incoming.delete(change.id);
      this.rows.leave(change.id, change.why, Date.now());
    } else if (change.type === 'row') {
      this.#applyRow(change.email, this.#shownView !== null && change.views.includes(this.#shownView));
    } else if (change.type === 'connector') {
      void this.readAgain();
    }
  }

  #applyRow(email: OutboxEmail, isInView: boolean): void {
    if (!isInView) {
      this.incoming.delete(email.id);
      this.rows.leave(email.id, 'hidden', Date.now());
    } else if (this.rows.has(email.id)) {
      this.rows.change(email);
    } else if (this.phase === 'ready') {
      const isWanted = this.rows.wants(email, this.previous !== null, this.next !== null);
      if (isWanted === null) this.#readTimer ??= setTimeout(() => void this.readAgain(), readAgainInterval);
      else if (!isWanted) this.incoming.delete(email.id);
      else if (this.rows.rows.length === 0) this.rows.insert([email]);
      else this.incoming.add(email.id);
    }
  }

  #update(): void {
    this.#planCollapse();
    this.#onUpdate();
  }

  #planCollapse(): void {
    clearTimeout(this.#collapseTimer);
    const at = this.rows.nextCollapse(this.#held);
    if (at === null) return;
    this.#collapseTimer = setTimeout(
      () => {
        this.rows.collapse(Date.now());
        this.#update();
        void this.#refill();
      },
      Math.max(0, at - Date.now()),
    );
  }

  /** What left is replaced from the next page, so that a page stays a page. */
  async #refill(): Promise<void> {
    const missing = (this.question.limit ?? defaultPageSize) - this.rows.rows.length;
    if (this.phase !== 'ready' || this.turning || this.#readingAgain || missing <= 0) return;
    if (this.next === null) {
      if (this.rows.rows.length === 0 && this.previous !== null) await this.turn('first');
      return;
    }
    this.#readingAgain = true;
    const { signal } = this.#run;
    const result = await this.#ask(this.next, missing);
    // Another page has been asked for meanwhile.
    if (signal.aborted) return;
    this.#readingAgain = false;
    if (!result.ok) return;
    this.rows.append(result.value.items);
    this.next = result.value.next;
    this.total = result.value.total;
    this.#settle();
  }
}
