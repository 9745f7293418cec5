import type { OutboxEmail, OutboxSort } from '@portal-outbox/contracts';
import type { PageRow } from '../data/page-rows.ts';
import { defineElement } from '../define-element.ts';
import { loadLanguage, type Language } from '../i18n/language.ts';
import { Locale } from '../i18n/locale.ts';
import type { ColumnChoice } from '../outbox-grid/column-choices.ts';
import { OutboxGrid, type GridHost } from '../outbox-grid/outbox-grid.ts';
import { textOf } from './text-of.ts';
import { waitFor } from './wait-for.ts';

/** One `<outbox-grid>` on the test's page; what it tells is kept, and what is chosen is given back to it. */
export class GridFixture implements GridHost {
  readonly grid: OutboxGrid;
  readonly opened: OutboxEmail[] = [];
  readonly acted: string[] = [];
  readonly said: string[] = [];
  readonly letters: string[] = [];
  readonly saved: ColumnChoice[][] = [];
  held = false;

  constructor(emails: readonly OutboxEmail[] = []) {
    defineElement('outbox-grid', OutboxGrid);
    this.grid = document.createElement('outbox-grid') as OutboxGrid;
    this.grid.host = this;
    this.grid.rows = rowsOf(emails);
    this.grid.total = emails.length;
    this.grid.now = Date.parse('2026-11-12T12:00:00Z');
    this.grid.style.height = '500px';
  }

  async open({ lang = 'en', width = 1000 }: { lang?: Language; width?: number } = {}): Promise<this> {
    await loadLanguage(lang);
    this.grid.locale = new Locale(lang, 'UTC');
    this.grid.style.width = `${width}px`;
    document.body.append(this.grid);
    await this.settled();
    return this;
  }

  close(): void {
    this.grid.remove();
  }

  /** Rendered, and what the size of it brought about too. */
  async settled(): Promise<void> {
    // Fetched for a long page.
    if (this.grid.rows.length > 60) await import('../outbox-grid/virtual-rows.ts');
    do {
      await this.grid.updateComplete;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    } while (this.grid.isUpdatePending);
  }

  get root(): ShadowRoot {
    return this.grid.shadowRoot as ShadowRoot;
  }

  get shownIds(): (string | undefined)[] {
    return [...this.root.querySelectorAll<HTMLElement>('[data-email-id]')].map(
      (row) => row.dataset['emailId'],
    );
  }

  get headers(): string[] {
    return [...this.root.querySelectorAll<HTMLElement>('[role=columnheader][data-cell]')].map(
      (header) => header.ariaLabel ?? header.dataset['cell'] ?? '',
    );
  }

  header(cellName: string): HTMLElement {
    return this.need(`.header > [data-cell=${cellName}]`);
  }

  cell(email: OutboxEmail, cellName: string): HTMLElement {
    return this.need(`[data-email-id="${email.id}"] > [data-cell=${cellName}]`);
  }

  text(email: OutboxEmail, cellName: string): string {
    return textOf(this.cell(email, cellName));
  }

  box(email: OutboxEmail): HTMLInputElement {
    return this.cell(email, 'select').querySelector('input') as HTMLInputElement;
  }

  /** Where the keyboard is: the row's email and the cell's name. */
  get focus(): string {
    const cell = this.root.activeElement;
    if (!(cell instanceof HTMLElement)) return '';
    const id = cell.closest<HTMLElement>('[data-email-id]')?.dataset['emailId'] ?? 'header';
    return `${id} ${cell.closest<HTMLElement>('[data-cell]')?.dataset['cell']}`;
  }

  async focusCell(email: OutboxEmail, cellName = 'subject'): Promise<void> {
    this.cell(email, cellName).focus();
    await this.settled();
  }

  async press(key: string, keys: KeyboardEventInit = {}): Promise<KeyboardEvent> {
    const event = new KeyboardEvent('keydown', {
      key,
      bubbles: true,
      composed: true,
      cancelable: true,
      ...keys,
    });
    this.root.activeElement?.dispatchEvent(event);
    await this.settled();
    return event;
  }

  async click(element: Element, keys: MouseEventInit = {}): Promise<void> {
    element.dispatchEvent(
      new MouseEvent('click', { bubbles: true, composed: true, cancelable: true, ...keys }),
    );
    await this.settled();
  }

  get selected(): string[] {
    return [...this.grid.selected];
  }

  async show(emails: readonly OutboxEmail[]): Promise<void> {
    this.grid.rows = rowsOf(emails);
    await this.settled();
  }

  openEmail(email: OutboxEmail): void {
    this.opened.push(email);
  }

  openPacket(_email: OutboxEmail, event: Event): void {
    event.preventDefault();
    this.acted.push('packet');
  }

  packetHref(): string | null {
    return null;
  }

  act(action: string, email: OutboxEmail): void {
    this.acted.push(`${action} ${email.id}`);
  }

  explain(reason: string): void {
    this.said.push(reason);
  }

  hold(held: boolean): void {
    this.held = held;
  }

  chooseSort(sort: OutboxSort | null): void {
    this.grid.sort = sort ?? '-submittedAt';
  }

  select(ids: ReadonlySet<string>): void {
    this.grid.selected = ids;
  }

  saveColumns(columns: ColumnChoice[]): void {
    this.saved.push(columns);
    this.grid.columns = columns;
  }

  pressLetter(letter: string): boolean {
    this.letters.push(letter);
    return letter === 'r';
  }

  private need(selector: string): HTMLElement {
    const element = this.root.querySelector<HTMLElement>(selector);
    if (!element) throw new Error(`${selector} is not in the grid`);
    return element;
  }
}

export function rowsOf(emails: readonly OutboxEmail[]): PageRow[] {
  return emails.map((email) => ({ email, left: null, leftAt: 0, fits: true, inOrder: true }));
}

export const waitForFocus = (fixture: GridFixture, place: string) =>
  waitFor(() => fixture.focus === place, `the focus at ${place}, not ${fixture.focus}`);
