import { outboxViews, type OutboxCount, type OutboxView } from '@portal-outbox/contracts';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { ConnectionController } from '../data/connection-controller.ts';
import type { LiveReading } from '../data/live-reading.ts';
import type { GetToken } from '../data/token-source.ts';
import { LocaleController } from '../i18n/locale-controller.ts';
import type { Messages } from '../i18n/messages-en.ts';
import { textProperty } from '../theme/text-property.ts';
import { tokens } from '../theme/tokens.ts';

/**
 * `<outbox-count>`: how many emails are in the outbox, for the portal's navigation; live, and in the host's own
 * type. A dot marks that some have failed.
 */
export class OutboxCountElement extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: inline;
        color: inherit;
        font-size: inherit;
        line-height: inherit;
      }
      .count {
        display: inline-flex;
        align-items: center;
        gap: 0.4em;
        font-variant-numeric: tabular-nums;
      }
      .failed {
        width: 6px;
        height: 6px;
        border-radius: 50%;
        background: var(--_failed);
        forced-color-adjust: none;
      }
    `,
  ];

  /** Base URL of the service; with `getToken` a connection of its own instead of the page's. */
  @property(textProperty('service-url')) serviceUrl = '';
  @property({ attribute: false }) getToken: GetToken | null = null;
  /** `mine`, `team`, `system` or `all` pins the view; without it the one that the outbox would open. */
  @property(textProperty('view')) view = '';
  /** Nothing is shown for an empty outbox. */
  @property({ type: Boolean, attribute: 'hide-zero', reflect: true }) hideZero = false;
  @property(textProperty('theme')) theme = '';
  @property({ attribute: false }) messages: Partial<Messages> = {};

  @state() private count: OutboxCount | null = null;
  readonly #locales = new LocaleController(this);
  #source: LiveReading<OutboxCount> | null = null;
  #unsubscribe: (() => void) | null = null;
  readonly #connections = new ConnectionController(this, { onState: () => this.#follow() }, () =>
    this.#follow(),
  );

  protected override willUpdate(): void {
    this.#follow();
  }

  #follow(): void {
    const connection = this.#connections.connection;
    const pinned = outboxViews.find((view) => view === this.view);
    const view: OutboxView | null = pinned ?? connection?.view ?? null;
    const source = connection && !connection.sessionEnded ? connection.countOf(view) : null;
    if (source === this.#source) return;
    this.#unsubscribe?.();
    this.#source = source;
    if (!source) this.count = null;
    this.#unsubscribe = source?.subscribe((count) => (this.count = count)) ?? null;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { count } = this;
    const { locale } = this.#locales;
    if (!count || !locale.isReady || (this.hideZero && count.total === 0)) return nothing;
    const failed = count.failed > 0 ? locale.plural('countFailed', count.failed) : '';
    const label = [locale.plural('countLabel', count.total), failed].filter(Boolean).join(', ');
    return html`<span class="count" part="count" title=${label}
      ><span part="number" aria-hidden="true">${locale.number(count.total)}</span
      ><span class="visually-hidden">${label}</span>${
        count.failed > 0 ? html`<span class="failed" part="failed"></span>` : nothing
      }</span
    >`;
  }
}
