// Longer than 300 lines: it is the one place where the page's parts meet.
import {
  defaultPageSize,
  type OutboxChange,
  type OutboxEmail,
  type OutboxView,
} from '@portal-outbox/contracts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ConnectionController } from '../data/connection-controller.ts';
import type { Connection } from '../data/connection.ts';
import type { EmailAction } from '../data/outbox-requests.ts';
import type { LeftReason } from '../data/page-rows.ts';
import { PageSource, type PageTurn } from '../data/page-source.ts';
import type { GetToken } from '../data/token-source.ts';
import { LocaleController } from '../i18n/locale-controller.ts';
import type { Locale } from '../i18n/locale.ts';
import type { Messages } from '../i18n/messages-en.ts';
import type { OfferedAction } from '../outbox-grid/action-buttons.ts';
import type { GridHost, OutboxGrid } from '../outbox-grid/outbox-grid.ts';
import { controls } from '../theme/controls.ts';
import { icon } from '../theme/icons.ts';
import { textProperty } from '../theme/text-property.ts';
import { tokens } from '../theme/tokens.ts';
import { ActionRunner, type ActionHost } from './action-runner.ts';
import { DoubtDialog } from './doubt-dialog.ts';
import { Notices } from './notices.ts';
import { openPacket, packetHref } from './packet-link.ts';
import { errorCode, errorText, panel, skeleton } from './page-states.ts';
import { pager } from './pager.ts';
import { Tick } from './tick.ts';
import { toolbar } from './toolbar.ts';
import { viewStyles } from './view-styles.ts';

/** The email in the popup, followed while it is open, on this page or not. */
interface OpenedEmail {
  email: OutboxEmail;
  left: LeftReason | null;
  /** Somebody or something else changed it since it was opened. */
  hasChanged: boolean;
  /** Its place on the page when it was opened, for the focus to return to. */
  place: number;
}

/** How long a page without `connect()` may look like loading, in milliseconds. */
const unconnectedAfter = 5000;

/**
 * `<outbox-view>`: the Outbox page.
 *
 * @fires outbox-open-packet - cancelable, `{ref, type, url}`: before the packet's link is followed
 * @fires outbox-changed - `{action, ids, count}`: after an action of this user
 * @fires outbox-error - `{code, message}`: unauthenticated, unavailable, misconfigured or incompatible
 */
export class OutboxViewElement extends LitElement implements ActionHost, GridHost {
  static override styles = [tokens, controls, viewStyles];

  /** Base URL of the service; with `getToken` a connection of its own instead of the page's. */
  @property(textProperty('service-url')) serviceUrl = '';
  @property({ attribute: false }) getToken: GetToken | null = null;
  /** IANA time zone of the dates; the browser's without it. */
  @property(textProperty('time-zone')) timeZone = '';
  /** Where packets are shown, with `{ref}`; http(s) or relative. */
  @property(textProperty('packet-url')) packetUrl = '';
  /** `light` or `dark`; without it the inherited `color-scheme` decides. */
  @property(textProperty('theme')) theme = '';
  /** Texts that replace the widget's own. */
  @property({ attribute: false }) messages: Partial<Messages> = {};

  @state() private source: PageSource | null = null;
  @state() private hasTeam = true;
  @state() private opened: OpenedEmail | null = null;
  @state() private isUnconnected = false;
  @query('outbox-grid') private grid!: OutboxGrid | null;

