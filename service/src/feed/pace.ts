/** So many at once, and so many a second in the long run. Times are milliseconds of a clock that never jumps. */
export class Pace {
  readonly #most: number;
  readonly #perSecond: number;
  #credit: number;
  #asOf: number;

  constructor(most: number, perSecond: number, now: number) {
    this.#most = most;
    this.#perSecond = perSecond;
    this.#credit = most;
    this.#asOf = now;
  }

  /** Takes them, or none: `false`. */
  take(count: number, now: number): boolean {
    this.#earn(now);
    if (count > this.#credit) return false;
    this.#credit -= count;
    return true;
  }

  /** How long until so many can be taken. */
  msUntil(count: number, now: number): number {
    this.#earn(now);
    return (Math.max(0, Math.min(count, this.#most) - this.#credit) / this.#perSecond) * 1000;
  }

  #earn(now: number): void {
    this.#credit = Math.min(this.#most, this.#credit + ((now - this.#asOf) / 1000) * this.#perSecond);
    this.#asOf = now;
  }
}
