import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';

export interface Notice {
  id: number;
  text: string;
  /** What it is about: user text. */
  subject?: string;
  action?: { label: string; run(): void };
}

/** How long a notice stays, in milliseconds, not counting the time in which somebody looks at it. */
const shownFor = 10_000;
const most = 3;

/** Messages that go by themselves; pointer, focus and a hidden tab stop their clock. */
export class Notices implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #announce: (text: string) => void;
  #notices: readonly Notice[] = [];
  readonly #remaining = new Map<number, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #runningSince = 0;
  #isHeld = false;
  #lastId = 0;

  /** `announce`: says it to a screen reader. */
  constructor(host: ReactiveControllerHost, announce: (text: string) => void) {
    this.#host = host;
    this.#announce = announce;
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  hostDisconnected(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.clear();
  }

  show(notice: Omit<Notice, 'id'>): void {
    this.#pause();
    const id = (this.#lastId += 1);
    this.#notices = [...this.#notices, { ...notice, id }].slice(-most);
    this.#remaining.set(id, shownFor);
    this.#announce([notice.text, notice.subject, notice.action?.label].filter(Boolean).join(' '));
    this.#resume();
  }

  clear(): void {
    this.#pause();
    this.#notices = [];
    this.#remaining.clear();
    this.#host.requestUpdate();
  }

  render(locale: Locale): TemplateResult {
    return html`<div
      class="notices"
      part="notices"
      @pointerenter=${() => this.#hold(true)}
      @pointerleave=${() => this.#hold(false)}
      @focusin=${() => this.#hold(true)}
      @focusout=${() => this.#hold(false)}
    >
      ${repeat(
        this.#notices,
        (notice) => notice.id,
        (notice) =>
          html`<div class="notice" part="notice">
            <span>${notice.text}</span>
            ${notice.subject ? html`<bdi class="notice-subject">${notice.subject}</bdi>` : nothing}
            ${
              notice.action
                ? html`<button type="button" class="notice-action" @click=${() => this.#run(notice)}>
                    ${notice.action.label}
                  </button>`
                : nothing
            }
            <button
              type="button"
              class="icon-button"
              aria-label=${locale.text('dismiss')}
              @click=${() => this.#dismiss(notice.id)}
            >
              ${icon('close')}
            </button>
          </div>`,
      )}
    </div>`;
  }

  #run(notice: Notice): void {
    this.#dismiss(notice.id);
    notice.action?.run();
  }

  #dismiss(id: number): void {
    this.#isHeld = false;
    this.#pause();
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
    this.#remaining.delete(id);
    this.#host.requestUpdate();
    this.#resume();
  }

  #hold(held: boolean): void {
    this.#isHeld = held;
    this.#pause();
    this.#resume();
  }

  readonly #onVisibility = (): void => {
    this.#pause();
    this.#resume();
  };

  #pause(): void {
    clearTimeout(this.#timer);
    if (this.#runningSince === 0) return;
    const passed = Date.now() - this.#runningSince;
    this.#runningSince = 0;
    for (const [id, time] of this.#remaining) this.#remaining.set(id, time - passed);
  }

  #resume(): void {
    if (this.#isHeld || document.visibilityState === 'hidden' || this.#notices.length === 0) return;
    this.#runningSince = Date.now();
    const next = Math.min(...this.#remaining.values());
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, next));
  }

  #expire(): void {
    this.#pause();
    this.#notices = this.#notices.filter((notice) => (this.#remaining.get(notice.id) ?? 0) > 0);
    for (const [id, time] of this.#remaining) if (time <= 0) this.#remaining.delete(id);
    this.#host.requestUpdate();
    this.#resume();
  }
}
