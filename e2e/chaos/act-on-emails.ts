import { setTimeout as pause } from 'node:timers/promises';
import type { OutboxEmail, Problem } from '@portal-outbox/contracts';
import { actInBulk } from './act-in-bulk.ts';
import { idOf, isCancelled, liftDelays, type EmailStory } from './email-story.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Answer, ServiceCaller } from './service-caller.ts';

export interface ActionCounts {
  cancel: number;
  restore: number;
  retry: number;
  bulk: number;
  disable: number;
}

/** What people do while everything breaks. Each action is asked once or until answered, and noted in the story. */
export class Actions {
  readonly done: ActionCounts = { cancel: 0, restore: 0, retry: 0, bulk: 0, disable: 0 };
  readonly #service: ServiceCaller;
  readonly #random: SeededRandom;

  constructor(service: ServiceCaller, random: SeededRandom) {
    this.#service = service;
    this.#random = random;
  }

  /** Runs `work` unless somebody acts on the email already. */
  async alone(story: EmailStory, work: (id: string) => Promise<void>): Promise<void> {
    const id = idOf(story);
    if (id === null || story.busy) return;
    story.busy = true;
    try {
      await work(id);
    } finally {
      story.busy = false;
    }
  }

  /** Cancels, and now and then takes it back. */
  async cancel(story: EmailStory): Promise<void> {
    await this.alone(story, async (id) => {
      if (isCancelled(story)) return;
      const answer = await this.#service.insist('POST', `/v1/emails/${id}/cancel`, {});
      story.cancelLingers ||= answer.repeated === true;
      if (answer.status !== 200) return;
      story.cancels.push({ doneAt: Date.now(), undoAskedAt: null, restored: false });
      this.done.cancel += 1;
      if (!this.#random.chance(0.6)) return;
      // A person thinks before undoing.
      await pause(this.#random.between(100, 4000));
      await this.#restore(story, id);
    });
  }

  async #restore(story: EmailStory, id: string): Promise<void> {
    const cancel = story.cancels.at(-1);
    if (cancel === undefined) return;
    const askedAt = Date.now();
    cancel.undoAskedAt = askedAt;
    const answer = await this.#service.insist('POST', `/v1/emails/${id}/restore`, {});
    // One that may have been sent can turn out to be, and asked again after an answer was lost it may have left meanwhile.
    if (answer.status !== 200) {
      cancel.restored = answer.repeated === true;
      cancel.refused = true;
      return;
    }
    cancel.restored = true;
    this.done.restore += 1;
    // Due 10 s later at the earliest, counted from a moment after it was first asked for.
    story.notBefore.push({ since: Date.now(), until: askedAt + 10_000, liftedAt: null });
  }

  /** Retries; when it may have been sent, sometimes with the answer "I know". */
  async retry(story: EmailStory): Promise<void> {
    await this.alone(story, async (id) => {
      const first = await this.#askRetry(story, id, false);
      if (first?.status !== 409 || (first.body as Problem).code !== 'may_have_been_sent') return;
      if (this.#random.chance(0.5)) await this.#askRetry(story, id, true);
    });
  }

  /** Asked once: a retry asked for twice would be two retries. Without an answer it counts as perhaps granted. */
  async #askRetry(story: EmailStory, id: string, acceptDuplicate: boolean): Promise<Answer | null> {
    const askedAt = Date.now();
    const answer = await this.#service.ask('POST', `/v1/emails/${id}/retry`, { acceptDuplicate });
    if (answer !== null && answer.status >= 400 && answer.status < 500) return answer;
    const granted = answer?.status === 200 ? 'yes' : 'unknown';
    story.retries.push({ askedAt, acceptDuplicate, granted });
    liftDelays(story, askedAt);
    this.done.retry += 1;
    return answer;
  }

  async sendNow(story: EmailStory): Promise<void> {
    await this.alone(story, async (id) => {
      const askedAt = Date.now();
      const answer = await this.#service.ask('POST', `/v1/emails/${id}/send-now`, {});
      if (answer === null || answer.status === 200 || answer.status >= 500) liftDelays(story, askedAt);
    });
  }

  /** One person acts on many at once. */
  async bulk(stories: readonly EmailStory[]): Promise<void> {
    this.done.bulk += 1;
    const action = this.#random.chance(0.3) ? 'cancel' : 'retry';
    const counts = await actInBulk(this.#service, stories, action, () => this.#random.chance(0.6));
    this.done.cancel += counts.cancel;
    this.done.restore += counts.restore;
    this.done.retry += counts.retry;
  }

  /** Rows that are shown and can be retried; none when the service does not answer. */
  async failedRows(): Promise<OutboxEmail[]> {
    const answer = await this.#service.ask('GET', '/v1/outbox?view=all&limit=500');
    if (answer?.status !== 200) return [];
    return (answer.body as { items: OutboxEmail[] }).items.filter((row) => row.can.retry === true);
  }
}
