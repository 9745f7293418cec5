// Longer than 300 lines: it is where the grid's parts meet.
import {
  defaultSort,
  type OutboxEmail,
  type OutboxSort,
  type OutboxSortColumn,
  type OutboxView,
} from '@portal-outbox/contracts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PageRow } from '../data/page-rows.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { statusStyles } from '../theme/status-sign.ts';
import { tokens } from '../theme/tokens.ts';
import type { OfferedAction } from './action-buttons.ts';
import { cardStyles } from './card-styles.ts';
import { arrangeColumns, resizeColumns, type ArrangedColumn, type ColumnChoice } from './column-choices.ts';
import { isFurtherOnCard } from './columns.ts';
import { ColumnResize, type ResizeHost } from './column-resize.ts';
import { copyRows } from './copy-rows.ts';
import { GridFocus, type CellPlace, type FocusHost } from './grid-focus.ts';
import { GridKeys, type KeysHost } from './grid-keys.ts';
import { GridPointer, type PointerHost } from './grid-pointer.ts';
import { gridRow, skeletonRow, type RowContext } from './grid-row.ts';
import { gridStyles } from './grid-styles.ts';
import { gridTracks, type DraftWidths } from './grid-tracks.ts';
import { headerRow, sortMenu, type HeaderRow } from './header-row.ts';
import { RowPicker, type PickerHost } from './row-picker.ts';
import { RowViewport, type ViewportHost } from './row-viewport.ts';
import { isSelectable, pageSelection, type Selection } from './selection.ts';

/** What the grid asks of the page that it is in. */
export interface GridHost {
  openEmail(email: OutboxEmail): void;
  openPacket(email: OutboxEmail, event: Event): void;
  packetHref(email: OutboxEmail): string | null;
  act(action: OfferedAction, email: OutboxEmail): void;
  explain(reason: string): void;
  /** Somebody's pointer or focus came to the rows or left them. */
  hold(held: boolean): void;
  /** A header was pressed; `null`: the usual order again. */
  chooseSort?(sort: OutboxSort | null): void;
  /** Ids of all that is selected now, on other pages too. */
  select?(ids: Selection): void;
  saveColumns?(columns: ColumnChoice[]): void;
  /** Where an administrator finds the email's connector; `null`: nowhere. */
  connectorHref?(email: OutboxEmail): string | null;
  /** A single character without modifiers, while the focus is on the rows. Returns whether it meant something. */
  pressLetter?(letter: string, email: OutboxEmail): boolean;
}

type GridParts = FocusHost & KeysHost & PickerHost & PointerHost & ResizeHost & ViewportHost;
const skeletonRows = 24;

/**
 * The rows of one page: an ARIA grid whose rows are rendered where they are in sight, with one cell in the Tab order.
 * Part of `<outbox-view>`, which keeps sort, selection and columns and is told of every change.
 */
export class OutboxGrid extends LitElement implements GridParts {
  static override styles = [tokens, controls, statusStyles, gridStyles, cardStyles];

