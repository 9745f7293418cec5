import type { BulkOperation } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Connection } from '../data/connection.ts';
import type { BulkTarget } from '../data/action-requests.ts';
import type { PageSource } from '../data/page-source.ts';
import type { Locale } from '../i18n/locale.ts';
import type { ActionRunner } from './action-runner.ts';
import { bulkLines, bulkResult } from './bulk-lines.ts';
import { BulkRuns, skippedOf, type BulkHost } from './bulk-runs.ts';
import type { Notices } from './notices.ts';
import type { PageSelection } from './page-selection.ts';
import { selectionBar, type BulkChoice } from './selection-bar.ts';

/** What bulk operations need of the page. */
export interface BulkDeskHost {
  readonly connection: Connection | null;
  readonly locale: Locale;
  readonly selection: PageSelection;
  readonly source: PageSource | null;
  /** Why no action is offered just now; `null`: they are. */
  readonly actionsOff: string | null;
  announce(text: string): void;
  requestUpdate(): void;
  /** Tells the host page. */
  tell(name: string, detail: unknown): void;
}

interface AskedBulk {
  action: BulkChoice;
  target: BulkTarget;
}

/** Retry and Cancel of many emails: the bar of the selection, the question, the lines of what is under way, the results. */
export class BulkDesk implements BulkHost {
  readonly runs: BulkRuns;
  readonly notices: Notices;
  readonly #host: BulkDeskHost;
  readonly #actions: ActionRunner;
  #asked: AskedBulk | null = null;
  #results: BulkOperation | null = null;

  constructor(host: BulkDeskHost, notices: Notices, actions: ActionRunner) {
    this.#host = host;
    this.notices = notices;
    this.#actions = actions;
    this.runs = new BulkRuns(this);
  }

  get connection(): Connection | null {
    return this.#host.connection;
  }

  get locale(): Locale {
    return this.#host.locale;
  }

  requestUpdate(): void {
    this.#host.requestUpdate();
  }

  clear(): void {
    this.#asked = null;
    this.#results = null;
    this.runs.clear();
  }

  /** One dialog before a bulk that reaches beyond the page or may send twice; ticked rows are acted on at once. */
  actOnSelection(action: BulkChoice): void {
    const { selection } = this.#host;
    if (selection.everything) {
      this.ask({ action, target: selection.everything.target });
      return;
    }
    const able = selection.emails.filter((email) => email.can[action] === true);
    const [only, ...others] = able;
    if (!only) return;
    if (others.length === 0) {
      this.#clearSelection();
      void this.#actions.run(action, only);
      return;
    }
    const asked = { action, target: { ids: able.map(({ id }) => id) } };
    if (action === 'retry' && able.some((email) => email.mayHaveBeenSent)) this.ask(asked);
    else void this.#start(asked, false);
  }

  ask(asked: AskedBulk): void {
    this.#asked = asked;
    this.requestUpdate();
  }

  answerBulk(answer: { acceptDuplicate: boolean } | null): void {
    const asked = this.#asked;
    this.#asked = null;
    this.requestUpdate();
    if (asked && answer) void this.#start(asked, answer.acceptDuplicate);
  }

  closeResults(): void {
    this.#results = null;
    this.requestUpdate();
  }

  onBulkDone(operation: BulkOperation, ids: readonly string[]): void {
    const { action, done, id } = operation;
    const text = bulkResult(operation, this.locale);
    this.#host.tell('outbox-changed', { action, ids, count: done });
    if (action === 'cancel' && operation.undoUntil !== null && done > 0) {
      const undo = { label: this.locale.text('undo'), run: () => this.runs.undo(id) };
      this.notices.show({ text, action: undo });
    } else this.#host.announce(text);
    const isWhole = operation.state === 'done' && skippedOf(operation) === 0;
    // Nothing is left to be said of it.
    if (action !== 'retry' && isWhole) this.runs.dismiss(id);
  }

  /** Below the rows, so that nothing that comes or goes moves them. */
  renderBars(source: PageSource): TemplateResult {
    const { locale, runs } = this;
    const { selection, actionsOff } = this.#host;
    const fitting = source.rows.rows.filter((row) => row.left === null && row.fits);
    const isWholePage = fitting.length > 0 && fitting.every(({ email }) => selection.ids.has(email.id));
    return html`${bulkLines({
      operations: runs.operations,
      locale,
      stop: (id) => runs.stop(id),
      undo: (id) => runs.undo(id),
      dismiss: (id) => runs.dismiss(id),
      showResults: (operation) => this.#showResults(operation),
    })}${selectionBar({
      selection,
      locale,
      actionsOff,
      matching: isWholePage && source.total > selection.ids.size ? source.total : null,
      act: (action) => this.actOnSelection(action),
      explain: (reason) => this.#host.announce(reason),
      clear: () => this.#clearSelection(),
      selectEverything: () => this.#selectEverything(source),
    })}`;
  }

  renderDialogs(): TemplateResult | typeof nothing {
    const { connection, locale } = this;
    const asked = this.#asked;
    const results = this.#results;
    if (connection === null) return nothing;
    return html`${
      asked
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
      results
        ? html`<outbox-bulk-results
            exportparts="dialog"
            .host=${this}
            .connection=${connection}
            .locale=${locale}
            .operation=${this.runs.operations.find(({ id }) => id === results.id) ?? results}
          ></outbox-bulk-results>`
        : nothing
    }`;
  }

  async #start({ action, target }: AskedBulk, acceptDuplicate: boolean): Promise<void> {
    if (await this.runs.start(action, target, acceptDuplicate)) this.#clearSelection();
  }

  #selectEverything(source: PageSource): void {
    const { view, filter } = source.question;
    if (view) this.#host.selection.selectEverything({ query: { view, filter } }, source.total);
    this.requestUpdate();
  }

  #clearSelection(): void {
    this.#host.selection.clear();
    this.requestUpdate();
  }

  #showResults(operation: BulkOperation): void {
    this.#results = operation;
    this.requestUpdate();
  }
}
