import {
  defaultPageSize,
  type Me,
  type OutboxChange,
  type OutboxEmail,
  type OutboxFilter,
} from '@portal-outbox/contracts';
import type { ReactiveController } from 'lit';
import { ConnectionController, type ConnectedHost } from '../data/connection-controller.ts';
import type { Connection, ConnectionListener } from '../data/connection.ts';
import type { EmailAction } from '../data/action-requests.ts';
import { listBulk } from '../data/outbox-requests.ts';
import { PageCounts } from '../data/page-counts.ts';
import { PageSource, type PageQuestion } from '../data/page-source.ts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import type { OutboxGrid } from '../outbox-grid/outbox-grid.ts';
import { ErrorReport } from './error-report.ts';
import { KnownNames } from './known-names.ts';
import { OpenedEmail } from './opened-email.ts';
import { PageParts, type PartsHost } from './page-parts.ts';
import { PageSelection } from './page-selection.ts';
import type { Panel } from './page-tools.ts';
import { StateMirror, type MirrorHost } from './state-mirror.ts';

/** The element that shows the page. */
export interface SessionElement extends ConnectedHost {
  state: string;
  readonly locale: Locale;
  readonly grid: OutboxGrid | null;
}

/**
 * What one user has before them, kept live: the page of emails, its numbers, what is ticked and what is open. When another
 * user comes, or none, all of it goes.
 */
export class PageSession implements ReactiveController, ConnectionListener, MirrorHost, PartsHost {
  readonly selection = new PageSelection();
  names = new KnownNames();
  readonly counts = new PageCounts(() => this.#onCounts());
  readonly opened = new OpenedEmail(this);
  readonly errors = new ErrorReport(this);
  readonly parts: PageParts;
  source: PageSource | null = null;
  me: Me | null = null;
  panel: Panel | null = null;
  /** What a screen reader says. */
  announcement = '';
  readonly #element: SessionElement;
  readonly #mirror: StateMirror;
  readonly #connections: ConnectionController;

  constructor(element: SessionElement) {
    this.#element = element;
    this.parts = new PageParts(element, this);
    this.#mirror = new StateMirror(element, this);
    element.addController(this);
    this.#connections = new ConnectionController(element, this, (connection) => this.#use(connection));
  }

  get connection(): Connection | null {
    return this.#connections.connection;
  }

  get locale(): Locale {
    return this.#element.locale;
  }

  /** The service's time, in ms since 1970. */
  get now(): number {
    return this.connection?.clock.now() ?? Date.now();
  }

  get actionsOff(): string | null {
    return this.connection?.liveness.state === 'offline' ? this.locale.text('actionsOff') : null;
  }

  hostUpdated(): void {
    const { status: _status, search: _search, ...others } = this.source?.question.filter ?? {};
    if (!this.selection.isEmpty || Object.keys(others).length > 0) this.parts.wantTools();
  }

  hostDisconnected(): void {
    this.errors.endWaiting();
  }

  requestUpdate(): void {
    this.#element.requestUpdate();
  }

  // What is asked for.

  /** Another question of this user's. */
  async ask(change: Partial<PageQuestion>): Promise<void> {
    const { source } = this;
    if (!source) return;
    const shown = this.show({ ...source.question, ...change });
    void this.#mirror.write();
    await shown;
    if (change.filter && source === this.source && source.phase === 'ready') {
      this.announce(this.locale.plural('matches', source.total));
    }
  }

  chooseFilter(filter: OutboxFilter): void {
    void this.ask({ filter });
  }

  async show(question: PageQuestion): Promise<void> {
    const { source } = this;
    if (!source) return;
    const { view, filter } = source.question;
    const isSame = view === question.view && JSON.stringify(filter) === JSON.stringify(question.filter);
    if (!isSame) this.selection.clear();
    const shown = source.show(question);
    this.#followCounts();
    await shown;
    await this.#element.updateComplete;
    if (source === this.source) this.#element.grid?.scrollToStart();
  }

  followState(): void {
    if (this.#mirror.follow()) this.opened.email = null;
  }

  closePanel(): void {
    this.panel = null;
    this.requestUpdate();
  }

  tryAgain(): void {
    this.connection?.revive();
    if (this.source?.phase === 'failed') void this.source.open();
  }

  // What is said: to a screen reader, to everybody, to the host page.

  /** Said twice, it is heard twice. */
  announce(text: string): void {
    this.announcement = this.announcement === text ? `${text}\u00a0` : text;
    this.requestUpdate();
  }

  notify(text: MessageKey, values?: Record<string, string>): void {
    void this.parts
      .loadTools()
      .then((tools) => tools?.notices.show({ text: this.locale.text(text, values) }));
  }

  tell(name: string, detail: unknown): void {
    this.#element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  // What actions and parts tell.

  onAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    this.source?.applyAnswer(action, id, email);
    this.opened.onAnswer(action, id, email);
    if (email === null) this.selection.forget(id);
    this.tell('outbox-changed', { action, ids: [id], count: 1 });
  }

  onOpened(): void {
    if (this.opened.email) void this.parts.load('popup');
    void this.#mirror.write();
    this.requestUpdate();
  }

  onPartMissed(): void {
    const { tools, loaded } = this.parts;
    this.panel = null;
    if (!loaded.has('popup')) this.opened.email = null;
    const text = this.locale.text('actionFailed');
    if (tools) tools.notices.show({ text });
    else this.announce(text);
  }

  // What the connection tells.

  onChange(change: OutboxChange): void {
    if (change.type === 'bulk')
      void this.parts.loadTools().then((tools) => tools?.bulk.runs.onChange(change));
    this.selection.onChange(change);
    this.opened.onChange(change);
    this.source?.onChange(change);
  }

  onMissed(): void {
    void this.source?.readAgain();
    void this.parts.tools?.bulk.runs.readAgain();
  }

  onState(): void {
    const { connection, source } = this;
    if (connection?.sessionEnded && source && source.failure !== 'unauthenticated') {
      this.#clear();
      source.endSession();
    }
    if (connection?.liveness.state === 'live') {
      this.parts.onLive();
      // A page that failed to load for want of a network comes back with it.
      if (source?.failure === 'unreachable') void source.open();
    }
    this.requestUpdate();
  }

  #use(connection: Connection | null): void {
    this.source?.dispose();
    this.source = null;
    this.me = null;
    this.#clear();
    this.names = new KnownNames();
    this.parts.tools?.notices.clear();
    this.announcement = '';
    this.errors.endWaiting();
    if (connection) this.#begin(connection);
    else if (this.#element.isConnected) this.errors.awaitConnection();
  }

  /** What is shown of one user beside the rows. */
  #clear(): void {
    this.opened.email = null;
    this.panel = null;
    this.counts.clear();
    this.selection.clear();
    this.parts.tools?.clear();
  }

  #begin(connection: Connection): void {
    const question = { view: connection.view, sort: null, filter: {}, limit: null };
    const source = new PageSource(
      connection,
      question,
      () => this.locale,
      () => this.#onPage(source),
    );
    this.source = source;
    void this.#readMe(connection, source);
    void this.#mirror.open(source);
  }

