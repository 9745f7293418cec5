/** How far settling is: all outcomes up to number `settled` of the stream are settled, the newest is number `last`. */
export interface OutcomeProgress {
  settled: number;
  last: number;
}

interface Mark {
  atMs: number;
  last: number;
}

/**
 * Tells since when settling has been up and caught up, from looks at it. Caught up means that no outcome has waited for
 * longer than `toleranceMs`: on a busy system some outcome always waits. A look that fails or comes late begins anew:
 * this process, the database or the bus stood still meanwhile, and so did the renewing of leases.
 */
export class SettlingProgress {
  readonly #toleranceMs: number;
  /** The newest outcome at earlier looks, as long as it is not settled. */
  #marks: Mark[] = [];
  #lastLookMs: number | null = null;
  #newest = 0;
  #caughtUpSinceMs: number | null = null;

  constructor(toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
  }

  /** `null`: the look failed. `atMs` never goes back. Returns the milliseconds for which settling has been caught up. */
  look(progress: OutcomeProgress | null, atMs: number): number {
    const late = this.#lastLookMs !== null && atMs - this.#lastLookMs > this.#toleranceMs;
    // A stream that was lost counts from 1 again.
    const lost = progress !== null && progress.last < this.#newest;
    if (progress === null || late || lost) {
      this.#marks = [];
      this.#caughtUpSinceMs = null;
    }
    this.#lastLookMs = progress === null ? null : atMs;
    this.#newest = progress?.last ?? 0;
    if (progress === null) return 0;
    if (progress.last > (this.#marks.at(-1)?.last ?? progress.settled)) {
      this.#marks.push({ atMs, last: progress.last });
    }
    this.#marks = this.#marks.filter((mark) => mark.last > progress.settled);
    const [oldest] = this.#marks;
    if (oldest !== undefined && atMs - oldest.atMs > this.#toleranceMs) this.#caughtUpSinceMs = null;
    else this.#caughtUpSinceMs ??= atMs;
    return this.#caughtUpSinceMs === null ? 0 : atMs - this.#caughtUpSinceMs;
  }
}
