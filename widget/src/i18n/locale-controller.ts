import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Locale } from './locale.ts';
import type { Messages } from './messages-en.ts';

export interface LocaleHost extends ReactiveControllerHost, HTMLElement {
  timeZone?: string;
  messages?: Partial<Messages>;
}

const noMessages: Partial<Messages> = {};

/** Keeps an element's locale: its own `lang`, else the document's, followed while it is on the page. */
export class LocaleController implements ReactiveController {
  private readonly host: LocaleHost;
  private readonly observer: MutationObserver;
  private current: Locale | null = null;
  private key: readonly [string, string, Partial<Messages>] | null = null;

  constructor(host: LocaleHost) {
    this.host = host;
    this.observer = new MutationObserver(() => host.requestUpdate());
    host.addController(this);
  }

  get locale(): Locale {
    const { lang, timeZone = '', messages = noMessages } = this.host;
    const key = [lang || document.documentElement.lang, timeZone, messages] as const;
    if (!this.current || key.some((part, index) => part !== this.key?.[index])) {
      this.key = key;
      this.current = new Locale(...key);
    }
    return this.current;
  }

  hostConnected(): void {
    const watched = { attributes: true, attributeFilter: ['lang'] };
    this.observer.observe(document.documentElement, watched);
    this.observer.observe(this.host, watched);
  }

  hostDisconnected(): void {
    this.observer.disconnect();
  }
}
