// Longer than 300 lines: it is the one place where the page's parts meet.
import {
  defaultPageSize,
  defaultSort,
  type BulkOperation,
  type Me,
  type OutboxChange,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxSort,
  type OutboxView,
} from '@portal-outbox/contracts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ConnectionController } from '../data/connection-controller.ts';
import type { Connection } from '../data/connection.ts';
import {
  readEmail,
  type BulkTarget,
  type EmailAction,
  type PreferencesPatch,
} from '../data/outbox-requests.ts';
import { PageCounts } from '../data/page-counts.ts';
import { PageSource, type PageQuestion, type PageTurn } from '../data/page-source.ts';
import type { GetToken } from '../data/token-source.ts';
import { loadLanguage } from '../i18n/language.ts';
import { LocaleController } from '../i18n/locale-controller.ts';
import type { Locale } from '../i18n/locale.ts';
import type { Messages } from '../i18n/messages-en.ts';
import { refusalOf, type OfferedAction } from '../outbox-grid/action-buttons.ts';
import type { ColumnChoice } from '../outbox-grid/column-choices.ts';
import type { GridHost, OutboxGrid } from '../outbox-grid/outbox-grid.ts';
import type { PreferencesChange, PreferencesHost } from '../outbox-preferences/outbox-preferences.ts';
import { controls } from '../theme/controls.ts';
import { icon } from '../theme/icons.ts';
import { textProperty } from '../theme/text-property.ts';
import { tokens } from '../theme/tokens.ts';
import { ActionRunner, type ActionHost } from './action-runner.ts';
import { barStyles } from './bar-styles.ts';
import { bulkLines, bulkResult } from './bulk-lines.ts';
import type { BulkQuestionHost } from './bulk-question.ts';
import type { BulkResultsHost } from './bulk-results.ts';
import { BulkRuns, skippedOf, type BulkHost } from './bulk-runs.ts';
import { causesBar, type CauseGroup } from './causes-bar.ts';
import { DoubtDialog } from './doubt-dialog.ts';
import { filterBar } from './filter-bar.ts';
import type { FilterPanelHost } from './filter-panel.ts';
import { filterTokens } from './filter-tokens.ts';
import { KnownNames } from './known-names.ts';
import { Notices } from './notices.ts';
import { loadPart } from './on-demand.ts';
import { followAnswer, followChange, openedFrom, type OpenedEmail } from './opened-email.ts';
import { connectorHref, openPacket, packetHref } from './packet-link.ts';
import { PageSelection } from './page-selection.ts';
import { errorCode, errorText, noMatchPanel, panel } from './page-states.ts';
import { pager } from './pager.ts';
import { SearchField } from './search-field.ts';
import { selectionBar, type BulkChoice } from './selection-bar.ts';
import { Tick } from './tick.ts';
import { toolbar } from './toolbar.ts';
import { isEmpty, readState, writeState } from './view-state.ts';
import { viewStyles } from './view-styles.ts';

interface AskedBulk {
  action: BulkChoice;
  target: BulkTarget;
}

type Panel = 'filters' | 'settings' | 'shortcuts';

/** How long a page without `connect()` may look like loading, in milliseconds. */
const unconnectedAfter = 5000;

/**
 * `<outbox-view>`: the Outbox page.
 *
 * @fires outbox-open-packet - cancelable, `{ref, type, url}`: before the packet's link is followed
 * @fires outbox-changed - `{action, ids, count}`: after an action of this user
 * @fires outbox-state - `{state}`: view, sort, filter, search or open email are others; opaque, for the attribute `state`
 * @fires outbox-error - `{code, message}`: unauthenticated, unavailable, misconfigured or incompatible
 */
