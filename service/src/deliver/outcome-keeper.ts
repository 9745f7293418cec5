import { attemptTimes, type AttemptOutcome } from '@portal-outbox/contracts';
import type { PublishOutcome } from '../bus/worker-outcomes.ts';
import type { Logger } from '../runtime/logger.ts';

export interface KeeperTimes {
  repeatMs: number;
  /** After a publication that failed. */
  retryMs: number;
}

interface Kept {
  outcome: AttemptOutcome;
  timer: NodeJS.Timeout | undefined;
  stored: PromiseWithResolvers;
}

interface PromiseWithResolvers {
  promise: Promise<void>;
  resolve: () => void;
}

/** Keeps each outcome until the service says that it is settled, and publishes it again and again until then. */
export class OutcomeKeeper {
  readonly #publish: PublishOutcome;
  readonly #logger: Logger;
  readonly #times: KeeperTimes;
  readonly #kept = new Map<string, Kept>();
  #onEmpty: (() => void) | null = null;
  #stopped = false;

  constructor(
    publish: PublishOutcome,
    logger: Logger,
    times: KeeperTimes = { repeatMs: attemptTimes.outcomeRepeat * 1000, retryMs: 2000 },
  ) {
    this.#publish = publish;
    this.#logger = logger;
    this.#times = times;
  }

  /** Resolves when the bus has the outcome. */
  report(outcome: AttemptOutcome): Promise<void> {
    const before = this.#kept.get(outcome.attemptId);
    // The message came twice: what was learned with the claim in hand outweighs what came without.
    if (before && before.outcome.claimToken !== null && outcome.claimToken === null)
      return before.stored.promise;
    clearTimeout(before?.timer);
    before?.stored.resolve();
    const kept: Kept = {
      outcome,
      timer: undefined,
      stored: promiseWithResolvers(),
    };
    this.#kept.set(outcome.attemptId, kept);
    void this.#hand(kept);
    return kept.stored.promise;
  }

  settled(attemptIds: readonly string[]): void {
    for (const attemptId of attemptIds) {
      const kept = this.#kept.get(attemptId);
      clearTimeout(kept?.timer);
      kept?.stored.resolve();
      this.#kept.delete(attemptId);
    }
    if (this.#kept.size === 0) this.#onEmpty?.();
  }

  /** Publishes everything that is kept once more at once: the bus may have lost it. */
  repeatAll(): void {
    if (this.#stopped) return;
    for (const kept of this.#kept.values()) {
      // Without a timer it is on its way just now.
      if (kept.timer === undefined) continue;
      clearTimeout(kept.timer);
      void this.#hand(kept);
    }
  }

  /** Tokens of claims whose outcome is not settled yet, by connector. */
  heldTokens(connectorId: string): string[] {
    return [...this.#kept.values()]
      .filter(({ outcome }) => outcome.connectorId === connectorId)
      .flatMap(({ outcome }) => outcome.claimToken ?? []);
  }

  connectorIds(): string[] {
    return [...new Set([...this.#kept.values()].map(({ outcome }) => outcome.connectorId))];
  }

  /** Waits until everything is settled, `limitMs` at most, and forgets the rest. */
  async stop(limitMs: number): Promise<void> {
    if (this.#kept.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, limitMs);
        this.#onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#stopped = true;
    const unsettled = [...this.#kept.values()];
    for (const kept of unsettled) clearTimeout(kept.timer);
    if (unsettled.length > 0)
      this.#logger.warn({ outcomes: unsettled.length }, 'stopped before all was settled');
  }

  async #hand(kept: Kept): Promise<void> {
    kept.timer = undefined;
    let waitMs = this.#times.repeatMs;
    try {
      await this.#publish(kept.outcome);
      kept.stored.resolve();
    } catch (error) {
      // Perhaps it is stored after all; a second time does no harm.
      waitMs = this.#times.retryMs;
      this.#logger.warn({ err: error, attemptId: kept.outcome.attemptId }, 'outcome not stored yet');
    }
    if (this.#stopped || this.#kept.get(kept.outcome.attemptId) !== kept) return;
    kept.timer = setTimeout(() => void this.#hand(kept), waitMs);
  }
}

/** `Promise.withResolvers` came with Node 22. */
function promiseWithResolvers(): PromiseWithResolvers {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}
