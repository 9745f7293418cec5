import type { OutboxEmail, OutboxFilter } from '@portal-outbox/contracts';
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from 'lit';
import type { PageCounts } from '../data/page-counts.ts';
import type { PageSource } from '../data/page-source.ts';
import { ActionRunner, type ActionHost } from './action-runner.ts';
import { BulkDesk, type BulkDeskHost } from './bulk-desk.ts';
import './bulk-question.ts';
import './bulk-results.ts';
import './doubt-dialog.ts';
import './filter-panel.ts';
import { filterTokens } from './filter-tokens.ts';
import type { KnownNames } from './known-names.ts';
import { Notices } from './notices.ts';
import './shortcuts-dialog.ts';

export { toolStyles } from './tool-styles.ts';
export { readState, writeState } from './view-state.ts';

/** Which of the page's dialogs is open. */
export type Panel = 'filters' | 'settings' | 'shortcuts';

/** What the tools need of the page. */
export interface ToolsHost extends ActionHost, BulkDeskHost {
  readonly names: KnownNames;
  readonly counts: PageCounts;
  chooseFilter(filter: OutboxFilter): void;
  closePanel(): void;
}

/** What a page needs only once somebody acts, selects, filters or asks: notices, bulk operations, dialogs. Loaded on first use. */
export class PageTools {
  readonly notices: Notices;
  readonly actions: ActionRunner;
  readonly bulk: BulkDesk;
  readonly #host: ToolsHost;
  #doubt: { email: OutboxEmail; answer(yes: boolean): void } | null = null;

  constructor(host: ToolsHost, element: ReactiveControllerHost) {
    this.#host = host;
    this.notices = new Notices(element, (text) => host.announce(text));
    this.actions = new ActionRunner(host, this.notices, (email) => this.#askDoubt(email));
    this.bulk = new BulkDesk(host, this.notices, this.actions);
  }

  /** Ids of emails with an action under way. */
  get busy(): ReadonlySet<string> {
    const ofBulk = this.bulk.runs.busy;
    return ofBulk.length > 0 ? new Set([...this.actions.busy, ...ofBulk]) : this.actions.busy;
  }

  clear(): void {
    this.#doubt?.answer(false);
    this.bulk.clear();
  }

  /** Whether the recipient may get it twice. */
  async #askDoubt(email: OutboxEmail): Promise<boolean> {
    this.#doubt?.answer(false);
    const yes = await new Promise<boolean>((answer) => {
      this.#doubt = { email, answer };
      this.#host.requestUpdate();
    });
    this.#doubt = null;
    this.#host.requestUpdate();
    return yes;
  }

  renderTokens({ question }: PageSource): TemplateResult | typeof nothing {
    const { names, locale } = this.#host;
    return filterTokens(question.filter, names, locale, (filter) => this.#host.chooseFilter(filter));
  }

  renderDialogs(panel: Panel | null, source: PageSource): TemplateResult {
    return html`${this.#renderPanel(panel, source)}${this.bulk.renderDialogs()}${this.#renderDoubt()}`;
  }

  #renderDoubt(): TemplateResult | typeof nothing {
    if (this.#doubt === null) return nothing;
    const { email, answer } = this.#doubt;
    return html`<outbox-doubt
      exportparts="dialog"
      .locale=${this.#host.locale}
      .email=${email}
      .answer=${answer}
    ></outbox-doubt>`;
  }

  #renderPanel(panel: Panel | null, source: PageSource): TemplateResult | typeof nothing {
    const { locale, names, counts } = this.#host;
    if (panel === 'shortcuts') {
      return html`<outbox-shortcuts .host=${this.#host} .locale=${locale}></outbox-shortcuts>`;
    }
    if (panel !== 'filters') return nothing;
    return html`<outbox-filter-panel
      exportparts="dialog"
      .host=${this.#host}
      .locale=${locale}
      .filter=${source.question.filter}
      .names=${names}
      .causes=${counts.causes.map(({ cause }) => cause)}
      .total=${source.phase === 'ready' && !source.turning ? source.total : null}
    ></outbox-filter-panel>`;
  }
}
