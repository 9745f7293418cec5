import { defaultPageSize, defaultSort } from '@portal-outbox/contracts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import type { PageSource } from '../data/page-source.ts';
import type { GetToken } from '../data/token-source.ts';
import { LocaleController } from '../i18n/locale-controller.ts';
import type { Locale } from '../i18n/locale.ts';
import type { Messages } from '../i18n/messages-en.ts';
import type { ColumnChoice } from '../outbox-grid/column-choices.ts';
import type { OutboxGrid } from '../outbox-grid/outbox-grid.ts';
import { controls } from '../theme/controls.ts';
import { icon } from '../theme/icons.ts';
import { textProperty } from '../theme/text-property.ts';
import { tokens } from '../theme/tokens.ts';
import { barStyles } from './bar-styles.ts';
import { causesBar } from './causes-bar.ts';
import { filterBar } from './filter-bar.ts';
import { PageDesk } from './page-desk.ts';
import { PageSession } from './page-session.ts';
import { errorText, noMatchPanel, panel } from './page-states.ts';
import { pager } from './pager.ts';
import { hasCloseCountdown, Tick } from './tick.ts';
import { toolbar } from './toolbar.ts';
import { viewStyles } from './view-styles.ts';

const noColumns: readonly ColumnChoice[] = [];
const nobody: ReadonlySet<string> = new Set();

/**
 * `<outbox-view>`: the Outbox page.
 *
 * @fires outbox-open-packet - cancelable, `{ref, type, url}`: before the packet's link is followed
 * @fires outbox-changed - `{action, ids, count}`: after an action of this user
 * @fires outbox-state - `{state}`: view, sort, filter, search or open email are others; opaque, for the attribute `state`
 * @fires outbox-error - `{code, message}`: unauthenticated, unavailable, misconfigured or incompatible
 */
export class OutboxViewElement extends LitElement {
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

  // For the page's own parts: no part of what a host may rely on.
  @query('outbox-grid') readonly grid!: OutboxGrid | null;
  readonly #locales = new LocaleController(this);
  readonly #session = new PageSession(this);
  readonly #desk = new PageDesk(this, this.#session);
  #hasAllCauses = false;

  constructor() {
    super();
    new Tick(this, () => hasCloseCountdown(this.#session.source?.rows.rows ?? [], this.#session.now));
  }

  get locale(): Locale {
    return this.#locales.locale;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('state')) this.#session.followState();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.locale.isReady) return nothing;
    const { source, opened } = this.#session;
    const isReady = source?.phase === 'ready';
    return html`${this.#renderToolbar()}${this.#renderBanner()}${this.#renderFilters()}
      ${isReady ? this.#renderCauses(source) : nothing}
      <div class="page" part="page" aria-busy=${source?.turning ? 'true' : 'false'}>
        ${this.#renderPage()}${opened.email ? nothing : this.#renderNotices()}
      </div>
      ${isReady ? this.#renderFoot(source) : nothing} ${this.#renderPopup()}${this.#renderDialogs()}`;
  }

  #renderToolbar(): TemplateResult {
    const { source, counts, me, connection, now } = this.#session;
    const { count } = counts;
    return toolbar({
      locale: this.locale,
      now,
      view: source?.question.view ?? null,
      total: source?.phase === 'ready' ? (count?.total ?? source.total) : null,
      oldestAt: count?.oldestWaitingAt ?? null,
      limit: source?.question.limit ?? me?.pageSize ?? defaultPageSize,
      liveness: connection?.liveness ?? null,
      host: this.#desk,
    });
  }

  /** The region stays, so that a screen reader hears what comes into it. */
  #renderBanner(): TemplateResult {
    const { locale } = this;
    const { liveness, sessionEnded } = this.#session.connection ?? {};
    const isOffline = liveness?.state === 'offline' && !sessionEnded;
    return html`<div class="banner-region" role="status">
      ${
        isOffline
          ? html`<p class="banner" part="banner">
              ${icon('warning')}${locale.text('notLive', { time: locale.time(new Date(liveness.since)) })}
            </p>`
          : nothing
      }
    </div>`;
  }