  async #readMe(connection: Connection, source: PageSource): Promise<void> {
    const me = await connection.readMe();
    if (!me || connection !== this.connection) return;
    this.me = me;
    source.learnLimit(me.pageSize ?? defaultPageSize);
    this.requestUpdate();
    const result = await listBulk(connection.client);
    if (!result.ok || connection !== this.connection) return;
    const isWorthALine = result.value.items.some(
      ({ endedAt, mail }) => endedAt === null || (mail?.waiting ?? 0) > 0,
    );
    if (isWorthALine) (await this.parts.loadTools())?.bulk.runs.recall(result.value.items);
  }

  #onPage(source: PageSource): void {
    if (source !== this.source) return;
    const { view } = source.question;
    if (view) this.connection?.chooseView(view);
    if (source.failure) this.errors.tell(source.failure);
    else if (source.phase === 'ready') {
      this.errors.forget();
      this.names.takeEmails(source.rows.rows.map(({ email }) => email));
      this.#followCounts();
      const wanted = this.#mirror.takeWantedEmail();
      if (wanted !== null) void this.opened.find(wanted);
    }
    this.requestUpdate();
  }

  #followCounts(): void {
    const { view, filter } = this.source?.question ?? {};
    if (this.connection && view && filter) this.counts.follow(this.connection, view, filter);
  }

  #onCounts(): void {
    const { source, counts, names } = this;
    const total = counts.totalOf(source?.question.filter.status);
    if (total !== null) source?.setTotal(total);
    names.takeCounts(counts);
    this.requestUpdate();
  }
}
