import type { OutboxCount, OutboxView } from '@portal-outbox/contracts';
import { countOutbox } from './outbox-requests.ts';
import type { ServiceClient } from './service-client.ts';

/** At most one request per view in this time, in milliseconds. */
const shortestInterval = 1000;

export type CountListener = (count: OutboxCount | null) => void;

/** The total of one view (`null`: the one that the outbox would open), for everybody who shows it. */
export class LiveCount {
  private readonly client: ServiceClient;
  private readonly view: OutboxView | null;
  private readonly listeners = new Set<CountListener>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private askedAt = -Infinity;
  private run = 0;
  count: OutboxCount | null = null;

  constructor(client: ServiceClient, view: OutboxView | null) {
    this.client = client;
    this.view = view;
  }

  /** `askNow: false`: the listener knows the total already and waits for the next change. */
  subscribe(listener: CountListener, askNow = true): () => void {
    this.listeners.add(listener);
    if (askNow && this.count) listener(this.count);
    else if (askNow) this.refresh();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.clear();
    };
  }

  /** Something changed: asks now, or when a second has passed since the last time. */
  refresh(): void {
    if (this.timer !== undefined || this.listeners.size === 0) return;
    const wait = Math.max(0, this.askedAt + shortestInterval - Date.now());
    this.timer = setTimeout(() => void this.ask(), wait);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.run += 1;
    this.count = null;
    for (const listener of this.listeners) listener(null);
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    this.askedAt = Date.now();
    const run = (this.run += 1);
    const result = await countOutbox(this.client, this.view);
    if (run !== this.run || !result.ok) return;
    this.count = result.value;
    for (const listener of this.listeners) listener(this.count);
  }
}
