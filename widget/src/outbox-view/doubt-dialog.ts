import type { OutboxEmail } from '@portal-outbox/contracts';
import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { Locale } from '../i18n/locale.ts';

/** The one question before a retry: the recipient may get it twice (B1). */
export class DoubtDialog implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private asked: { email: OutboxEmail; answer(yes: boolean): void } | null = null;

  constructor(host: ReactiveControllerHost) {
    this.host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.answer(false);
  }

  ask(email: OutboxEmail): Promise<boolean> {
    this.answer(false);
    return new Promise((answer) => {
      this.asked = { email, answer };
      this.host.requestUpdate();
    });
  }

  render(locale: Locale): TemplateResult | typeof nothing {
    if (!this.asked) return nothing;
    const { email } = this.asked;
    return html`<dialog
      class="doubt"
      part="dialog"
      aria-labelledby="doubt-title"
      aria-describedby="doubt-text"
      ${ref((element) => openModal(element))}
      @close=${() => this.answer(false)}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    >
      <h3 id="doubt-title">${locale.text('doubtTitle')}</h3>
      <p class="doubt-subject"><bdi>${email.subject || locale.text('noSubject')}</bdi></p>
      <p id="doubt-text">${locale.text('doubtText')}</p>
      <div class="doubt-buttons">
        <button type="button" class="button" autofocus @click=${() => this.answer(false)}>
          ${locale.text('back')}
        </button>
        <button type="button" class="button primary" data-answer="retry" @click=${() => this.answer(true)}>
          ${locale.text('retry')}
        </button>
      </div>
    </dialog>`;
  }

  private answer(yes: boolean): void {
    const asked = this.asked;
    this.asked = null;
    asked?.answer(yes);
    this.host.requestUpdate();
  }
}

/** The element is connected only after Lit has rendered it. */
function openModal(element: Element | undefined): void {
  queueMicrotask(() => {
    if (element instanceof HTMLDialogElement && element.isConnected && !element.open) element.showModal();
  });
}
