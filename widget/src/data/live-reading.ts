import type { ServiceResult } from './service-result.ts';

export type ReadingListener<Value> = (value: Value | null) => void;

/** What the service says of how fresh its answer is. */
interface Reading {
  /** Something has changed already: to be asked for again in so many milliseconds, not sooner. */
  newerInMs?: number | null | undefined;
}

/** A number, or several, that the service counts, kept live for everybody who shows it. */
export class LiveReading<Value extends Reading> {
  value: Value | null = null;
  readonly #ask: () => Promise<ServiceResult<Value>>;
  readonly #interval: number;
  readonly #onIdle: () => void;
  readonly #listeners = new Set<ReadingListener<Value>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #soonest = -Infinity;
  #run = 0;
  #asking = false;
  #askAgain = false;

  /** At most one request in `interval` milliseconds. `onIdle`: nobody shows it any more. */
  constructor(
    ask: () => Promise<ServiceResult<Value>>,
    interval: number,
    onIdle: () => void = () => undefined,
  ) {
    this.#ask = ask;
    this.#interval = interval;
    this.#onIdle = onIdle;
  }

  subscribe(listener: ReadingListener<Value>): () => void {
    this.#listeners.add(listener);
    if (this.value) listener(this.value);
    else this.refresh();
    return () => {
      if (!this.#listeners.delete(listener) || this.#listeners.size > 0) return;
      this.clear();
      this.#onIdle();
    };
  }

  /** Something changed: asks now, or as soon as it may. */
  refresh(): void {
    if (this.#asking) this.#askAgain = true;
    if (this.#asking || this.#timer !== undefined || this.#listeners.size === 0) return;
    this.#timer = setTimeout(() => void this.#read(), Math.max(0, this.#soonest - Date.now()));
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run += 1;
    this.#asking = false;
    this.value = null;
    for (const listener of this.#listeners) listener(null);
  }

  async #read(): Promise<void> {
    this.#timer = undefined;
    this.#soonest = Date.now() + this.#interval;
    const run = this.#run;
    this.#asking = true;
    this.#askAgain = false;
    const result = await this.#ask();
    // Nobody shows it any more, or another user does.
    if (run !== this.#run) return;
    this.#asking = false;
    if (result.ok) this.#take(result.value);
    if (this.#askAgain) this.refresh();
  }

  #take(value: Value): void {
    this.value = value;
    const { newerInMs = null } = value;
    if (newerInMs !== null) this.#soonest = Math.max(this.#soonest, Date.now() + newerInMs);
    for (const listener of [...this.#listeners]) listener(this.value);
    if (newerInMs !== null) this.refresh();
  }
}
