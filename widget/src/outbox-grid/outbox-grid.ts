import type { OutboxEmail } from '@portal-outbox/contracts';
import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { PageRow } from '../data/page-rows.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { statusStyles } from '../theme/status-sign.ts';
import { tokens } from '../theme/tokens.ts';
import { iconAction, type OfferedAction } from './action-buttons.ts';
import type { CellContext } from './cells.ts';
import { actionsWidth, columns } from './columns.ts';
import { gridStyles } from './grid-styles.ts';
import { RowFocus } from './row-focus.ts';
import { observeSize } from './observe-size.ts';
import { virtualRows } from './virtual-rows.ts';

/** What the grid asks of the page that it is in. */
export interface GridHost {
  openEmail(email: OutboxEmail): void;
  openPacket(email: OutboxEmail, event: Event): void;
  packetHref(email: OutboxEmail): string | null;
  act(action: OfferedAction, email: OutboxEmail): void;
  explain(reason: string): void;
  /** Somebody's pointer or focus came to the rows or left them. */
  hold(held: boolean): void;
}

/** Below this width the rows are cards, as in the styles. */
const cardWidth = 700;

/** The rows of one page: a virtualised ARIA grid with one row in the Tab order. Part of `<outbox-view>`. */
export class OutboxGrid extends LitElement {
  static override styles = [tokens, controls, statusStyles, gridStyles];

