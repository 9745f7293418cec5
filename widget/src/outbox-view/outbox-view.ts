// Longer than 300 lines: it is the one place where the page's parts meet.
import {
  defaultPageSize,
  defaultSort,
  mostBulkIds,
  type DeliveryCause,
  type Me,
  type OutboxChange,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxSort,
  type OutboxView,
} from '@portal-outbox/contracts';
import { html, LitElement, nothing, type CSSResult, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ConnectionController } from '../data/connection-controller.ts';
import type { Connection } from '../data/connection.ts';
import { listBulk, readEmail, type EmailAction, type PreferencesPatch } from '../data/outbox-requests.ts';
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
import { barStyles } from './bar-styles.ts';
import { causesBar, type CauseGroup } from './causes-bar.ts';
import { filterBar } from './filter-bar.ts';
import { KnownNames } from './known-names.ts';
import { loadPopup, loadPreferences, loadTools } from './on-demand.ts';
import { followAnswer, followChange, openedFrom, type OpenedEmail } from './opened-email.ts';
import { connectorHref, openPacket, packetHref } from './packet-link.ts';
import { PageSelection } from './page-selection.ts';
import { errorCode, errorText, noMatchPanel, panel } from './page-states.ts';
import { pager } from './pager.ts';
import { SearchField } from './search-field.ts';
import type { PageTools, Panel, ToolsHost } from './page-tools.ts';
import { Tick } from './tick.ts';
import { toolbar } from './toolbar.ts';
import { viewStyles } from './view-styles.ts';

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
export class OutboxViewElement extends LitElement implements GridHost, PreferencesHost, ToolsHost {
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

  @state() source: PageSource | null = null;
  @state() private me: Me | null = null;
  @state() private opened: OpenedEmail | null = null;
  @state() private panel: Panel | null = null;
  @state() private hasAllCauses = false;
  @state() private isUnconnected = false;
  @query('outbox-grid') private grid!: OutboxGrid | null;

