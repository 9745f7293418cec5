import {
  defaultSort,
  mostBulkIds,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxSort,
  type OutboxView,
} from '@portal-outbox/contracts';
import type { PreferencesPatch } from '../data/outbox-requests.ts';
import type { PageTurn } from '../data/page-source.ts';
import { refusalOf, type OfferedAction } from '../outbox-grid/action-buttons.ts';
import type { ColumnChoice } from '../outbox-grid/column-choices.ts';
import type { GridHost } from '../outbox-grid/outbox-grid.ts';
import type { PopupHost } from '../outbox-popup/outbox-popup.ts';
import type { PreferencesChange, PreferencesHost } from '../outbox-preferences/outbox-preferences.ts';
import type { CauseGroup, CausesHost } from './causes-bar.ts';
import type { FilterBarHost } from './filter-bar.ts';
import { loadTools } from './on-demand.ts';
import { connectorHref, openPacket, packetHref } from './packet-link.ts';
import type { PageSession, SessionElement } from './page-session.ts';
import type { Panel } from './page-tools.ts';
import { SearchField } from './search-field.ts';
import type { ToolbarHost } from './toolbar.ts';

interface DeskElement extends SessionElement {
  packetUrl: string;
  connectorUrl: string;
}

const keyActions: Record<string, OfferedAction> = { r: 'retry', c: 'cancel', n: 'send-now' };
const keyPanels: Record<string, Panel> = { f: 'filters', '?': 'shortcuts' };

/** What the bars, the rows, the popup and the settings ask for. */
export class PageDesk
  implements ToolbarHost, FilterBarHost, CausesHost, GridHost, PopupHost, PreferencesHost
{
  readonly searchField: SearchField;
  readonly #element: DeskElement;
  readonly #session: PageSession;

  constructor(element: DeskElement, session: PageSession) {
    this.#element = element;
    this.#session = session;
    this.searchField = new SearchField(element, (search) => this.refine({ search }));
  }

  // The bars and the pager.

  chooseView(view: OutboxView): void {
    this.#session.connection?.chooseView(view);
    void this.savePreferences({ view });
    void this.#session.ask({ view });
  }

  chooseLimit(limit: number): void {
    void this.savePreferences({ pageSize: limit as 50 });
    void this.#session.ask({ limit });
  }

  refine(change: OutboxFilter): void {
    const conditions = Object.entries({ ...this.#session.source?.question.filter, ...change });
    const filter = Object.fromEntries(conditions.filter(([, value]) => value !== undefined));
    this.#session.chooseFilter(filter);
  }

  chooseCause({ cause, connector }: CauseGroup, isChosen: boolean): void {
    this.refine(
      isChosen ? { cause: [cause], connector: [connector.id] } : { cause: undefined, connector: undefined },
    );
  }

  retryCause({ cause, connector }: CauseGroup): void {
    const { view, filter } = this.#session.source?.question ?? {};
    if (!view) return;
    const ofCause = { ...filter, cause: [cause], connector: [connector.id] };
    const asked = { action: 'retry', target: { query: { view, filter: ofCause } } } as const;
    void this.#session.parts.loadTools().then((tools) => tools?.bulk.ask(asked));
  }

  openPanel(panel: Panel): void {
    const { parts } = this.#session;
    this.#session.panel = panel;
    void (panel === 'settings' ? parts.load(panel) : parts.loadTools());
    this.#element.requestUpdate();
  }

  async turn(turn: PageTurn): Promise<void> {
    await this.#session.source?.turn(turn);
    await this.#element.updateComplete;
    this.#element.grid?.scrollToStart();
  }

  async showIncoming(): Promise<void> {
    await this.#session.source?.showIncoming();
    await this.#element.updateComplete;
    this.#element.grid?.scrollToStart();
    this.#element.grid?.focusEmail('', 0);
  }

  // The rows.

  openEmail(email: OutboxEmail): void {
    this.#session.opened.open(email);
  }

  /** Somebody's pointer or focus came to the rows, or left them. */
  hold(held: boolean): void {
    const { source, counts, parts, locale } = this.#session;
    if (held) {
      void parts.load('popup', true);
      void loadTools(locale.language);
    }
    source?.hold(held);
    counts.hold(held);
  }

  chooseSort(sort: OutboxSort | null): void {
    void this.savePreferences({ sort });
    void this.#session.ask({ sort: sort ?? defaultSort });
  }

  select(ids: ReadonlySet<string>): void {
    const { selection, source, locale } = this.#session;
    if (!selection.tick(ids, source?.rows.rows ?? [])) {
      this.#session.notify('tooManySelected', { count: locale.number(mostBulkIds) });
    }
    this.#element.requestUpdate();
  }

  saveColumns(columns: ColumnChoice[]): void {
    void this.savePreferences({ columns });
  }

  /** Of what is ticked where something is, else of the row that the keyboard is on. */
  pressLetter(letter: string, email: OutboxEmail): boolean {
    const action = keyActions[letter];
    const panel = keyPanels[letter];
    if (action) this.#actByKey(action, email);
    else if (panel) this.openPanel(panel);
    else if (letter === '/') this.searchField.focus();
    else return false;
    return true;
  }

  // The rows and the popup.

  act(action: OfferedAction, email: OutboxEmail): void {
    void this.#session.parts.loadTools().then((tools) => tools?.actions.run(action, email));
  }

  explain(reason: string): void {
    this.#session.announce(reason);
  }

  openPacket(email: OutboxEmail, click: Event): void {
    if (!openPacket(this.#element, email, this.packetHref(email), click)) return;
    this.#session.opened.email = null;
    this.#element.requestUpdate();
  }

  packetHref(email: OutboxEmail): string | null {
    return packetHref(email, this.#element.packetUrl);
  }

  connectorHref(email: OutboxEmail): string | null {
    return connectorHref(email, this.#element.connectorUrl);
  }

  async closePopup(): Promise<void> {
    const { opened } = this.#session;
    const { email, place } = opened;
    if (!email) return;
    opened.close();
    await this.#element.updateComplete;
    this.#element.grid?.focusEmail(email.id, place);
  }

  // The settings.

  async savePreferences(change: PreferencesChange | PreferencesPatch): Promise<boolean> {
    return this.#session.connection?.preferences.save(change as PreferencesPatch) ?? false;
  }

  closePreferences(): void {
    this.#session.closePanel();
  }

  #actByKey(action: OfferedAction, email: OutboxEmail): void {
    const { selection, locale, actionsOff } = this.#session;
    if (!selection.isEmpty && action !== 'send-now') {
      this.#element.shadowRoot?.querySelector<HTMLElement>(`[data-bulk=${action}]`)?.click();
      return;
    }
    const reason = refusalOf({ email, locale, actionsOff }, action);
    if (reason === null) this.act(action, email);
    else this.explain(reason);
  }
}
