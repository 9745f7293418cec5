import { searchCharacters } from '@portal-outbox/contracts';
import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from 'lit';
import { live } from 'lit/directives/live.js';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import { isSearchable } from './search-text.ts';

/** Milliseconds after the last key until the search is made. */
const pause = 300;

/** The search: made while one types, from three characters on. Its keys are nobody else's. */
export class SearchField implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #search: (text: string | undefined) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is being typed; `null`: nothing that is not searched for yet. */
  #draft: string | null = null;
  #searched: string | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, search: (text: string | undefined) => void) {
    this.#host = host;
    this.#search = search;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#forget();
  }

  focus(): void {
    this.#field?.focus();
    this.#field?.select();
  }

  render(searched: string | undefined, locale: Locale): TemplateResult {
    if (searched !== this.#searched) this.#forget();
    this.#searched = searched;
    const text = this.#draft ?? searched ?? '';
    const isShort = text.trim() !== '' && !isSearchable(text);
    return html`<div class="search" part="search">
      ${icon('search')}
      <input
        type="search"
        part="search-field"
        autocomplete="off"
        spellcheck="false"
        maxlength=${searchCharacters.most}
        placeholder=${locale.text('search')}
        aria-label=${`${locale.text('search')} (${locale.text('searchHint')})`}
        title=${locale.text(isShort ? 'searchShort' : 'searchHint')}
        aria-describedby=${isShort ? 'search-short' : nothing}
        .value=${live(text)}
        @input=${(event: InputEvent) => this.#type((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => this.#onKeydown(event)}
        @keyup=${keepToItself}
        @keypress=${keepToItself}
      />
      ${
        text === ''
          ? nothing
          : html`<button
              type="button"
              class="icon-button"
              aria-label=${locale.text('searchClear')}
              title=${locale.text('searchClear')}
              @click=${() => this.#clear()}
            >
              ${icon('close')}
            </button>`
      }
      ${isShort ? html`<span class="search-short" id="search-short">${locale.text('searchShort')}</span>` : nothing}
    </div>`;
  }

  get #field(): HTMLInputElement | null {
    return this.#host.shadowRoot?.querySelector<HTMLInputElement>('[type=search]') ?? null;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#draft = null;
  }

  #type(text: string): void {
    this.#draft = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#make(), pause);
    this.#host.requestUpdate();
  }

  #clear(): void {
    this.#forget();
    this.#search(undefined);
    this.#field?.focus();
    this.#host.requestUpdate();
  }

  #make(): void {
    clearTimeout(this.#timer);
    const draft = this.#draft;
    if (draft === null) return;
    const text = draft.trim();
    // Too short to search for: what was searched for stays until there is something to look for.
    if (text !== '' && !isSearchable(text)) return;
    this.#search(text === '' ? undefined : text);
  }

  #onKeydown(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Enter') this.#make();
    else if (event.key === 'Escape' && this.#field?.value) {
      event.preventDefault();
      this.#clear();
    }
  }
}

function keepToItself(event: Event): void {
  event.stopPropagation();
}