  @property({ attribute: false }) rows: readonly PageRow[] = [];
  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) host!: GridHost;
  @property({ attribute: false }) view: OutboxView | null = null;
  /** As kept in the user's preferences. */
  @property({ attribute: false }) columns: readonly ColumnChoice[] = [];
  @property({ attribute: false }) sort: OutboxSort = defaultSort;
  /** Ids, of other pages too. */
  @property({ attribute: false }) selected: Selection = new Set();
  /** Grey lines stand in the places of the rows. */
  @property({ type: Boolean }) loading = false;
  @property({ attribute: false }) isAdministrator = false;
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

  @query('.scroller') readonly scroller!: HTMLElement | null;
  @query('.grid') private readonly grid!: HTMLElement | null;
  readonly place = new GridFocus(this);
  readonly picker = new RowPicker(this);
  readonly resize = new ColumnResize(this);
  private readonly keys = new GridKeys(this);
  private readonly pointer = new GridPointer(this);
  private readonly viewport = new RowViewport(this);
  private shown: readonly ArrangedColumn[] = [];
  private draft: DraftWidths | null = null;
  private tracks = '';
  /** Last known rows of what is selected, on other pages too. */
  private known = new Map<string, OutboxEmail>();
  private pointerInside = false;
  private focusInside = false;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.viewport.observe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.viewport.disconnect();
  }

  /** Moves focus to the email's row, or to the one that took its place. */
  focusEmail(id: string, place: number): void {
    const index = this.rows.findIndex((row) => row.email.id === id);
    this.place.moveTo(index >= 0 ? index : Math.min(place, this.rows.length - 1));
  }

  scrollToStart(): void {
    this.scroller?.scrollTo({ top: 0 });
  }

  /** What is selected, as last seen here; an email that was on no page of this grid is missing. */
  selectedEmails(): OutboxEmail[] {
    return [...this.known.values()];
  }

  /** The email that the keyboard is on. */
  get activeEmail(): OutboxEmail | null {
    return this.rows[this.place.current.index]?.email ?? null;
  }

  get cellNames(): readonly string[] {
    return ['select', ...this.shown.map(({ id }) => id), 'retry', 'cancel'];
  }

  get rowsInSight(): number {
    return this.viewport.rowsInSight;
  }

  get hasSelection(): boolean {
    return this.selected.size > 0;
  }

  reveal(index: number): void {
    this.viewport.reveal(index);
  }

  hasWideRows(areWide: boolean): void {
    this.grid?.classList.toggle('wide', areWide);
  }

  select(ids: Selection): void {
    this.host.select?.(ids);
  }

  isSelected(row: PageRow): boolean {
    return this.selected.has(row.email.id);
  }

  openRow(row: PageRow): void {
    this.host.openEmail(row.email);
  }

  pressLetter(letter: string, row: PageRow): boolean {
    return this.host.pressLetter?.(letter, row.email) ?? false;
  }

  copyText(): string | null {
    const emails = this.selectedEmails();
    if (emails.length === 0) return null;
    this.host.explain(this.locale.plural('rowsCopied', emails.length));
    return copyRows(emails, this.shown, this.locale, this.now);
  }

  widthsUpTo(column: OutboxSortColumn): Map<OutboxSortColumn, number> {
    const end = this.shown.findIndex(({ id }) => id === column) + 1;
    const width = (id: string) =>
      this.grid?.querySelector(`.header > [data-cell="${id}"]`)?.getBoundingClientRect().width ?? 0;
    return new Map(this.shown.slice(0, end).map(({ id }) => [id, width(id)]));
  }

  previewWidths(widths: DraftWidths | null): void {
    this.draft = widths;
    this.setTracks();
  }

  saveWidths(widths: ReadonlyMap<OutboxSortColumn, number | null>): void {
    this.host.saveColumns?.(resizeColumns(this.columns, widths));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('columns') || changed.has('view') || this.shown.length === 0) {
      this.shown = arrangeColumns(this.columns, this.view).filter((column) => column.shown);
    }
    if (changed.has('rows')) {
      const before = changed.get('rows') ?? [];
      this.place.followRows(before, this.focusInside);
      this.viewport.followRows(before);
    }
    if (changed.has('rows') || changed.has('selected')) this.keepKnown();
  }

  protected override firstUpdated(): void {
    this.viewport.observe();
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.setTracks();
    if (changed.has('rows') || changed.has('loading')) {
      this.grid?.style.setProperty('--_rows', String(this.loading ? skeletonRows : this.rows.length));
      this.viewport.settle();
      if ((changed.get('rows') ?? []).length === 0) this.viewport.measure();
    }
    this.place.settle();
  }

  protected override render(): TemplateResult {
    const stop = this.place.current;
    const header = this.headerRow(stop);
    const rowCount = Math.max(this.total, this.offset + this.rows.length) + 1;
    return html`${sortMenu(header)}
      <div class="scroller" @scroll=${() => this.viewport.follow()}>
        <div
          class="grid"
          part="grid"
          role="grid"
          aria-label=${this.locale.text('title')}
          aria-readonly="true"
          aria-multiselectable="true"
          aria-busy=${this.loading ? 'true' : 'false'}
          aria-rowcount=${this.loading ? -1 : rowCount}
          aria-colcount=${this.shown.length + 3}
          @keydown=${(event: KeyboardEvent) => this.keys.onKeydown(event)}
          @focusin=${(event: FocusEvent) => this.onFocusIn(event)}
          @focusout=${(event: FocusEvent) => this.onFocusOut(event)}
        >
          <div role="rowgroup" class="head">${headerRow(header)}</div>
          ${this.renderBody(this.rowContext(stop))}
        </div>
      </div>
      <div class="visually-hidden" role="status">
        ${this.loading ? this.locale.text('loading') : nothing}
      </div>`;
  }

  private renderBody(context: RowContext): TemplateResult {
    return html`<div
      class="body"
      role="rowgroup"
      @mousedown=${(event: MouseEvent) => this.pointer.onMouseDown(event)}
      @click=${{ handleEvent: (event: MouseEvent) => this.pointer.onClick(event), capture: true }}
      @dblclick=${(event: MouseEvent) => this.pointer.onDoubleClick(event)}
      @pointerenter=${() => this.hold(true, this.focusInside)}
      @pointerleave=${() => this.hold(false, this.focusInside)}
    >
      ${
        this.loading
          ? Array.from({ length: skeletonRows }, (_, index) => skeletonRow(index, this.shown))
          : repeat(
              this.renderedRows(),
              ({ row }) => row.email.id,
              ({ row, index }) => gridRow(row, index, context),
            )
      }
    </div>`;
  }

  /** Those in sight, and the one with the focus: scrolling away from it must not lose it. */
  private renderedRows(): { row: PageRow; index: number }[] {
    const { first, end } = this.viewport.range;
    const rendered = this.rows.slice(first, end).map((row, place) => ({ row, index: first + place }));
    const { index } = this.place.current;
    const row = this.rows[index];
    if (!row || (index >= first && index < end)) return rendered;
    return index < first ? [{ row, index }, ...rendered] : [...rendered, { row, index }];
  }

  private headerRow(stop: CellPlace): HeaderRow {
    return {
      locale: this.locale,
      shown: this.shown,
      sort: this.sort,
      selection: pageSelection(this.selected, this.rows),
      canSelect: this.rows.some(isSelectable),
      resize: this.resize,
      stop,
      selectPage: (isOn) => this.picker.setPage(isOn),
      chooseSort: (sort) => this.host.chooseSort?.(sort),
    };
  }

  private rowContext(stop: CellPlace): RowContext {
    const { host } = this;
    return {
      locale: this.locale,
      now: this.now,
      isAdministrator: this.isAdministrator,
      openEmail: (email) => host.openEmail(email),
      openPacket: (email, event) => host.openPacket(email, event),
      packetHref: (email) => host.packetHref(email),
      connectorHref: (email) => host.connectorHref?.(email) ?? null,
      actionsOff: this.actionsOff,
      act: (action, email) => host.act(action, email),
      explain: (reason) => host.explain(reason),
      shown: this.shown,
      offset: this.offset,
      stop,
      isSelected: (row) => this.isSelected(row),
      isBusy: (row) => this.busy.has(row.email.id),
      isOpen: (row) => row.email.id === this.openId,
    };
  }

  private setTracks(): void {
    const tracks = gridTracks(this.shown, this.draft);
    if (tracks === this.tracks) return;
    this.tracks = tracks;
    // Through the object model: a `style` attribute would need a looser policy from the host.
    this.grid?.style.setProperty('--_columns', tracks);
    this.grid?.style.setProperty('--_further', String(this.shown.filter(isFurtherOnCard).length));
    this.viewport.measure();
  }

  private keepKnown(): void {
    const shown = new Map(this.rows.map(({ email }) => [email.id, email]));
    const known = new Map<string, OutboxEmail>();
    for (const id of this.selected) {
      const email = shown.get(id) ?? this.known.get(id);
      if (email) known.set(id, email);
    }
    this.known = known;
  }

  private onFocusIn(event: FocusEvent): void {
    this.place.onFocusIn(event.target as Element);
    this.hold(this.pointerInside, true);
  }

  private onFocusOut(event: FocusEvent): void {
    const isInside = this.grid?.contains(event.relatedTarget as Node | null) ?? false;
    if (!isInside) this.place.onLeave();
    this.hold(this.pointerInside, isInside);
  }

  private hold(pointerInside: boolean, focusInside: boolean): void {
    this.pointerInside = pointerInside;
    this.focusInside = focusInside;
    this.host.hold(pointerInside || focusInside);
  }
}