  #renderFilters(): TemplateResult | typeof nothing {
    const { locale } = this;
    const { source, counts, parts } = this.#session;
    if (!source || source.failure === 'unauthenticated' || source.failure === 'forbidden') return nothing;
    const { filter } = source.question;
    return html`${filterBar({
      filter,
      counts,
      locale,
      search: this.#desk.searchField.render(filter.search, locale),
      host: this.#desk,
    })}${parts.tools?.renderTokens(source) ?? nothing}`;
  }

  #renderCauses({ question }: PageSource): TemplateResult | typeof nothing {
    const { counts, now, actionsOff } = this.#session;
    return causesBar({
      causes: counts.shownCauses,
      filter: question.filter,
      locale: this.locale,
      now,
      isExpanded: this.#hasAllCauses,
      actionsOff,
      expand: (isExpanded) => {
        this.#hasAllCauses = isExpanded;
        this.requestUpdate();
      },
      host: this.#desk,
    });
  }

  #renderPage(): TemplateResult {
    const { locale } = this;
    const { source, me, errors } = this.#session;
    const failure = errors.isUnconnected ? 'misconfigured' : source?.phase === 'failed' && source.failure;
    if (failure) {
      const tryAgain = source ? () => this.#session.tryAgain() : undefined;
      return panel('warning', errorText(failure, locale), locale, tryAgain);
    }
    if (source?.phase === 'ready' && source.rows.rows.length === 0) {
      if (Object.keys(source.question.filter).length > 0)
        return noMatchPanel(locale, () => this.#session.chooseFilter({}));
      const isTeamless = source.question.view === 'team' && me?.hasTeam === false;
      return panel('inbox', locale.text(isTeamless ? 'noTeam' : 'empty'), locale);
    }
    return this.#renderGrid(source);
  }

  #renderGrid(source: PageSource | null): TemplateResult {
    const { connection, selection, me, now, actionsOff, opened, parts } = this.#session;
    const rows = source?.rows.rows ?? [];
    return html`${source ? this.#renderIncoming(source) : nothing}<outbox-grid
        exportparts="grid, header, header-cell, sort, sort-menu, resize, skeleton, row, box, cell, subject, packet, connector, importance, status, action, action-retry, action-cancel"
        .host=${this.#desk}
        .locale=${this.locale}
        .loading=${source?.phase !== 'ready'}
        .rows=${rows}
        .view=${source?.question.view ?? null}
        .columns=${connection?.preferences.kept?.columns ?? noColumns}
        .sort=${source?.question.sort ?? defaultSort}
        .selected=${selection.among(rows)}
        .isAdministrator=${me?.roles.includes('administrator') ?? false}
        .now=${now}
        .actionsOff=${actionsOff}
        .busy=${parts.tools?.busy ?? nobody}
        .openId=${opened.email?.id ?? null}
        .offset=${source?.offset ?? 0}
        .total=${source?.total ?? 0}
      ></outbox-grid>`;
  }

  #renderIncoming({ incoming }: PageSource): TemplateResult | typeof nothing {
    if (incoming.size === 0) return nothing;
    return html`<button
      type="button"
      class="incoming"
      part="incoming"
      title=${this.locale.text('newEmailsHint')}
      @click=${() => void this.#desk.showIncoming()}
    >
      ${icon('up')}${this.locale.plural('newEmails', incoming.size)}
    </button>`;
  }

  #renderFoot(source: PageSource): TemplateResult {
    return html`${this.#session.parts.tools?.bulk.renderBars(source) ?? nothing}${
      source.rows.rows.length > 0 ? pager(source, this.locale, this.#desk) : nothing
    }`;
  }

  /** Rendered inside the popup while it is open: everything outside a modal is inert. */
  #renderNotices(): TemplateResult {
    const { announcement, parts } = this.#session;
    return html`<div class="visually-hidden" role="status">${announcement}</div>
      ${parts.tools?.notices.render(this.locale) ?? nothing}`;
  }

  #renderPopup(): TemplateResult | typeof nothing {
    const { opened, connection, actionsOff, now, parts } = this.#session;
    if (!opened.email || !connection || !parts.loaded.has('popup')) return nothing;
    return html`<outbox-popup
      exportparts="popup"
      .host=${this.#desk}
      .connection=${connection}
      .locale=${this.locale}
      .email=${opened.email}
      .left=${opened.left}
      .hasChanged=${opened.hasChanged}
      .now=${now}
      .actionsOff=${actionsOff}
      .isBusy=${parts.tools?.busy.has(opened.email.id) ?? false}
      ><div slot="notices">${this.#renderNotices()}</div></outbox-popup
    >`;
  }

  #renderDialogs(): TemplateResult | typeof nothing {
    const { source, connection, me, parts } = this.#session;
    if (!source) return nothing;
    if (this.#session.panel !== 'settings')
      return parts.tools?.renderDialogs(this.#session.panel, source) ?? nothing;
    if (!parts.loaded.has('settings')) return nothing;
    const kept = connection?.preferences.kept;
    return html`<outbox-preferences
      exportparts="settings"
      .host=${this.#desk}
      .locale=${this.locale}
      .view=${source.question.view}
      .columns=${kept?.columns ?? noColumns}
      .undoSeconds=${kept?.undoSeconds ?? 0}
      .undoChoices=${me?.undoChoices ?? []}
    ></outbox-preferences>`;
  }
}
