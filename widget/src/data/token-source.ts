/** Returns the signed-in user's token for the service; called again when the service no longer takes it. */
export type GetToken = () => string | Promise<string>;

/** Keeps one token for everybody on the page, so that ten refused requests ask the host once. */
export class TokenSource {
  readonly #getToken: GetToken;
  #asked: Promise<string | null> | null = null;
  #token: string | null = null;

  constructor(getToken: GetToken) {
    this.#getToken = getToken;
  }

  /** `null`: the host has none. */
  async current(): Promise<string | null> {
    return this.#token ?? this.#ask();
  }

  /** A token other than the refused one: one already fetched by somebody else, or a new one from the host. */
  async renew(refused: string): Promise<string | null> {
    if (this.#token === refused) this.#token = null;
    return this.#token ?? this.#ask();
  }

  #ask(): Promise<string | null> {
    this.#asked ??= this.#askHost().finally(() => (this.#asked = null));
    return this.#asked;
  }

  async #askHost(): Promise<string | null> {
    try {
      const token: unknown = await this.#getToken();
      this.#token = typeof token === 'string' && token !== '' ? token : null;
    } catch {
      // The host's own failure to sign in again reads as "session ended", like a refused token.
      this.#token = null;
    }
    return this.#token;
  }
}
