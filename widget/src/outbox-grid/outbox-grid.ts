// Longer than 300 lines: it is where the parts of the grid meet.
import {
  defaultSort,
  type OutboxEmail,
  type OutboxSort,
  type OutboxSortColumn,
  type OutboxView,
} from '@portal-outbox/contracts';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PageRow } from '../data/page-rows.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { statusStyles } from '../theme/status-sign.ts';
import { tokens } from '../theme/tokens.ts';
import type { OfferedAction } from './action-buttons.ts';
import { cardStyles } from './card-styles.ts';
import { arrangeColumns, type ArrangedColumn, type ColumnChoice } from './column-choices.ts';
import { isFurtherOnCard } from './columns.ts';
import { GridFocus, type CellPlace, type FocusHost } from './grid-focus.ts';
import { onGridKey, type KeysHost } from './grid-keys.ts';
import { GridPointer, type PointerHost } from './grid-pointer.ts';
import { gridRow, skeletonRow, type RowContext } from './grid-row.ts';
import { gridStyles } from './grid-styles.ts';
import { gridTracks, type DraftWidths } from './grid-tracks.ts';
import { headerRow, sortMenu, type HeaderContext } from './header-row.ts';
import type * as CopySelection from './copy-selection.ts';
import type * as ResizeColumn from './resize-column.ts';
import { RowPicker, type PickerHost } from './row-picker.ts';
import { RowViewport, type ViewportHost } from './row-viewport.ts';
import type { Selection } from './selection.ts';
import type { VirtualHost, VirtualRows } from './virtual-rows.ts';

/** What the grid asks of the page that it is in. */
export interface GridHost {
  openEmail(email: OutboxEmail): void;
  openPacket(email: OutboxEmail, event: Event): void;
  packetHref(email: OutboxEmail): string | null;
  /** Where an administrator finds the email's connector; `null`: nowhere. */
  connectorHref?(email: OutboxEmail): string | null;
  act(action: OfferedAction, email: OutboxEmail): void;
  explain(reason: string): void;
  /** Somebody's pointer or focus came to the rows or left them. */
  hold(held: boolean): void;
  /** A header was pressed; `null`: the usual order again. */
  chooseSort(sort: OutboxSort | null): void;
  /** Ids of all that is selected now, on other pages too. */
  select(ids: Selection): void;
  saveColumns(columns: ColumnChoice[]): void;
  /** A single character without modifiers, while the focus is on the rows. Returns whether it meant something. */
  pressLetter(letter: string, email: OutboxEmail): boolean;
}

type GridParts = CopySelection.CopyHost &
  FocusHost &
  KeysHost &
  PickerHost &
  PointerHost &
  ResizeColumn.ResizeHost &
  ViewportHost &
  VirtualHost;
const skeletonRows = 24;
/** A page of more rows is rendered where it is in sight. */
const plainRows = 60;
/** Rows of such a page until what does it is here: about a screen. */
const firstRows = 30;

/**
 * The rows of one page: an ARIA grid, with one cell in the Tab order, that renders what is in sight of a long page.
 * Part of `<outbox-view>`, which keeps sort, selection and columns and is told of every change.
 */
export class OutboxGrid extends LitElement implements GridParts, RowContext, HeaderContext {
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
  @property({ attribute: false }) loading = false;
  @property({ attribute: false }) isAdministrator = false;
  /** The service's time, ms since 1970; set again for countdowns to move. */
  @property({ attribute: false }) now = 0;
  @property({ attribute: false }) actionsOff: string | null = null;
  /** Ids of emails with an action under way. */
  @property({ attribute: false }) busy: ReadonlySet<string> = new Set();
  /** The email in the popup. */
  @property({ attribute: false }) openId: string | null = null;
  /** Rows of the view before this page, and in all. */
  @property({ attribute: false }) offset = 0;
  @property({ attribute: false }) total = 0;

