import { monotonicMs } from './clock.ts';
import type { Service } from './lifecycle.ts';
import type { Logger } from './logger.ts';

/** Longest wait between two runs: `setTimeout` overflows above 24.8 days, and a lost signal must not cost more. */
const longestWaitMs = 60_000;
/** After failures: what has come back is noticed so soon. */
const longestPauseMs = 3000;

/**
 * Runs `step` again and again: at once after `wake`, otherwise when the time that `step` returned has passed.
 * With a pace, a step under load begins at least `paceMs` after the one before, so that more comes together in it; after
 * a rest it begins at once. Steps never overlap. A step that throws is logged and repeated with growing pauses of up to 3 s.
 */
export class WorkerLoop implements Service {
  readonly #name: string;
  readonly #logger: Logger;
  readonly #step: () => Promise<number>;
  readonly #paceMs: number;
  #running: Promise<void> | null = null;
  #stopped = false;
  #woken = false;
  #interrupt: (() => void) | null = null;

  /** `step` returns the milliseconds until it wants to run again. */
  constructor(name: string, logger: Logger, step: () => Promise<number>, paceMs = 0) {
    this.#name = name;
    this.#logger = logger;
    this.#step = step;
    this.#paceMs = paceMs;
  }

  start(): Promise<void> {
    if (!this.#running && !this.#stopped) this.#running = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#interrupt?.();
    await this.#running;
  }

  /** Runs the next step at once, or once more after the present one. */
  wake(): void {
    this.#woken = true;
    this.#interrupt?.();
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      this.#woken = false;
      const startedAt = monotonicMs();
      let waitMs: number;
      try {
        waitMs = await this.#step();
        failures = 0;
      } catch (error) {
        failures += 1;
        waitMs = Math.min(longestPauseMs, 100 * 2 ** failures);
        this.#logger.error({ err: error, loop: this.#name, waitMs }, 'step failed');
      }
      const paceMs = this.#paceMs - (monotonicMs() - startedAt);
      if (paceMs > 0 && failures === 0) await this.#wait(paceMs, true);
      await this.#wait(Math.min(Math.max(waitMs - Math.max(paceMs, 0), 0), longestWaitMs), failures > 0);
    }
  }

  async #wait(ms: number, insist: boolean): Promise<void> {
    if (this.#stopped || (this.#woken && !insist)) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#interrupt = () => {
        if (insist && !this.#stopped) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#interrupt = null;
  }
}
