import { loadLanguage } from '../i18n/language.ts';
import type { Locale } from '../i18n/locale.ts';
import { errorCode, errorText, type Failure } from './page-states.ts';

interface ReportHost {
  readonly locale: Locale;
  requestUpdate(): void;
  tell(name: string, detail: unknown): void;
}

/** How long a page without `connect()` may look like loading, in milliseconds. */
const unconnectedAfter = 5000;

/** Tells the host page what is wrong: once, until it is right again. */
export class ErrorReport {
  /** Nobody has called `connect()`. */
  isUnconnected = false;
  readonly #host: ReportHost;
  #told: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReportHost) {
    this.#host = host;
  }

  tell(failure: Failure): void {
    const code = errorCode(failure);
    if (this.#told === code) return;
    this.#told = code;
    void loadLanguage(this.#host.locale.language).then(() => {
      this.#host.tell('outbox-error', { code, message: errorText(failure, this.#host.locale) });
    });
  }

  forget(): void {
    this.#told = null;
  }

  awaitConnection(): void {
    this.#timer = setTimeout(() => {
      this.isUnconnected = true;
      this.tell('misconfigured');
      this.#host.requestUpdate();
    }, unconnectedAfter);
  }

  endWaiting(): void {
    clearTimeout(this.#timer);
    this.isUnconnected = false;
  }
}