  // For the page's own parts, as are the methods that follow: no part of what a host may rely on.
  readonly selection = new PageSelection();
  readonly names = new KnownNames();
  readonly #locales = new LocaleController(this);
  readonly #counts = new PageCounts(() => this.#onCounts());
  readonly #searchField = new SearchField(this, (search) => this.#search(search));
  /** Those that are shown: the bar neither comes nor goes while somebody is at the rows. */
  #causes: readonly CauseGroup[] = [];
  #isHeld = false;
  #announcement = '';
  #tools: PageTools | null = null;
  /** They could not be fetched: rendering alone does not ask again. */
  #hasMissedTools = false;
  readonly #loaded = new Set<string>();
  #mirrored = '';
  #wantedEmail: string | null = null;
  #reported: string | null = null;
  #unconnectedTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #connections = new ConnectionController(
    this,
    {
      onChange: (change) => this.#onChange(change),
      onMissed: () => this.#onMissed(),
      onState: () => this.#onState(),
    },
    (connection) => this.#useConnection(connection),
  );

  constructor() {
    super();
    new Tick(this, () => this.#hasCloseCountdown());
  }

  get connection(): Connection | null {
    return this.#connections.connection;
  }

  get locale(): Locale {
    return this.#locales.locale;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#unconnectedTimer);
  }

  // What the grid, the popup and the panels ask for.

  openEmail(email: OutboxEmail): void {
    if (!this.source) return;
    void this.#load('popup', loadPopup);
    this.opened = openedFrom(this.source.rows, email);
    this.#mirror();
  }

  async closePopup(): Promise<void> {
    const { opened } = this;
    if (!opened) return;
    this.opened = null;
    this.#mirror();
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
    void this.#loadTools().then((tools) => tools?.actions.run(action, email));
  }

  explain(reason: string): void {
    this.announce(reason);
  }

  /** Says it to a screen reader. Said twice, it is heard twice. */
  announce(text: string): void {
    this.#announcement = this.#announcement === text ? `${text}\u00a0` : text;
    this.requestUpdate();
  }

  hold(held: boolean): void {
    if (held) {
      void this.#load('popup', loadPopup, true);
      void loadTools(this.locale.language);
    }
    this.#isHeld = held;
    this.source?.hold(held);
    if (!held) this.#onCounts();
  }

  chooseSort(sort: OutboxSort | null): void {
    void this.connection?.preferences.save({ sort });
    void this.#ask({ sort: sort ?? defaultSort });
  }

  select(ids: ReadonlySet<string>): void {
    if (!this.selection.tick(ids, this.source?.rows.rows ?? [])) {
      const count = this.locale.number(mostBulkIds);
      this.#notify(this.locale.text('tooManySelected', { count }));
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
      if (this.selection.isEmpty || action === 'send-now') this.#actByKey(action, email);
      else this.shadowRoot?.querySelector<HTMLElement>(`[data-bulk=${action}]`)?.click();
    } else if (letter === '/') this.#searchField.focus();
    else if (letter === 'f') this.#openPanel('filters');
    else if (letter === '?') this.#openPanel('shortcuts');
    else return false;
    return true;
  }

  chooseFilter(filter: OutboxFilter): void {
    void this.#ask({ filter });
  }

  get causes(): readonly DeliveryCause[] {
    return this.#counts.causes.map(({ cause }) => cause);
  }

  closePanel(): void {
    this.panel = null;
  }

  closePreferences(): void {
    this.panel = null;
  }

  // What actions tell.

  onAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    this.source?.applyAnswer(action, id, email);
    if (this.opened) this.opened = followAnswer(this.opened, action, id, email);
    if (email === null) this.selection.forget(id);
    this.tell('outbox-changed', { action, ids: [id], count: 1 });
  }

  onFresh(email: OutboxEmail): void {
    const view = this.source?.question.view;
    this.#onChange({ type: 'row', email, views: view ? [view] : [] });
  }

  onGone(id: string): void {
    this.#onChange({ type: 'gone', id, why: 'hidden' });
  }

  // The connection and the page.

  #useConnection(connection: Connection | null): void {
    this.source?.dispose();
    this.source = null;
    this.me = null;
    this.opened = null;
    this.panel = null;
    this.#clearPage();
    this.names.clear();
    this.#tools?.notices.clear();
    this.#announcement = '';
    clearTimeout(this.#unconnectedTimer);
    this.isUnconnected = false;
    if (connection) void this.#openPage(connection);
    else if (this.isConnected) {
      this.#unconnectedTimer = setTimeout(() => {
        this.isUnconnected = true;
        this.#reportError('misconfigured');
      }, unconnectedAfter);
    }
  }

  /** What is shown of one user beside the rows. */
  #clearPage(): void {
    this.panel = null;
    this.#counts.clear();
    this.#causes = [];
    this.selection.clear();
    this.#tools?.clear();
  }

  async #openPage(connection: Connection): Promise<void> {
    const source = new PageSource(
      connection,
      { view: connection.view, sort: null, filter: {}, limit: null },
      () => this.locale,
      () => this.#onPage(source),
    );
    this.source = source;
    void this.#readMe(connection, source);
    this.#mirrored = this.state;
    if (this.state === '') await source.open();
    else await this.#goTo(source);
  }

  async #readMe(connection: Connection, source: PageSource): Promise<void> {
    const me = await connection.readMe();
    if (!me || connection !== this.connection) return;
    this.me = me;
    source.learnLimit(me.pageSize ?? defaultPageSize);
    const result = await listBulk(connection.client);
    if (!result.ok || connection !== this.connection) return;
    const isWorthALine = result.value.items.some(
      ({ endedAt, mail }) => endedAt === null || (mail?.waiting ?? 0) > 0,
    );
    if (isWorthALine) (await this.#loadTools())?.bulk.runs.recall(result.value.items);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { source } = this;
    if (!changed.has('state') || this.state === this.#mirrored || !source) return;
    // The host says where to go: back, or a link of somebody's.
    this.#mirrored = this.state;
    this.opened = null;
    void this.#goTo(source);
  }

  async #goTo(source: PageSource): Promise<void> {
    const { readState } = (await loadTools(this.locale.language)) ?? {};
    if (source !== this.source) return;
    if (!readState) return source.open();
    const { view, sort, filter, email } = readState(this.state);
    const { question } = source;
    this.#wantedEmail = email;
    await this.#show({ ...question, view: view ?? question.view, sort: sort ?? question.sort, filter });
  }

  protected override updated(): void {
    const { status: _status, search: _search, ...others } = this.source?.question.filter ?? {};
    const isWanted = !this.selection.isEmpty || Object.keys(others).length > 0;
    if (isWanted && !this.#hasMissedTools) void this.#loadTools();
  }

  /** Bulk operations, filters and dialogs: there once something asks for them. */
  async #loadTools(): Promise<PageTools | null> {
    if (this.#tools) return this.#tools;
    const loaded = await loadTools(this.locale.language);
    this.#hasMissedTools = loaded === null;
    if (loaded === null) this.#missPart();
    else if (!this.#tools) {
      this.#adopt(loaded.toolStyles);
      this.#tools = new loaded.PageTools(this);
      this.requestUpdate();
    }
    return this.#tools;
  }

  /** Another question of this user's. */
  async #ask(change: Partial<PageQuestion>): Promise<void> {
    const { source } = this;
    if (!source) return;
    const shown = this.#show({ ...source.question, ...change });
    this.#mirror();
    await shown;
    if (change.filter && source === this.source && source.phase === 'ready') {
      this.announce(this.locale.plural('matches', source.total));
    }
  }

  async #show(question: PageQuestion): Promise<void> {
    const { source, connection } = this;
    if (!source || !connection) return;
    const before = source.question;
    const isSame =
      before.view === question.view && JSON.stringify(before.filter) === JSON.stringify(question.filter);
    if (!isSame) this.selection.clear();
    if (before.filter.search !== question.filter.search) this.#searchField.forget();
    const shown = source.show(question);
    this.#followCounts();
    await shown;
    await this.updateComplete;
    if (source === this.source) this.grid?.scrollToStart();
  }

  #followCounts(): void {
    const { connection, source } = this;
    if (connection && source?.question.view) {
      this.#counts.follow(connection, source.question.view, source.question.filter);
    }
  }

  #onPage(source: PageSource): void {
    if (source !== this.source) return;
    const { view } = source.question;
    if (view) this.connection?.chooseView(view);
    if (source.failure) this.#reportError(source.failure);
    else if (source.phase === 'ready') {
      this.#reported = null;
      this.names.takeEmails(source.rows.rows.map(({ email }) => email));
      this.#followCounts();
      if (this.#wantedEmail !== null) void this.#openWanted(this.#wantedEmail);
    }
    this.requestUpdate();
  }

  /** The email of a link. */
  async #openWanted(id: string): Promise<void> {
    this.#wantedEmail = null;
    const { connection } = this;
    const row = this.source?.rows.find(id);
    if (row) return this.openEmail(row.email);
    if (!connection) return;
    const detail = await readEmail(connection.client, id);
    if (connection !== this.connection || this.opened) return;
    if (detail.ok) this.openEmail(detail.value.email);
    else if (detail.code === 'not_found') this.#notify(this.locale.text('alreadyGone'));
  }

  #onCounts(): void {
    const { source } = this;
    const counts = this.#counts;
    const total = counts.totalOf(source?.question.filter.status);
    if (total !== null) source?.setTotal(total);
    this.names.takeCount(counts.count);
    this.names.takeCauses(counts.causes);
    const wouldMove = this.#causes.length === 0 || counts.causes.length === 0;
    if (!this.#isHeld || !wouldMove) this.#causes = counts.causes;
    this.requestUpdate();
  }

  #onChange(change: OutboxChange): void {
    this.source?.onChange(change);
    if (change.type === 'bulk') void this.#loadTools().then((tools) => tools?.bulk.runs.onChange(change));
    this.selection.onChange(change);
    if (this.opened) this.opened = followChange(this.opened, change);
  }

  #onMissed(): void {
    void this.source?.readAgain();
    void this.#tools?.bulk.runs.readAgain();
  }

  #onState(): void {
    const { connection, source } = this;
    if (connection?.sessionEnded && source && source.failure !== 'unauthenticated') {
      this.opened = null;
      this.#clearPage();
      source.endSession();
    }
    if (connection?.liveness.state === 'live') this.#hasMissedTools = false;
    // A page that failed to load for want of a network comes back with it.
    if (connection?.liveness.state === 'live' && source?.failure === 'unreachable') void source.open();
    this.requestUpdate();
  }

  #tryAgain(): void {
    this.connection?.revive();
    if (this.source?.phase === 'failed') void this.source.open();
  }

  // What the toolbar and the bars ask for.

  #chooseView(view: OutboxView): void {
    this.connection?.chooseView(view);
    void this.connection?.preferences.save({ view });
    void this.#ask({ view });
  }

  #chooseLimit(limit: number): void {
    void this.connection?.preferences.save({ pageSize: limit as 50 });
    void this.#ask({ limit });
  }

  #search(search: string | undefined): void {
    const { search: _before, ...filter } = this.source?.question.filter ?? {};
    void this.#ask({ filter: search === undefined ? filter : { ...filter, search } });
  }

  #chooseStatus(status: OutboxFilter['status']): void {
    const { status: _before, ...filter } = this.source?.question.filter ?? {};
    void this.#ask({ filter: status === undefined ? filter : { ...filter, status } });
  }

  #chooseCause({ cause, connector }: CauseGroup, isChosen: boolean): void {
    const { cause: _cause, connector: _connector, ...filter } = this.source?.question.filter ?? {};
    void this.#ask({ filter: isChosen ? { ...filter, cause: [cause], connector: [connector.id] } : filter });
  }

  #retryCause({ cause, connector }: CauseGroup): void {
    const { view, filter } = this.source?.question ?? {};
    if (!view) return;
    const ofCause = { ...filter, cause: [cause], connector: [connector.id] };
    const asked = { action: 'retry', target: { query: { view, filter: ofCause } } } as const;
    void this.#loadTools().then((tools) => tools?.bulk.ask(asked));
  }

  #openPanel(name: Panel): void {
    this.panel = name;
    if (name !== 'settings') void this.#loadTools();
    else void this.#load('settings', loadPreferences);
  }

  /** Fetches the code and the texts of a part. `ahead`: nobody waits for it yet. */
  async #load(part: 'popup' | 'settings', load: typeof loadPopup, ahead = false): Promise<void> {
    if (this.#loaded.has(part)) return;
    const isHere = await load(this.locale.language);
    if (isHere) this.#loaded.add(part);
    else if (!ahead) this.#missPart();
    this.requestUpdate();
  }

  /** The code of what was to be opened could not be fetched. */
  #missPart(): void {
    this.panel = null;
    if (!this.#loaded.has('popup')) this.opened = null;
    const text = this.locale.text('actionFailed');
    if (this.#tools) this.#tools.notices.show({ text });
    else this.announce(text);
  }

  #notify(text: string): void {
    void this.#loadTools().then((tools) => tools?.notices.show({ text }));
  }

  async #turn(turn: PageTurn): Promise<void> {
    await this.source?.turn(turn);
    await this.updateComplete;
    this.grid?.scrollToStart();
  }

  async #showIncoming(): Promise<void> {
    await this.source?.showIncoming();
    await this.updateComplete;
    this.grid?.scrollToStart();
    this.grid?.focusEmail('', 0);
  }

  #actByKey(action: OfferedAction, email: OutboxEmail): void {
    const { locale } = this;
    const actionsOff = this.actionsOff;
    const reason = refusalOf({ email, locale, actionsOff }, action);
    if (reason === null) this.act(action, email);
    else this.explain(reason);
  }

  /** Styles of a part that came later. */
  #adopt({ styleSheet }: CSSResult): void {
    const { shadowRoot } = this;
    if (shadowRoot && styleSheet)
      shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, styleSheet];
  }

  // What the host is told.

  #mirror(): void {
    void loadTools(this.locale.language).then((loaded) => {
      if (!loaded || !this.source) return;
      const { view, sort, filter } = this.source.question;
      const state = loaded.writeState({ view, sort, filter, email: this.opened?.email.id ?? null });
      if (state === this.#mirrored) return;
      this.#mirrored = state;
      this.state = state;
      this.tell('outbox-state', { state });
    });
  }

  #reportError(failure: Parameters<typeof errorText>[0]): void {
    const code = failure === 'misconfigured' ? failure : errorCode(failure);
    if (this.#reported === code) return;
    this.#reported = code;
    void loadLanguage(this.locale.language).then(() => {
      this.tell('outbox-error', { code, message: errorText(failure, this.locale) });
    });
  }

  tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  get actionsOff(): string | null {
    return this.connection?.liveness.state === 'offline' ? this.locale.text('actionsOff') : null;
  }

  get #busy(): ReadonlySet<string> {
    const { actions, bulk } = this.#tools ?? {};
    return bulk?.runs.busy.length
      ? new Set([...(actions?.busy ?? []), ...bulk.runs.busy])
      : (actions?.busy ?? nobody);
  }

  get #now(): number {
    return this.connection?.clock.now() ?? Date.now();
  }

  #hasCloseCountdown(): boolean {
    const now = this.#now;
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
    return html`${this.#renderToolbar()}${this.#renderBanner()}${this.#renderFilters()}
      ${
        isReady
          ? causesBar({
              causes: this.#causes,
              filter: source.question.filter,
              locale,
              now: this.#now,
              isExpanded: this.hasAllCauses,
              actionsOff: this.actionsOff,
              expand: (isExpanded) => (this.hasAllCauses = isExpanded),
              choose: (group, isChosen) => this.#chooseCause(group, isChosen),
              retry: (group) => this.#retryCause(group),
            })
          : nothing
      }
      <div class="page" part="page" aria-busy=${source?.turning ? 'true' : 'false'}>
        ${this.#renderPage()}${this.opened ? nothing : this.#renderNotices()}
      </div>
      ${isReady ? this.#renderFoot(source) : nothing} ${this.#renderPopup()}${this.#renderDialogs()}`;
  }

  #renderToolbar(): TemplateResult {
    const { locale, source, connection } = this;
    const counts = this.#counts;
    const { count } = counts;
    return toolbar({
      locale,
      now: this.#now,
      view: source?.question.view ?? null,
      total: source?.phase === 'ready' ? (count?.total ?? source.total) : null,
      oldestAt: count?.oldestWaitingAt ?? null,
      limit: source?.question.limit ?? this.me?.pageSize ?? defaultPageSize,
      liveness: connection?.liveness ?? null,
      chooseView: (view) => this.#chooseView(view),
      chooseLimit: (limit) => this.#chooseLimit(limit),
      openSettings: () => this.#openPanel('settings'),
    });
  }

  #renderBanner(): TemplateResult {
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

  #renderFilters(): TemplateResult | typeof nothing {
    const { locale, source } = this;
    if (!source || source.failure === 'unauthenticated' || source.failure === 'forbidden') return nothing;
    const { filter } = source.question;
    return html`${filterBar({
      filter,
      counts: this.#counts,
      locale,
      search: this.#searchField.render(filter.search, locale),
      chooseStatus: (status) => this.#chooseStatus(status),
      openFilters: () => this.#openPanel('filters'),
      openShortcuts: () => this.#openPanel('shortcuts'),
    })}${this.#tools?.renderTokens(source) ?? nothing}`;
  }

  #renderPage(): TemplateResult {
    const { source, locale } = this;
    if (this.isUnconnected) return panel('warning', errorText('misconfigured', locale), locale);
    if (source?.phase === 'failed' && source.failure) {
      return panel('warning', errorText(source.failure, locale), locale, () => this.#tryAgain());
    }
    if (source?.phase === 'ready' && source.rows.rows.length === 0) {
      if (Object.keys(source.question.filter).length > 0)
        return noMatchPanel(locale, () => this.chooseFilter({}));
      const isTeamless = source.question.view === 'team' && this.me?.hasTeam === false;
      return panel('inbox', locale.text(isTeamless ? 'noTeam' : 'empty'), locale);
    }
    return this.#renderGrid(source);
  }

  #renderGrid(source: PageSource | null): TemplateResult {
    const { preferences } = this.connection ?? {};
    const rows = source?.rows.rows ?? [];
    const selection = this.selection;
    return html`${source ? this.#renderIncoming(source) : nothing}<outbox-grid
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
        .now=${this.#now}
        .actionsOff=${this.actionsOff}
        .busy=${this.#busy}
        .openId=${this.opened?.email.id ?? null}
        .offset=${source?.offset ?? 0}
        .total=${source?.total ?? 0}
      ></outbox-grid>`;
  }

  #renderIncoming(source: PageSource): TemplateResult | typeof nothing {
    const count = source.incoming.size;
    if (count === 0) return nothing;
    return html`<button
      type="button"
      class="incoming"
      part="incoming"
      title=${this.locale.text('newEmailsHint')}
      @click=${() => void this.#showIncoming()}
    >
      ${icon('up')}${this.locale.plural('newEmails', count)}
    </button>`;
  }

  #renderFoot(source: PageSource): TemplateResult {
    const turn = (to: PageTurn) => void this.#turn(to);
    return html`${this.#tools?.bulk.renderBars(source) ?? nothing}${
      source.rows.rows.length > 0 ? pager(source, this.locale, turn) : nothing
    }`;
  }

  /** Rendered inside the popup while it is open: everything outside a modal is inert. */
  #renderNotices(): TemplateResult {
    return html`<div class="visually-hidden" role="status">${this.#announcement}</div>
      ${this.#tools?.notices.render(this.locale) ?? nothing}`;
  }

  #renderPopup(): TemplateResult | typeof nothing {
    const { opened, connection } = this;
    if (!opened || !connection || !this.#loaded.has('popup')) return nothing;
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
      .isBusy=${this.#busy.has(opened.email.id)}
      ><div slot="notices">${this.#renderNotices()}</div></outbox-popup
    >`;
  }

  #renderDialogs(): TemplateResult | typeof nothing {
    const { source } = this;
    if (!source) return nothing;
    if (this.panel !== 'settings') return this.#tools?.renderDialogs(this.panel, source) ?? nothing;
    if (!this.#loaded.has('settings')) return nothing;
    const kept = this.connection?.preferences.kept;
    return html`<outbox-preferences
      exportparts="settings"
      .host=${this}
      .locale=${this.locale}
      .view=${source.question.view}
      .columns=${kept?.columns ?? noColumns}
      .undoSeconds=${kept?.undoSeconds ?? 0}
      .undoChoices=${this.me?.undoChoices ?? []}
    ></outbox-preferences>`;
  }
}

const noColumns: readonly ColumnChoice[] = [];
const nobody: ReadonlySet<string> = new Set();

/** Everything that matches is selected, so every row that is shown. */
function everyRow(rows: readonly { email: OutboxEmail }[]): ReadonlySet<string> {
  return new Set(rows.map(({ email }) => email.id));
}