  @property({ attribute: false }) rows: readonly PageRow[] = [];
  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) host!: GridHost;
  /** The service's time, ms since 1970; set again for countdowns to move. */
  @property({ type: Number }) now = 0;
  @property({ attribute: false }) actionsOff: string | null = null;
  /** Ids of emails with an action under way. */
  @property({ attribute: false }) busy: ReadonlySet<string> = new Set();
  /** The email in the popup. */
  @property({ attribute: false }) openId: string | null = null;
  /** Rows of the view before this page, and in all. */
  @property({ type: Number }) offset = 0;
  @property({ type: Number }) total = 0;

  @state() private hasCards = false;
  @query('.body') private body!: HTMLElement;
  private readonly rowFocus = new RowFocus(this);
  private readonly widths = observeSize(() => (this.hasCards = this.offsetWidth < cardWidth));
  private pointerInside = false;
  private focusInside = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.widths.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.widths.disconnect();
  }

  /** Moves focus to the email's row, or to the one that took its place. */
  focusEmail(id: string, place: number): void {
    const index = this.rows.findIndex((row) => row.email.id === id);
    this.rowFocus.moveTo(index >= 0 ? index : Math.min(place, this.rows.length - 1));
  }

  scrollToStart(): void {
    this.body?.scrollTo({ top: 0 });
  }

  /** The element with the rows, for `RowFocus`. */
  get scroller(): HTMLElement {
    return this.body;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows')) this.rowFocus.followRows(changed.get('rows') ?? []);
  }

  protected override firstUpdated(): void {
    const tracks = [...columns.map((column) => column.width), actionsWidth].join(' ');
    // Through the object model: a `style` attribute would need a looser policy from the host.
    this.style.setProperty('--_columns', tracks);
  }

  protected override updated(): void {
    this.rowFocus.settle();
  }

  protected override render(): TemplateResult {
    return html`<div
      class="grid"
      part="grid"
      role="grid"
      aria-label=${this.locale.text('title')}
      aria-readonly="true"
      aria-rowcount=${Math.max(this.total, this.offset + this.rows.length) + 1}
      aria-colcount=${columns.length + 1}
    >
      <div role="rowgroup">${this.renderHeader()}</div>
      ${keyed(this.hasCards, this.renderBody())}
    </div>`;
  }

  private renderHeader(): TemplateResult {
    return html`<div class="row header" part="header" role="row" aria-rowindex="1">
      ${columns.map(
        (column, index) =>
          html`<div
            class="cell cell-${column.id} ${column.align ? 'cell-end' : ''}"
            role="columnheader"
            aria-colindex=${index + 1}
            title=${this.locale.text(column.label)}
          >
            <span class="label">${this.locale.text(column.label)}</span>
          </div>`,
      )}
      <div class="cell" role="columnheader" aria-colindex=${columns.length + 1}>
        <span class="visually-hidden">${this.locale.text('columnActions')}</span>
      </div>
    </div>`;
  }

  private renderBody(): TemplateResult {
    return html`<div
      class="body"
      role="rowgroup"
      tabindex="-1"
      @keydown=${(event: KeyboardEvent) => this.rowFocus.onKeydown(event)}
      @focusin=${(event: FocusEvent) => this.onFocusIn(event)}
      @focusout=${(event: FocusEvent) => this.onFocusOut(event)}
      @dblclick=${(event: MouseEvent) => this.onDoubleClick(event)}
      @pointerenter=${() => this.hold(true, this.focusInside)}
      @pointerleave=${() => this.hold(false, this.focusInside)}
      @rangeChanged=${() => queueMicrotask(() => this.rowFocus.settle())}
    >
      ${virtualRows(
        this.rows,
        (row) => row.email.id,
        (row, index) => this.renderRow(row, index),
      )}
    </div>`;
  }

  private renderRow(row: PageRow, index: number): TemplateResult {
    const { email, left } = row;
    const tabIndex = email.id === this.rowFocus.activeId ? 0 : -1;
    const context: CellContext = {
      locale: this.locale,
      now: this.now,
      tabIndex,
      openEmail: (opened) => this.host.openEmail(opened),
      openPacket: (opened, event) => this.host.openPacket(opened, event),
      packetHref: (opened) => this.host.packetHref(opened),
    };
    return html`<div
      class="row ${left === null ? '' : 'left'} ${email.id === this.openId ? 'open' : ''}"
      part="row"
      role="row"
      data-email-id=${email.id}
      data-status=${email.status}
      aria-rowindex=${this.offset + index + 2}
      tabindex=${tabIndex}
    >
      ${columns.map(
        (column, place) =>
          html`<div
            class="cell cell-${column.id} ${column.align ? 'cell-end' : ''}"
            part="cell cell-${column.id}"
            role="gridcell"
            aria-colindex=${place + 1}
          >
            ${column.cell(row, context)}
          </div>`,
      )}
      <div class="cell cell-actions" part="cell" role="gridcell" aria-colindex=${columns.length + 1}>
        ${left === null ? this.renderActions(email, tabIndex) : ''}
      </div>
    </div>`;
  }

  private renderActions(email: OutboxEmail, tabIndex: 0 | -1): TemplateResult {
    const offer = {
      email,
      locale: this.locale,
      actionsOff: this.actionsOff,
      isBusy: this.busy.has(email.id),
      tabIndex,
      act: (action: OfferedAction) => this.host.act(action, email),
      explain: (reason: string) => this.host.explain(reason),
    };
    return html`${iconAction(offer, 'retry')}${iconAction(offer, 'cancel')}`;
  }

  private onDoubleClick(event: MouseEvent): void {
    const target = event.target as Element;
    const row = this.rowFocus.rowOf(target);
    if (!row || target.closest('button, a')) return;
    // The browser has selected a word by the way.
    getSelection()?.removeAllRanges();
    this.host.openEmail(row.email);
  }

  private onFocusIn(event: FocusEvent): void {
    this.rowFocus.onFocusIn(event);
    this.hold(this.pointerInside, true);
  }

  private onFocusOut(event: FocusEvent): void {
    this.rowFocus.onFocusOut(event);
    this.hold(this.pointerInside, this.body.contains(event.relatedTarget as Node | null));
  }

  private hold(pointerInside: boolean, focusInside: boolean): void {
    this.pointerInside = pointerInside;
    this.focusInside = focusInside;
    this.host.hold(pointerInside || focusInside);
  }
}
