/// <reference types="mocha" />
import type { OutboxEmail } from '@portal-outbox/contracts';
import { connect, disconnect } from '../outbox.ts';
import type { OutboxViewElement } from '../outbox-view/outbox-view.ts';
import { FakeService } from './fake-service.ts';
import { textOf } from './text-of.ts';
import { waitFor } from './wait-for.ts';

/** One `<outbox-view>` on the test's page, connected to a fake service. */
export class PageFixture {
  readonly service: FakeService;
  readonly view: OutboxViewElement;
  readonly events: CustomEvent[] = [];
  tokensAsked = 0;
  private token = 'token-1';

  constructor(emails: OutboxEmail[], attributes: Record<string, string> = {}) {
    this.service = new FakeService(emails);
    this.view = document.createElement('outbox-view') as OutboxViewElement;
    for (const [name, value] of Object.entries(attributes)) this.view.setAttribute(name, value);
    this.view.style.height = '600px';
    for (const name of ['outbox-changed', 'outbox-error', 'outbox-state']) {
      this.view.addEventListener(name, (event) => this.events.push(event as CustomEvent));
    }
  }

  /** Puts it on the page and waits for the first rows. */
  async open(): Promise<this> {
    this.start();
    await this.rows();
    await waitFor(() => this.service.openStreams > 0, 'the stream of changes');
    return this;
  }

  start(): void {
    connect({ serviceUrl: 'https://outbox.test', getToken: () => this.giveToken() });
    document.body.append(this.view);
  }

  /** The next token that the host gives. */
  set nextToken(token: string) {
    this.token = token;
  }

  close(): void {
    disconnect();
    this.view.remove();
    this.service.restoreFetch();
  }

  get page(): ShadowRoot {
    return this.view.shadowRoot as ShadowRoot;
  }

  get grid(): ShadowRoot | null {
    return this.page.querySelector('outbox-grid')?.shadowRoot ?? null;
  }

  async rows(): Promise<HTMLElement[]> {
    return waitFor(() => {
      const rows = [...(this.grid?.querySelectorAll<HTMLElement>('[data-email-id]') ?? [])];
      return rows.length > 0 ? rows : null;
    }, 'rows');
  }

  row(email: OutboxEmail): HTMLElement | null {
    return this.grid?.querySelector<HTMLElement>(`[data-email-id="${email.id}"]`) ?? null;
  }

  async shownRow(email: OutboxEmail): Promise<HTMLElement> {
    return waitFor(() => this.row(email), `the row of ${email.subject}`);
  }

  text(email: OutboxEmail): string {
    return textOf(this.row(email));
  }

  button(email: OutboxEmail, action: 'retry' | 'cancel'): HTMLButtonElement {
    const button = this.row(email)?.querySelector<HTMLButtonElement>(`[data-action="${action}"]`);
    if (!button) throw new Error(`${action} is not on the row`);
    return button;
  }

  async popup(): Promise<ShadowRoot> {
    return waitFor(() => {
      const root = this.page.querySelector('outbox-popup')?.shadowRoot;
      return root?.querySelector('dialog')?.open ? root : null;
    }, 'the popup');
  }

  /** The shadow root of one of the page's dialogs, once it is open. */
  async dialog(name: string): Promise<ShadowRoot> {
    return waitFor(() => {
      const root = this.page.querySelector(name)?.shadowRoot;
      return root?.querySelector('dialog')?.open ? root : null;
    }, name);
  }

  /** Something of the page outside the grid, once it is there. */
  async found(selector: string): Promise<HTMLElement> {
    return waitFor(() => this.page.querySelector<HTMLElement>(selector), selector);
  }

  /** Ticks the box of each email's row, one after the other as a person does. */
  async tick(...emails: OutboxEmail[]): Promise<void> {
    for (const email of emails) {
      this.row(email)?.querySelector<HTMLElement>('input[type=checkbox]')?.click();
      await waitFor(
        () => this.row(email)?.getAttribute('aria-selected') === 'true',
        `the tick of ${email.subject}`,
      );
    }
  }

  private giveToken(): string {
    this.tokensAsked += 1;
    return this.token;
  }
}

export { textOf };

export function press(element: Element, key: string): void {
  element.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }),
  );
}