  @query('.scroller') readonly scroller!: HTMLElement | null;
  @query('.body') readonly body!: HTMLElement | null;
  readonly place = new GridFocus(this);
  readonly picker = new RowPicker(this);
  /** Tests stand in for it. */
  loadVirtualRows = importVirtualRows;
  shown: readonly ArrangedColumn[] = [];
  stop: CellPlace = this.place.current;
  readonly #pointer = new GridPointer(this);
  readonly #viewport = new RowViewport(this);
  #virtualRows: VirtualRows | 'wanted' | 'missing' | null = null;
  #draft: DraftWidths | null = null;
  #tracks = '';
  /** Last known rows of what is selected, on other pages too. */
  #known = new Map<string, OutboxEmail>();
  #copying: typeof CopySelection | null = null;
  #selections = 0;
  #hasPointer = false;
  #hasFocus = false;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#viewport.observe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#viewport.disconnect();
  }

  /** Moves focus to the email's row, or to the one that took its place. */
  focusEmail(id: string, place: number): void {
    const index = this.rows.findIndex((row) => row.email.id === id);
    this.place.moveTo(index >= 0 ? index : Math.min(place, this.rows.length - 1));
  }

  scrollToStart(): void {
    this.scroller?.scrollTo({ top: 0 });
  }

  get cellNames(): readonly string[] {
    return ['select', ...this.shown.map(({ id }) => id), 'retry', 'cancel'];
  }

  get rowsInSight(): number {
    return this.#viewport.rowsInSight;
  }

  get rowHeight(): number {
    return this.#viewport.rowHeight;
  }

  hasWideRows(areWide: boolean): void {
    this.#grid?.classList.toggle('wide', areWide);
  }

  /** Boxes show what is selected then, which is the page's to say: it may not take so many. */
  select(ids: Selection): void {
    this.host.select(ids);
    this.#selections += 1;
    this.requestUpdate();
  }

  get selectedEmails(): readonly OutboxEmail[] {
    return [...this.#known.values()];
  }

  copy(event: KeyboardEvent): void {
    if (this.#known.size === 0) return;
    if (this.#copying) this.#copying.copyOnKey(this, event);
    else void loadCopying().then((part) => part?.copyLate(this));
  }

  dragWidth(event: PointerEvent, { id }: ArrangedColumn): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget as HTMLElement;
    void this.#resize((part) => part.dragColumn(this, handle, event, id));
  }

  resetWidth({ id }: ArrangedColumn): void {
    void this.#resize((part) => part.resetColumn(this, id));
  }

  stepWidth(id: OutboxSortColumn, wider: 1 | -1): void {
    void this.#resize((part) => part.stepColumn(this, id, wider));
  }

  widthsUpTo(column: OutboxSortColumn): Map<OutboxSortColumn, number> {
    const end = this.shown.findIndex(({ id }) => id === column) + 1;
    const width = (id: string) =>
      this.#grid?.querySelector(`.header > [data-cell="${id}"]`)?.getBoundingClientRect().width ?? 0;
    return new Map(this.shown.slice(0, end).map(({ id }) => [id, width(id)]));
  }

  previewWidths(widths: DraftWidths | null): void {
    this.#draft = widths;
    this.#setTracks();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('columns') || changed.has('view') || this.shown.length === 0) {
      this.shown = arrangeColumns(this.columns, this.view).filter((column) => column.shown);
    }
    if (changed.has('rows')) {
      const before = changed.get('rows') ?? [];
      this.place.followRows(before, this.#hasFocus);
      this.#viewport.followRows(before);
    }
    if (changed.has('rows') || changed.has('selected')) this.#keepKnown();
    if (this.rows.length > plainRows && this.#virtualRows === null) void this.#fetchVirtualRows();
    this.stop = this.place.current;
  }

  protected override firstUpdated(): void {
    this.#viewport.observe();
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#setTracks();
    if (changed.has('rows') || changed.has('loading')) {
      this.#grid?.style.setProperty('--_rows', String(this.loading ? skeletonRows : this.rows.length));
      this.#viewport.settle();
      if ((changed.get('rows') ?? []).length === 0) this.#viewport.measure();
    }
    this.#virtual?.settle();
    this.place.settle();
  }

  protected override render(): TemplateResult {
    const rowCount = Math.max(this.total, this.offset + this.rows.length) + 1;
    return html`${sortMenu(this)}
      <div class="scroller">
        <div
          class="grid"
          part="grid"
          role="grid"
          aria-label=${this.locale.text('title')}
          aria-readonly="true"
          aria-multiselectable="true"
          aria-busy=${this.loading}
          aria-rowcount=${this.loading ? -1 : rowCount}
          aria-colcount=${this.shown.length + 3}
          @keydown=${(event: KeyboardEvent) => onGridKey(this, event)}
          @focusin=${(event: FocusEvent) => this.#onFocusIn(event)}
          @focusout=${(event: FocusEvent) => this.#onFocusOut(event)}
        >
          <div role="rowgroup" class="head" @pointerenter=${() => void loadResizing()}>
            ${headerRow(this)}
          </div>
          <div
            class="body"
            role="rowgroup"
            @mousedown=${(event: MouseEvent) => this.#pointer.onMouseDown(event)}
            @click=${{ handleEvent: (event: MouseEvent) => this.#pointer.onClick(event), capture: true }}
            @dblclick=${(event: MouseEvent) => this.#pointer.onDoubleClick(event)}
            @pointerenter=${() => this.#hold(true, this.#hasFocus)}
            @pointerleave=${() => this.#hold(false, this.#hasFocus)}
          >
            ${this.loading ? this.#renderSkeleton() : this.#renderRows()}
          </div>
        </div>
      </div>
      <div class="visually-hidden" role="status">
        ${this.loading ? this.locale.text('loading') : nothing}
      </div>`;
  }

  #renderSkeleton(): TemplateResult[] {
    return Array.from({ length: skeletonRows }, () => skeletonRow(this.shown));
  }

  #renderRows() {
    if (this.#virtual) return this.#virtual.render();
    const isShort = this.rows.length <= plainRows || this.#virtualRows === 'missing';
    const rows = isShort ? this.rows : this.rows.slice(0, firstRows);
    return repeat(
      rows,
      ({ email }) => email.id,
      (row, index) => this.renderRow(row, index),
    );
  }

  renderRow(row: PageRow, index: number) {
    return guard(this.#dependencies(row, index), () => gridRow(row, index, this));
  }

  renderKeptRow(row: PageRow, index: number) {
    return gridRow(row, index, this, 'kept');
  }

  flush(): void {
    this.requestUpdate();
    this.performUpdate();
  }

  get #virtual(): VirtualRows | null {
    return typeof this.#virtualRows === 'object' ? this.#virtualRows : null;
  }

  /** Where it cannot be fetched, all rows are rendered. */
  async #fetchVirtualRows(): Promise<void> {
    this.#virtualRows = 'wanted';
    const part = await this.loadVirtualRows();
    this.#virtualRows = part ? new part.VirtualRows(this) : 'missing';
    this.requestUpdate();
  }

  /** What a row is rendered from. */
  #dependencies(row: PageRow, index: number): unknown[] {
    const { id } = row.email;
    const isOpen = id === this.openId;
    const stop = index === this.stop.index ? this.stop.cellName : '';
    const { locale, now, shown, offset, actionsOff, isAdministrator, host } = this;
    const own = [row, index, isOpen, stop, this.selected.has(id), this.busy.has(id)];
    return [...own, this.#selections, locale, now, shown, offset, actionsOff, isAdministrator, host];
  }

  get #grid(): HTMLElement | null {
    return this.scroller?.querySelector<HTMLElement>('.grid') ?? null;
  }

  #setTracks(): void {
    const tracks = gridTracks(this.shown, this.#draft);
    if (tracks === this.#tracks) return;
    this.#tracks = tracks;
    // Through the object model: a `style` attribute would need a looser policy from the host.
    this.#grid?.style.setProperty('--_columns', tracks);
    this.#grid?.style.setProperty('--_further', String(this.shown.filter(isFurtherOnCard).length));
    this.#viewport.measure();
  }

  /** Most visits neither drag nor copy: what does it is fetched when somebody comes near. */
  async #resize(use: (part: typeof ResizeColumn) => void): Promise<void> {
    const part = await loadResizing();
    if (part && this.isConnected) use(part);
  }

  #keepKnown(): void {
    const here = new Map(this.rows.map(({ email }) => [email.id, email]));
    const known = [...this.selected].flatMap((id) => here.get(id) ?? this.#known.get(id) ?? []);
    this.#known = new Map(known.map((email) => [email.id, email]));
    if (known.length > 0 && !this.#copying) void loadCopying().then((part) => (this.#copying = part));
  }

  #onFocusIn(event: FocusEvent): void {
    this.place.onFocusIn(event.target as Element);
    this.#hold(this.#hasPointer, true);
  }

  #onFocusOut(event: FocusEvent): void {
    const isInside = this.#grid?.contains(event.relatedTarget as Node | null) ?? false;
    if (!isInside) this.place.onLeave();
    this.#hold(this.#hasPointer, isInside);
  }

  #hold(hasPointer: boolean, hasFocus: boolean): void {
    this.#hasPointer = hasPointer;
    this.#hasFocus = hasFocus;
    this.host.hold(hasPointer || hasFocus);
  }
}

/** `null`: it could not be fetched; the next time may be luckier. */
const loadResizing = () => import('./resize-column.ts').catch(() => null);
const importVirtualRows = () => import('./virtual-rows.ts').catch(() => null);
const loadCopying = () => import('./copy-selection.ts').catch(() => null);
