import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { loadLanguage } from './language.ts';
import { Locale } from './locale.ts';
import type { Messages } from './messages-en.ts';

export interface LocaleHost extends ReactiveControllerHost, HTMLElement {
  timeZone?: string;
  messages?: Partial<Messages>;
}

const noMessages: Partial<Messages> = {};
/** Milliseconds until texts that could not be fetched are asked for again. */
const fetchAgainAfter = 3000;

/** Keeps an element's locale: its own `lang`, else the document's, followed while it is on the page. */
export class LocaleController implements ReactiveController {
  readonly #host: LocaleHost;
  readonly #observer: MutationObserver;
  #current: Locale | null = null;
  #key: readonly [string, string, Partial<Messages>] | null = null;
  #fetchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: LocaleHost) {
    this.#host = host;
    this.#observer = new MutationObserver(() => host.requestUpdate());
    host.addController(this);
  }

  get locale(): Locale {
    const { lang, timeZone = '', messages = noMessages } = this.#host;
    const key = [lang || document.documentElement.lang, timeZone, messages] as const;
    if (!this.#current?.isCurrent || key.some((part, index) => part !== this.#key?.[index])) {
      this.#key = key;
      this.#current = new Locale(...key);
      if (!this.#current.isReady) void this.#fetchTexts(this.#current);
    }
    return this.#current;
  }

  async #fetchTexts({ language }: Locale): Promise<void> {
    clearTimeout(this.#fetchTimer);
    if (!(await loadLanguage(language))) {
      this.#fetchTimer = setTimeout(() => this.#renew(), fetchAgainAfter);
      return;
    }
    this.#renew();
  }

  #renew(): void {
    this.#key = null;
    this.#current = null;
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    const watched = { attributes: true, attributeFilter: ['lang'] };
    this.#observer.observe(document.documentElement, watched);
    this.#observer.observe(this.#host, watched);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    clearTimeout(this.#fetchTimer);
  }
}
