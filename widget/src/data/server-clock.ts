/** The service's time as this page sees it: countdowns stay right on a computer whose clock is wrong. */
export class ServerClock {
  #offset = 0;

  /** `serverTime` as RFC 3339, just received. */
  set(serverTime: string): void {
    const offset = Date.parse(serverTime) - Date.now();
    if (Number.isFinite(offset)) this.#offset = offset;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset;
  }
}