  readonly notices = new Notices(this);
  private readonly doubt = new DoubtDialog(this);
  private readonly actions = new ActionRunner(this);
  private readonly locales = new LocaleController(this);
  private limit: number = defaultPageSize;
  private reported: string | null = null;
  private unconnectedTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly connections = new ConnectionController(
    this,
    {
      onChange: (change) => this.onChange(change),
      onMissed: () => void this.source?.readAgain(),
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

  openEmail(email: OutboxEmail): void {
    void loadPopup().then((isHere) => isHere || this.missPopup());
    const place = this.source?.rows.rows.findIndex((row) => row.email.id === email.id) ?? -1;
    const left = this.source?.rows.find(email.id)?.left ?? null;
    this.opened = { email, left, hasChanged: false, place: Math.max(0, place) };
  }

  /** Its code could not be fetched. */
  private missPopup(): void {
    this.opened = null;
    this.notices.show({ text: this.locale.text('actionFailed') });
  }

  async closePopup(): Promise<void> {
    const opened = this.opened;
    if (!opened) return;
    this.opened = null;
    await this.updateComplete;
    this.grid?.focusEmail(opened.email.id, opened.place);
  }

  openPacket(email: OutboxEmail, click: Event): void {
    if (openPacket(this, email, this.packetHref(email), click)) this.opened = null;
  }

  packetHref(email: OutboxEmail): string | null {
    return packetHref(email, this.packetUrl);
  }

  act(action: OfferedAction, email: OutboxEmail): void {
    void this.actions.run(action, email);
  }

  explain(reason: string): void {
    this.notices.announce(reason);
  }

  hold(held: boolean): void {
    if (held) void loadPopup();
    this.source?.hold(held);
  }

  askDoubt(email: OutboxEmail): Promise<boolean> {
    return this.doubt.ask(email);
  }

  onAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    this.source?.applyAnswer(action, id, email);
    if (this.opened?.email.id === id) {
      const left = email ? null : action === 'cancel' ? 'cancelled' : 'sent';
      this.opened = { ...this.opened, email: email ?? this.opened.email, left, hasChanged: false };
    }
    this.tell('outbox-changed', { action, ids: [id], count: 1 });
  }

  onFresh(email: OutboxEmail): void {
    const { view } = this.source ?? {};
    this.onChange({ type: 'row', email, views: view ? [view] : [] });
  }

  onGone(id: string): void {
    this.onChange({ type: 'gone', id, why: 'hidden' });
  }

  private useConnection(connection: Connection | null): void {
    this.source?.dispose();
    this.source = null;
    this.opened = null;
    this.hasTeam = true;
    this.notices.clear();
    clearTimeout(this.unconnectedTimer);
    this.isUnconnected = false;
    if (connection) this.openView(connection.view);
    else if (this.isConnected) {
      this.unconnectedTimer = setTimeout(() => {
        this.isUnconnected = true;
        this.reportError('misconfigured', errorText('misconfigured', this.locale));
      }, unconnectedAfter);
    }
  }

  private openView(view: OutboxView | null): void {
    const { connection } = this;
    if (!connection) return;
    this.source?.dispose();
    const source = new PageSource(connection, view, this.limit, () => this.onPage(source));
    this.source = source;
    void source.open();
    void connection.readMe().then((me) => {
      if (me && connection === this.connection) this.hasTeam = me.hasTeam;
    });
  }

  private onPage(source: PageSource): void {
    if (source !== this.source) return;
    if (source.view) this.connection?.chooseView(source.view);
    if (source.failure) this.reportError(errorCode(source.failure), errorText(source.failure, this.locale));
    else if (source.phase === 'ready') this.reported = null;
    this.requestUpdate();
  }

  private onChange(change: OutboxChange): void {
    this.source?.onChange(change);
    const { opened } = this;
    if (!opened) return;
    if (change.type === 'row' && change.email.id === opened.email.id) {
      const isNewer = change.email.version > opened.email.version;
      if (isNewer || opened.left)
        this.opened = { ...opened, email: change.email, left: null, hasChanged: true };
    } else if (change.type === 'gone' && change.id === opened.email.id) {
      this.opened = { ...opened, left: change.why };
    }
  }

  private onState(): void {
    const { connection, source } = this;
    if (connection?.sessionEnded && source && source.failure !== 'unauthenticated') {
      this.opened = null;
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

  private chooseView(view: OutboxView): void {
    this.connection?.chooseView(view);
    this.openView(view);
  }

  private chooseLimit(limit: number): void {
    this.limit = limit;
    this.openView(this.source?.view ?? null);
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

  private reportError(code: string, message: string): void {
    if (this.reported === code) return;
    this.reported = code;
    this.tell('outbox-error', { code, message });
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  private get actionsOff(): string | null {
    return this.connection?.liveness.state === 'offline' ? this.locale.text('actionsOff') : null;
  }

  private hasCloseCountdown(): boolean {
    const now = this.connection?.clock.now() ?? 0;
    return (
      this.source?.rows.rows.some(({ email }) => {
        const left = email.nextAttemptAt === null ? Infinity : Date.parse(email.nextAttemptAt) - now;
        return left > -2000 && left < 61_000;
      }) ?? false
    );
  }

  protected override render(): TemplateResult {
    const { locale, source, connection } = this;
    return html`${toolbar({
        locale,
        view: source?.view ?? null,
        total: source?.phase === 'ready' ? source.total : null,
        limit: this.limit,
        liveness: connection?.liveness ?? null,
        chooseView: (view) => this.chooseView(view),
        chooseLimit: (limit) => this.chooseLimit(limit),
      })}
      ${this.renderBanner()}
      <div class="page" part="page" aria-busy=${source?.turning ? 'true' : 'false'}>${this.renderPage()}</div>
      ${
        source?.phase === 'ready' && source.rows.rows.length > 0
          ? pager(source, locale, (turn) => void this.turn(turn))
          : nothing
      }
      ${this.opened ? nothing : this.renderNotices()}${this.renderPopup()}${this.doubt.render(locale)}`;
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

  private renderPage(): TemplateResult {
    const { source, locale } = this;
    if (this.isUnconnected) return panel('warning', errorText('misconfigured', locale), locale);
    if (!source || source.phase === 'loading') return skeleton(locale);
    if (source.phase === 'failed' && source.failure) {
      return panel('warning', errorText(source.failure, locale), locale, () => this.tryAgain());
    }
    if (source.rows.rows.length === 0) {
      const isTeamless = source.view === 'team' && !this.hasTeam;
      return panel('inbox', locale.text(isTeamless ? 'noTeam' : 'empty'), locale);
    }
    return html`${this.renderIncoming(source)}<outbox-grid
        exportparts="grid, header, row, cell, subject, packet, status, action, action-retry, action-cancel"
        .host=${this}
        .locale=${locale}
        .rows=${source.rows.rows}
        .now=${this.connection?.clock.now() ?? 0}
        .actionsOff=${this.actionsOff}
        .busy=${this.actions.busy}
        .openId=${this.opened?.email.id ?? null}
        .offset=${source.offset}
        .total=${source.total}
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
      .isBusy=${this.actions.busy.has(opened.email.id)}
      ><div slot="notices">${this.renderNotices()}</div></outbox-popup
    >`;
  }
}

/** On demand: most visits never open an email. */
const loadPopup = () =>
  import('../outbox-popup/outbox-popup.ts').then(
    () => true,
    () => false,
  );
