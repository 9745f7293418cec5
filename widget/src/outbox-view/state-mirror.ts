import type { PageQuestion, PageSource } from '../data/page-source.ts';
import type { Locale } from '../i18n/locale.ts';
import { loadTools } from './on-demand.ts';
import type { OpenedEmail } from './opened-email.ts';

/** What the mirror needs of the page. */
export interface MirrorHost {
  readonly locale: Locale;
  readonly source: PageSource | null;
  readonly opened: OpenedEmail;
  show(question: PageQuestion): Promise<void>;
  tell(name: string, detail: unknown): void;
}

/** Where the user is (view, sort, filter, search, open email) and the element's `state`: each follows the other. */
export class StateMirror {
  readonly #element: { state: string };
  readonly #host: MirrorHost;
  #mirrored = '';
  #wantedEmail: string | null = null;

  constructor(element: { state: string }, host: MirrorHost) {
    this.#element = element;
    this.#host = host;
  }

  /** Opens a new page where the host says, else as the user left it. */
  async open(source: PageSource): Promise<void> {
    this.#mirrored = this.#element.state;
    if (this.#mirrored === '') await source.open();
    else await this.#goTo(source);
  }

  /** Goes where the host says now: back, or a link of somebody's. `false`: the page is there already. */
  follow(): boolean {
    const { state } = this.#element;
    const { source } = this.#host;
    if (state === this.#mirrored || !source) return false;
    this.#mirrored = state;
    void this.#goTo(source);
    return true;
  }

  /** The email of a link, told once. */
  takeWantedEmail(): string | null {
    const id = this.#wantedEmail;
    this.#wantedEmail = null;
    return id;
  }

  /** Tells the host where the user is. */
  async write(): Promise<void> {
    const loaded = await loadTools(this.#host.locale.language);
    const { source, opened } = this.#host;
    if (!loaded || !source) return;
    const { view, sort, filter } = source.question;
    const state = loaded.writeState({ view, sort, filter, email: opened.email?.id ?? null });
    if (state === this.#mirrored) return;
    this.#mirrored = state;
    this.#element.state = state;
    this.#host.tell('outbox-state', { state });
  }

  async #goTo(source: PageSource): Promise<void> {
    const loaded = await loadTools(this.#host.locale.language);
    if (source !== this.#host.source) return;
    if (!loaded) return source.open();
    const { view, sort, filter, email } = loaded.readState(this.#element.state);
    const { question } = source;
    this.#wantedEmail = email;
    await this.#host.show({ ...question, view: view ?? question.view, sort: sort ?? question.sort, filter });
  }
}
