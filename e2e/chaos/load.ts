import type { EmailStory } from './email-story.ts';
import { importEmails } from './import-emails.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { ServiceCaller } from './service-caller.ts';
import { submitEmails, type Places } from './submit-emails.ts';

/** Hands the planned emails to the service in bursts, several requests at a time. */
export class Load {
  readonly #service: ServiceCaller;
  readonly #places: Places;
  readonly #waiting: EmailStory[];
  readonly #count: number;
  readonly #random: SeededRandom;
  readonly #running = new Set<Promise<void>>();
  readonly #onError: (error: unknown) => void;

  constructor(
    service: ServiceCaller,
    places: Places,
    stories: readonly EmailStory[],
    random: SeededRandom,
    onError: (error: unknown) => void,
  ) {
    this.#service = service;
    this.#places = places;
    this.#waiting = [...stories];
    this.#count = stories.length;
    this.#random = random;
    this.#onError = onError;
  }

  /** Hands over so many that `share` (0 to 1) of all are. */
  burst(share: number): void {
    const left = Math.round(this.#count * (1 - share));
    const burst = this.#waiting.splice(0, Math.max(0, this.#waiting.length - left));
    const imported = burst.filter(({ plan }) => plan.imported);
    if (imported.length > 0) this.#run(importEmails(this.#service, this.#places, imported));
    const own = burst.filter(({ plan }) => !plan.imported);
    while (own.length > 0) {
      const size = this.#random.chance(0.6) ? 1 : this.#random.integer(2, 20);
      this.#run(submitEmails(this.#service, this.#places, own.splice(0, size)));
    }
  }

  /** Resolves when the service has said yes to everything that was handed over. */
  async finish(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  #run(work: Promise<void>): void {
    const running: Promise<void> = work.catch(this.#onError).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}
