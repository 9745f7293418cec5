import type { Me, OutboxChange, OutboxView } from '@portal-outbox/contracts';
import { ChangeFeed, type FeedTimes, type Liveness } from './change-feed.ts';
import { LiveCount } from './live-count.ts';
import { readMe } from './outbox-requests.ts';
import { ServerClock } from './server-clock.ts';
import { ServiceClient } from './service-client.ts';
import type { GetToken } from './token-source.ts';

export interface ConnectionOptions {
  /** Base URL of the service, without `/v1`. */
  serviceUrl: string;
  getToken: GetToken;
}

/** What an element is told by its connection; it implements what concerns it. */
export interface ConnectionListener {
  onChange?(change: OutboxChange): void;
  /** Changes may have been missed: read again. */
  onMissed?(): void;
  /** Liveness, session or the chosen view changed. */
  onState?(): void;
}

/** One user's line to one service, shared by all elements of the page. */
export class Connection {
  readonly options: ConnectionOptions;
  readonly client: ServiceClient;
  readonly clock = new ServerClock();
  liveness: Liveness = { state: 'connecting' };
  closed = false;
  /** The view that the page shows, which the navigation's count follows; `null` until it is known. */
  view: OutboxView | null = null;
  private readonly feed: ChangeFeed;
  private readonly listeners = new Set<ConnectionListener>();
  private readonly counts = new Map<OutboxView | null, LiveCount>();
  private me: Promise<Me | null> | null = null;

  constructor(options: ConnectionOptions, feedTimes: Partial<FeedTimes> = {}) {
    this.options = options;
    this.client = new ServiceClient(options.serviceUrl, options.getToken, () => this.tellState());
    this.feed = new ChangeFeed(
      this.client,
      {
        onChange: (change) => this.onChange(change),
        onMissed: () => this.onMissed(),
        onLiveness: (liveness) => {
          this.liveness = liveness;
          this.tellState();
        },
      },
      feedTimes,
    );
  }

  get sessionEnded(): boolean {
    return this.client.sessionEnded;
  }

  /** The stream is open while somebody listens. */
  listen(listener: ConnectionListener): () => void {
    this.listeners.add(listener);
    if (this.listeners.size === 1 && !this.closed) this.feed.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.feed.stop();
    };
  }

  countOf(view: OutboxView | null): LiveCount {
    let count = this.counts.get(view);
    if (!count) this.counts.set(view, (count = new LiveCount(this.client, view)));
    return count;
  }

  chooseView(view: OutboxView): void {
    if (view === this.view) return;
    this.view = view;
    this.tellState();
  }

  /** Asked once; `null` when the service did not say. */
  readMe(): Promise<Me | null> {
    this.me ??= readMe(this.client).then((result) => {
      if (!result.ok) {
        this.me = null;
        return null;
      }
      this.clock.set(result.value.serverTime);
      return result.value;
    });
    return this.me;
  }

  /** The user has signed in again with the same `getToken`. */
  revive(): void {
    if (!this.client.sessionEnded || this.closed) return;
    this.client.revive();
    this.liveness = { state: 'connecting' };
    if (this.listeners.size > 0) {
      this.feed.stop();
      this.feed.start();
    }
    this.tellState();
    this.onMissed();
  }

  /** Ends everything: nothing of this user stays in memory. */
  close(): void {
    this.closed = true;
    this.feed.stop();
    for (const count of this.counts.values()) count.clear();
    this.listeners.clear();
    this.counts.clear();
    this.me = null;
  }

  private onChange(change: OutboxChange): void {
    if (change.type === 'hello') this.clock.set(change.serverTime);
    else this.refreshCounts();
    for (const listener of [...this.listeners]) listener.onChange?.(change);
  }

  private onMissed(): void {
    this.refreshCounts();
    for (const listener of [...this.listeners]) listener.onMissed?.();
  }

  private refreshCounts(): void {
    for (const count of this.counts.values()) count.refresh();
  }

  private tellState(): void {
    for (const listener of [...this.listeners]) listener.onState?.();
  }
}