export class OutboxViewElement
  extends LitElement
  implements
    ActionHost,
    BulkHost,
    BulkQuestionHost,
    BulkResultsHost,
    FilterPanelHost,
    GridHost,
    PreferencesHost
{
  static override styles = [tokens, controls, viewStyles, barStyles];

  /** Base URL of the service; with `getToken` a connection of its own instead of the page's. */
  @property(textProperty('service-url')) serviceUrl = '';
  @property({ attribute: false }) getToken: GetToken | null = null;
  /** IANA time zone of the dates; the browser's without it. */
  @property(textProperty('time-zone')) timeZone = '';
  /** Where packets are shown, with `{ref}`; http(s) or relative. */
  @property(textProperty('packet-url')) packetUrl = '';
  /** Where administrators set up a connector, with `{id}`; http(s) or relative. */
  @property(textProperty('connector-url')) connectorUrl = '';
  /** `light` or `dark`; without it the inherited `color-scheme` decides. */
  @property(textProperty('theme')) theme = '';
  /** View, sort, filter, search and open email, as `outbox-state` told them; empty: as the user left the page. */
  @property(textProperty('state')) state = '';
  /** Texts that replace the widget's own. */
  @property({ attribute: false }) messages: Partial<Messages> = {};

  @state() private source: PageSource | null = null;
  @state() private me: Me | null = null;
  @state() private opened: OpenedEmail | null = null;
  @state() private panel: Panel | null = null;
  @state() private asked: AskedBulk | null = null;
  @state() private results: BulkOperation | null = null;
  @state() private hasAllCauses = false;
  @state() private isUnconnected = false;
  @query('outbox-grid') private grid!: OutboxGrid | null;

  readonly notices = new Notices(this);
  private readonly doubt = new DoubtDialog(this);
  private readonly actions = new ActionRunner(this);
  private readonly bulk = new BulkRuns(this);
  private readonly locales = new LocaleController(this);
  private readonly counts = new PageCounts(() => this.onCounts());
  private readonly selection = new PageSelection();
  private readonly names = new KnownNames();
  private readonly searchField = new SearchField(this, (search) => this.search(search));
  /** Those that are shown: the bar neither comes nor goes while somebody is at the rows. */
  private causes: readonly CauseGroup[] = [];
  private isHeld = false;
  private mirrored = '';
  private wantedEmail: string | null = null;
  private reported: string | null = null;
  private unconnectedTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly connections = new ConnectionController(
    this,
    {
      onChange: (change) => this.onChange(change),
      onMissed: () => this.onMissed(),
      onState: () => this.onState(),
    },
    (connection) => this.useConnection(connection),
  );

  constructor() {
    super();
    new Tick(this, () => this.hasCloseCountdown());
  }

  get connection(): Connection | null {
    return this.connections.connection;
  }

  get locale(): Locale {
    return this.locales.locale;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.unconnectedTimer);
  }

  // What the grid, the popup and the panels ask for.

  openEmail(email: OutboxEmail): void {
    if (!this.source) return;
    void loadPart('popup').then((isHere) => isHere || this.missPart());
    this.opened = openedFrom(this.source.rows, email);
    this.mirror();
  }

  async closePopup(): Promise<void> {
    const { opened } = this;
    if (!opened) return;
    this.opened = null;
    this.mirror();
    await this.updateComplete;
    this.grid?.focusEmail(opened.email.id, opened.place);
  }

  openPacket(email: OutboxEmail, click: Event): void {
    if (openPacket(this, email, this.packetHref(email), click)) this.opened = null;
  }

  packetHref(email: OutboxEmail): string | null {
    return packetHref(email, this.packetUrl);
  }

  connectorHref(email: OutboxEmail): string | null {
    return connectorHref(email, this.connectorUrl);
  }

  act(action: OfferedAction, email: OutboxEmail): void {
    void this.actions.run(action, email);
  }

  explain(reason: string): void {
    this.notices.announce(reason);
  }

  hold(held: boolean): void {
    if (held) void loadPart('popup');
    this.isHeld = held;
    this.source?.hold(held);
    if (!held) this.onCounts();
  }

  chooseSort(sort: OutboxSort | null): void {
    void this.connection?.preferences.save({ sort });
    void this.ask({ sort: sort ?? defaultSort });
  }

  select(ids: ReadonlySet<string>): void {
    if (!this.selection.tick(ids, this.source?.rows.rows ?? [])) {
      const count = this.locale.number(this.selection.ids.size);
      this.notices.show({ text: this.locale.text('tooManySelected', { count }) });
    }
    this.requestUpdate();
  }

  saveColumns(columns: ColumnChoice[]): void {
    void this.savePreferences({ columns });
  }

  async savePreferences(change: PreferencesChange): Promise<boolean> {
    const { connection } = this;
    return connection === null ? false : connection.preferences.save(change as PreferencesPatch);
  }

  /** Of what is ticked where something is, else of the row that the keyboard is on. */
  pressLetter(letter: string, email: OutboxEmail): boolean {
    const actions = { r: 'retry', c: 'cancel', n: 'send-now' } as const;
    const action = actions[letter as keyof typeof actions];
    if (action !== undefined) {
      if (this.selection.isEmpty || action === 'send-now') this.actByKey(action, email);
      else this.shadowRoot?.querySelector<HTMLElement>(`[data-bulk=${action}]`)?.click();
    } else if (letter === '/') this.searchField.focus();
    else if (letter === 'f') this.openPanel('filters');
    else if (letter === '?') this.openPanel('shortcuts');
    else return false;
    return true;
  }

  chooseFilter(filter: OutboxFilter): void {
    void this.ask({ filter });
  }

  closePanel(): void {
    this.panel = null;
  }

  closePreferences(): void {
    this.panel = null;
  }

  closeResults(): void {
    this.results = null;
  }

  // What actions tell.

  askDoubt(email: OutboxEmail): Promise<boolean> {
    return this.doubt.ask(email);
  }

  onAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    this.source?.applyAnswer(action, id, email);
    if (this.opened) this.opened = followAnswer(this.opened, action, id, email);
    if (email === null) this.selection.forget(id);
    this.tell('outbox-changed', { action, ids: [id], count: 1 });
  }

  onFresh(email: OutboxEmail): void {
    const view = this.source?.question.view;
    this.onChange({ type: 'row', email, views: view ? [view] : [] });
  }

  onGone(id: string): void {
    this.onChange({ type: 'gone', id, why: 'hidden' });
  }

  onBulkDone(operation: BulkOperation, ids: readonly string[]): void {
    const { action, done, id } = operation;
    const text = bulkResult(operation, this.locale);
    this.tell('outbox-changed', { action, ids, count: done });
    const isWhole = operation.state === 'done' && skippedOf(operation) === 0;
    if (action === 'cancel' && operation.undoUntil !== null && done > 0) {
      const undo = { label: this.locale.text('undo'), run: () => this.bulk.undo(id) };
      this.notices.show({ text, action: undo });
    } else this.notices.announce(text);
    // Nothing is left to be said of it.
    if (action !== 'retry' && isWhole) this.bulk.dismiss(id);
  }

  answerBulk(answer: { acceptDuplicate: boolean } | null): void {
    const { asked } = this;
    this.asked = null;
    if (asked && answer) void this.startBulk(asked, answer.acceptDuplicate);
  }

  // The connection and the page.

  private useConnection(connection: Connection | null): void {
    this.source?.dispose();
    this.source = null;
    this.me = null;
    this.opened = null;
    this.panel = null;
    this.asked = null;
    this.results = null;
    this.counts.clear();
    this.causes = [];
    this.selection.clear();
    this.names.clear();
    this.bulk.clear();
    this.notices.clear();
    clearTimeout(this.unconnectedTimer);
    this.isUnconnected = false;
    if (connection) this.openPage(connection);
    else if (this.isConnected) {
      this.unconnectedTimer = setTimeout(() => {
        this.isUnconnected = true;
        this.reportError('misconfigured');
      }, unconnectedAfter);
    }
  }

  private openPage(connection: Connection): void {
    const { view, sort, filter, email } = readState(this.state);
    this.mirrored = this.state;
    this.wantedEmail = email;
    const question = { view: view ?? connection.view, sort, filter, limit: null };
    const source = new PageSource(
      connection,
      question,
      () => this.locale,
      () => this.onPage(source),
    );
    this.source = source;
    void source.open();
    void this.readMe(connection, source);
  }

  private async readMe(connection: Connection, source: PageSource): Promise<void> {
    const me = await connection.readMe();
    if (!me || connection !== this.connection) return;
    this.me = me;
    source.learnLimit(me.pageSize ?? defaultPageSize);
    await this.bulk.recall();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { source } = this;
    if (!changed.has('state') || this.state === this.mirrored || !source) return;
    // The host says where to go: back, or a link of somebody's.
    this.mirrored = this.state;
    const { view, sort, filter, email } = readState(this.state);
    const { question } = source;
    this.wantedEmail = email;
    if (email === null) this.opened = null;
    void this.show({ ...question, view: view ?? question.view, sort: sort ?? question.sort, filter });
  }

  /** Another question of this user's. */
  private async ask(change: Partial<PageQuestion>): Promise<void> {
    const { source } = this;
    if (!source) return;
    const shown = this.show({ ...source.question, ...change });
    this.mirror();
    await shown;
    if (change.filter && source === this.source && source.phase === 'ready') {
      this.notices.announce(this.locale.plural('matches', source.total));
    }
  }

  private async show(question: PageQuestion): Promise<void> {
    const { source, connection } = this;
    if (!source || !connection) return;
    const before = source.question;
    const isSame =
      before.view === question.view && JSON.stringify(before.filter) === JSON.stringify(question.filter);
    if (!isSame) this.selection.clear();
    if (before.filter.search !== question.filter.search) this.searchField.forget();
    const shown = source.show(question);
    this.followCounts();
    await shown;
    await this.updateComplete;
    if (source === this.source) this.grid?.scrollToStart();
  }

  private followCounts(): void {
    const { connection, source } = this;
    if (connection && source?.question.view) {
      this.counts.follow(connection, source.question.view, source.question.filter);
    }
  }

  private onPage(source: PageSource): void {
    if (source !== this.source) return;
    const { view } = source.question;
    if (view) this.connection?.chooseView(view);
    if (source.failure) this.reportError(source.failure);
    else if (source.phase === 'ready') {
      this.reported = null;
      this.names.takeEmails(source.rows.rows.map(({ email }) => email));
      this.followCounts();
      if (this.wantedEmail !== null) void this.openWanted(this.wantedEmail);
    }
    this.requestUpdate();
  }

  /** The email of a link. */
  private async openWanted(id: string): Promise<void> {
    this.wantedEmail = null;
    const { connection } = this;
    const row = this.source?.rows.find(id);
    if (row) return this.openEmail(row.email);
    if (!connection) return;
    const detail = await readEmail(connection.client, id);
    if (connection !== this.connection || this.opened) return;
    if (detail.ok) this.openEmail(detail.value.email);
    else if (detail.code === 'not_found') this.notices.show({ text: this.locale.text('alreadyGone') });
  }

  private onCounts(): void {
    const { counts, source } = this;
    const total = counts.totalOf(source?.question.filter.status);
    if (total !== null) source?.setTotal(total);
    this.names.takeCount(counts.count);
    this.names.takeCauses(counts.causes);
    const wouldMove = this.causes.length === 0 || counts.causes.length === 0;
    if (!this.isHeld || !wouldMove) this.causes = counts.causes;
    this.requestUpdate();
  }

  private onChange(change: OutboxChange): void {
    this.source?.onChange(change);
    this.bulk.onChange(change);
    this.selection.onChange(change);
    if (this.opened) this.opened = followChange(this.opened, change);
  }

  private onMissed(): void {
    void this.source?.readAgain();
    void this.bulk.readAgain();
  }

  private onState(): void {
    const { connection, source } = this;
    if (connection?.sessionEnded && source && source.failure !== 'unauthenticated') {
      this.opened = null;
      this.panel = null;
      this.asked = null;
      this.results = null;
      this.counts.clear();
      this.causes = [];
      this.selection.clear();
      this.bulk.clear();
      source.endSession();
    }
    // A page that failed to load for want of a network comes back with it.
    if (connection?.liveness.state === 'live' && source?.failure === 'unreachable') void source.open();
    this.requestUpdate();
  }

  private tryAgain(): void {
    this.connection?.revive();
    if (this.source?.phase === 'failed') void this.source.open();
  }

  // What the toolbar and the bars ask for.

  private chooseView(view: OutboxView): void {
    this.connection?.chooseView(view);
    void this.connection?.preferences.save({ view });
    void this.ask({ view });
  }

  private chooseLimit(limit: number): void {
    void this.connection?.preferences.save({ pageSize: limit as 50 });
    void this.ask({ limit });
  }

  private search(search: string | undefined): void {
    const { search: _before, ...filter } = this.source?.question.filter ?? {};
    void this.ask({ filter: search === undefined ? filter : { ...filter, search } });
  }

  private chooseStatus(status: OutboxFilter['status']): void {
    const { status: _before, ...filter } = this.source?.question.filter ?? {};
    void this.ask({ filter: status === undefined ? filter : { ...filter, status } });
  }

  private chooseCause({ cause, connector }: CauseGroup, isChosen: boolean): void {
    const { cause: _cause, connector: _connector, ...filter } = this.source?.question.filter ?? {};
    void this.ask({ filter: isChosen ? { ...filter, cause: [cause], connector: [connector.id] } : filter });
  }

  private retryCause({ cause, connector }: CauseGroup): void {
    const { view, filter } = this.source?.question ?? {};
    if (!view) return;
    const ofCause = { ...filter, cause: [cause], connector: [connector.id] };
    this.askBulk({ action: 'retry', target: { query: { view, filter: ofCause } } });
  }

  private openPanel(name: Panel): void {
    this.panel = name;
    void loadPart(name === 'settings' ? 'settings' : 'dialogs').then((isHere) => isHere || this.missPart());
  }

  private showResults(operation: BulkOperation): void {
    this.results = operation;
    void loadPart('dialogs').then((isHere) => isHere || this.missPart());
  }

  /** The code of what was to be opened could not be fetched. */
  private missPart(): void {
    this.opened = null;
    this.panel = null;
    this.asked = null;
    this.results = null;
    this.notices.show({ text: this.locale.text('actionFailed') });
  }

  private async turn(turn: PageTurn): Promise<void> {
    await this.source?.turn(turn);
    await this.updateComplete;
    this.grid?.scrollToStart();
  }

  private async showIncoming(): Promise<void> {
    await this.source?.showIncoming();
    await this.updateComplete;
    this.grid?.scrollToStart();
    this.grid?.focusEmail('', 0);
  }

  // Many emails at once.

  private actByKey(action: OfferedAction, email: OutboxEmail): void {
    const { locale, actionsOff } = this;
    const reason = refusalOf({ email, locale, actionsOff }, action);
    if (reason === null) this.act(action, email);
    else this.explain(reason);
  }

  private selectEverything(): void {
    const { source } = this;
    const view = source?.question.view;
    if (!source || !view) return;
    this.selection.selectEverything({ query: { view, filter: source.question.filter } }, source.total);
    this.requestUpdate();
  }

  private actOnSelection(action: BulkChoice): void {
    const { everything, emails } = this.selection;
    if (everything) {
      this.askBulk({ action, target: everything.target });
      return;
    }
    const able = emails.filter((email) => email.can[action] === true);
    const [only, ...others] = able;
    if (!only) return;
    if (others.length === 0) {
      this.clearSelection();
      this.act(action, only);
      return;
    }
    const asked = { action, target: { ids: able.map(({ id }) => id) } };
    if (action === 'retry' && able.some((email) => email.mayHaveBeenSent)) this.askBulk(asked);
    else void this.startBulk(asked, false);
  }

  private askBulk(asked: AskedBulk): void {
    this.asked = asked;
    void loadPart('dialogs').then((isHere) => isHere || this.missPart());
  }

  private async startBulk({ action, target }: AskedBulk, acceptDuplicate: boolean): Promise<void> {
    if (await this.bulk.start(action, target, acceptDuplicate)) this.clearSelection();
  }

  private clearSelection(): void {
    this.selection.clear();
    this.requestUpdate();
  }

  // What the host is told.

  private mirror(): void {
    const { view = null, sort = null, filter = {} } = this.source?.question ?? {};
    const state = writeState({ view, sort, filter, email: this.opened?.email.id ?? null });
    if (state === this.mirrored) return;
    this.mirrored = state;
    this.state = state;
    this.tell('outbox-state', { state });
  }

  private reportError(failure: Parameters<typeof errorText>[0]): void {
    const code = failure === 'misconfigured' ? failure : errorCode(failure);
    if (this.reported === code) return;
    this.reported = code;
    void loadLanguage(this.locale.language).then(() => {
      this.tell('outbox-error', { code, message: errorText(failure, this.locale) });
    });
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private get actionsOff(): string | null {
    return this.connection?.liveness.state === 'offline' ? this.locale.text('actionsOff') : null;
  }

  private get busy(): ReadonlySet<string> {
    const { busy } = this.bulk;
    return busy.length === 0 ? this.actions.busy : new Set([...this.actions.busy, ...busy]);
  }

  private get now(): number {
    return this.connection?.clock.now() ?? Date.now();
  }

  private hasCloseCountdown(): boolean {
    const { now } = this;
    return (
      this.source?.rows.rows.some(({ email }) => {
        const left = email.nextAttemptAt === null ? Infinity : Date.parse(email.nextAttemptAt) - now;
        return left > -2000 && left < 61_000;
      }) ?? false
    );
  }

  protected override render(): TemplateResult | typeof nothing {
    const { locale, source } = this;
    if (!locale.isReady) return nothing;
    const isReady = source?.phase === 'ready';
    return html`${this.renderToolbar()}${this.renderBanner()}${this.renderFilters()}
      ${
        isReady
          ? causesBar({
              causes: this.causes,
              filter: source.question.filter,
              locale,
              now: this.now,
              isExpanded: this.hasAllCauses,
              actionsOff: this.actionsOff,
              expand: (isExpanded) => (this.hasAllCauses = isExpanded),
              choose: (group, isChosen) => this.chooseCause(group, isChosen),
              retry: (group) => this.retryCause(group),
            })
          : nothing
      }
      <div class="page" part="page" aria-busy=${source?.turning ? 'true' : 'false'}>
        ${this.renderPage()}${this.opened ? nothing : this.renderNotices()}
      </div>
      ${isReady ? this.renderFoot(source) : nothing}
      ${this.renderPopup()}${this.renderPanel()}${this.renderBulkDialogs()}${this.doubt.render(locale)}`;
  }

  private renderToolbar(): TemplateResult {
    const { locale, source, connection, counts } = this;
    const { count } = counts;
    return toolbar({
      locale,
      now: this.now,
      view: source?.question.view ?? null,
      total: source?.phase === 'ready' ? (count?.total ?? source.total) : null,
      oldestAt: count?.oldestWaitingAt ?? null,
      limit: source?.question.limit ?? this.me?.pageSize ?? defaultPageSize,
      liveness: connection?.liveness ?? null,
      chooseView: (view) => this.chooseView(view),
      chooseLimit: (limit) => this.chooseLimit(limit),
      openSettings: () => this.openPanel('settings'),
    });
  }

  private renderBanner(): TemplateResult {
    const { connection, locale } = this;
    const offline = connection?.liveness.state === 'offline' && !connection.sessionEnded;
    const since = offline && connection.liveness.state === 'offline' ? connection.liveness.since : 0;
    // The region stays, so that a screen reader hears what comes into it.
    return html`<div class="banner-region" role="status">
      ${
        offline
          ? html`<p class="banner" part="banner">
              ${icon('warning')}${locale.text('notLive', { time: locale.time(new Date(since)) })}
            </p>`
          : nothing
      }
    </div>`;
  }

  private renderFilters(): TemplateResult | typeof nothing {
    const { locale, source } = this;
    if (!source || source.failure === 'unauthenticated' || source.failure === 'forbidden') return nothing;
    const { filter } = source.question;
    return html`${filterBar({
      filter,
      counts: this.counts,
      locale,
      search: this.searchField.render(filter.search, locale),
      chooseStatus: (status) => this.chooseStatus(status),
      openFilters: () => this.openPanel('filters'),
      openShortcuts: () => this.openPanel('shortcuts'),
    })}${filterTokens(filter, this.names, locale, (chosen) => this.chooseFilter(chosen))}`;
  }

  private renderPage(): TemplateResult {
    const { source, locale } = this;
    if (this.isUnconnected) return panel('warning', errorText('misconfigured', locale), locale);
    if (source?.phase === 'failed' && source.failure) {
      return panel('warning', errorText(source.failure, locale), locale, () => this.tryAgain());
    }
    if (source?.phase === 'ready' && source.rows.rows.length === 0) {
      if (!isEmpty(source.question.filter)) return noMatchPanel(locale, () => this.chooseFilter({}));
      const isTeamless = source.question.view === 'team' && this.me?.hasTeam === false;
      return panel('inbox', locale.text(isTeamless ? 'noTeam' : 'empty'), locale);
    }
    return this.renderGrid(source);
  }

  private renderGrid(source: PageSource | null): TemplateResult {
    const { preferences } = this.connection ?? {};
    const rows = source?.rows.rows ?? [];
    const { selection } = this;
    return html`${source ? this.renderIncoming(source) : nothing}<outbox-grid
        exportparts="grid, header, header-cell, sort, sort-menu, resize, skeleton, row, box, cell, subject, packet, connector, importance, status, action, action-retry, action-cancel"
        .host=${this}
        .locale=${this.locale}
        .loading=${source?.phase !== 'ready'}
        .rows=${rows}
        .view=${source?.question.view ?? null}
        .columns=${preferences?.kept?.columns ?? noColumns}
        .sort=${source?.question.sort ?? defaultSort}
        .selected=${selection.everything ? everyRow(rows) : selection.ids}
        .isAdministrator=${this.me?.roles.includes('administrator') ?? false}
        .now=${this.now}
        .actionsOff=${this.actionsOff}
        .busy=${this.busy}
        .openId=${this.opened?.email.id ?? null}
        .offset=${source?.offset ?? 0}
        .total=${source?.total ?? 0}
      ></outbox-grid>`;
  }

  private renderIncoming(source: PageSource): TemplateResult | typeof nothing {
    const count = source.incoming.size;
    if (count === 0) return nothing;
    return html`<button
      type="button"
      class="incoming"
      part="incoming"
      title=${this.locale.text('newEmailsHint')}
      @click=${() => void this.showIncoming()}
    >
      ${icon('up')}${this.locale.plural('newEmails', count)}
    </button>`;
  }

  /** Below the rows, so that nothing that comes or goes moves them. */
  private renderFoot(source: PageSource): TemplateResult {
    const { locale, selection } = this;
    const fitting = source.rows.rows.filter((row) => row.left === null && row.fits);
    const isWholePage = fitting.length > 0 && fitting.every(({ email }) => selection.ids.has(email.id));
    return html`${bulkLines({
      operations: this.bulk.operations,
      locale,
      stop: (id) => this.bulk.stop(id),
      undo: (id) => this.bulk.undo(id),
      dismiss: (id) => this.bulk.dismiss(id),
      showResults: (operation) => this.showResults(operation),
    })}${selectionBar({
      selection,
      locale,
      actionsOff: this.actionsOff,
      matching: isWholePage && source.total > selection.ids.size ? source.total : null,
      act: (action) => this.actOnSelection(action),
      explain: (reason) => this.explain(reason),
      clear: () => this.clearSelection(),
      selectEverything: () => this.selectEverything(),
    })}${source.rows.rows.length > 0 ? pager(source, locale, (turn) => void this.turn(turn)) : nothing}`;
  }

  /** Rendered inside the popup while it is open: everything outside a modal is inert. */
  private renderNotices(): TemplateResult {
    return html`<div class="visually-hidden" role="status">${this.notices.announcement}</div>
      ${this.notices.render(this.locale)}`;
  }

  private renderPopup(): TemplateResult | typeof nothing {
    const { opened, connection } = this;
    if (!opened || !connection) return nothing;
    return html`<outbox-popup
      exportparts="popup"
      .host=${this}
      .connection=${connection}
      .locale=${this.locale}
      .email=${opened.email}
      .left=${opened.left}
      .hasChanged=${opened.hasChanged}
      .now=${connection.clock.now()}
      .actionsOff=${this.actionsOff}
      .isBusy=${this.busy.has(opened.email.id)}
      ><div slot="notices">${this.renderNotices()}</div></outbox-popup
    >`;
  }

  private renderPanel(): TemplateResult | typeof nothing {
    const { locale, source, counts } = this;
    const kept = this.connection?.preferences.kept;
    if (this.panel === 'shortcuts') {
      return html`<outbox-shortcuts .host=${this} .locale=${locale}></outbox-shortcuts>`;
    }
    if (this.panel === 'settings') {
      return html`<outbox-preferences
        exportparts="settings, reset-columns, undo-delay"
        .host=${this}
        .locale=${locale}
        .view=${source?.question.view ?? null}
        .columns=${kept?.columns ?? noColumns}
        .undoSeconds=${kept?.undoSeconds ?? 0}
        .undoChoices=${this.me?.undoChoices ?? []}
      ></outbox-preferences>`;
    }
    if (this.panel !== 'filters' || !source) return nothing;
    return html`<outbox-filter-panel
      exportparts="dialog"
      .host=${this}
      .locale=${locale}
      .filter=${source.question.filter}
      .names=${this.names}
      .causes=${counts.causes.map(({ cause }) => cause)}
      .total=${source.phase === 'ready' && !source.turning ? source.total : null}
    ></outbox-filter-panel>`;
  }

  private renderBulkDialogs(): TemplateResult {
    const { connection, locale, asked, results } = this;
    return html`${
      asked && connection
        ? html`<outbox-bulk-question
            exportparts="dialog"
            .host=${this}
            .connection=${connection}
            .locale=${locale}
            .action=${asked.action}
            .target=${asked.target}
          ></outbox-bulk-question>`
        : nothing
    }${
      results && connection
        ? html`<outbox-bulk-results
            exportparts="dialog"
            .host=${this}
            .connection=${connection}
            .locale=${locale}
            .operation=${this.bulk.operations.find(({ id }) => id === results.id) ?? results}
          ></outbox-bulk-results>`
        : nothing
    }`;
  }
}

const noColumns: readonly ColumnChoice[] = [];

/** Everything that matches is selected, so every row that is shown. */
function everyRow(rows: readonly { email: OutboxEmail }[]): ReadonlySet<string> {
  return new Set(rows.map(({ email }) => email.id));
}
