import type { OutboxChange } from '@portal-outbox/contracts';
import { readFeedStream } from './feed-stream.ts';
import type { ServiceClient } from './service-client.ts';

/** Times in milliseconds. The service sends a heartbeat every 15 s. */
export interface FeedTimes {
  silence: number;
  /** Until the first event of a stream. */
  opening: number;
  /** A line lost for less than this is not worth a word: a deployment, a new token. */
  grace: number;
  firstRetry: number;
  longestRetry: number;
  /** How long a tab may be hidden before its stream is closed. */
  hidden: number;
}
const usualTimes: FeedTimes = {
  silence: 40_000,
  opening: 15_000,
  grace: 3_000,
  firstRetry: 500,
  longestRetry: 30_000,
  hidden: 60_000,
};

export type Liveness =
  | { state: 'connecting' }
  | { state: 'live' }
  /** `since`: ms since 1970, when the line was lost. */
  | { state: 'offline'; since: number };

export interface FeedListener {
  onChange(change: OutboxChange): void;
  /** Changes may have been missed: whatever was requested before this moment is to be read again. */
  onMissed(): void;
  onLiveness(liveness: Liveness): void;
}

/** The page's only stream of changes: keeps it open, resumes it where it broke, tells when it cannot. */
export class ChangeFeed {
  readonly #client: ServiceClient;
  readonly #listener: FeedListener;
  readonly #times: FeedTimes;
  #run: AbortController | null = null;
  #wake: (() => void) | null = null;
  #lastEventId: string | null = null;
  #brokenSince: number | null = null;
  #graceTimer: ReturnType<typeof setTimeout> | undefined;
  #hiddenTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: ServiceClient, listener: FeedListener, times: Partial<FeedTimes> = {}) {
    this.#client = client;
    this.#listener = listener;
    this.#times = { ...usualTimes, ...times };
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    window.addEventListener('online', this.#retryNow);
    if (document.visibilityState === 'hidden') this.#onVisibility();
    this.#open();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    window.removeEventListener('online', this.#retryNow);
    clearTimeout(this.#hiddenTimer);
    this.#close();
    this.#lastEventId = null;
    this.#found();
  }

  #open(): void {
    if (this.#run) return;
    this.#run = new AbortController();
    void this.#keepOpen(this.#run.signal);
  }

  #close(): void {
    this.#run?.abort();
    this.#run = null;
    this.#retryNow();
  }

  async #keepOpen(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted && !this.#client.sessionEnded;) {
      const openedAt = Date.now();
      const ending = await this.#readOnce(signal);
      if (signal.aborted || ending === 'session-ended') return;
      const lived = Date.now() - openedAt;
      // A stream that ends as soon as it opens must not turn into a storm of requests.
      failures = lived < 1000 ? failures + 1 : 1;
      if (ending === 'expired') {
        await this.#client.renewToken();
        if (lived >= 1000) continue;
      } else {
        this.#lose(failures > 1);
      }
      await this.#pause(failures);
    }
  }

  async #readOnce(signal: AbortSignal): Promise<'ended' | 'expired' | 'session-ended'> {
    const stream = new AbortController();
    const either = AbortSignal.any([signal, stream.signal]);
    const resumed = this.#lastEventId !== null;
    const opening = setTimeout(() => stream.abort(), this.#times.opening);
    let expired = false;
    try {
      const headers: Record<string, string> = { accept: 'text/event-stream' };
      if (this.#lastEventId !== null) headers['last-event-id'] = this.#lastEventId;
      const response = await this.#client.fetch('/v1/changes', headers, { signal: either });
      if (response === null) return 'session-ended';
      if (!response.ok || !response.body) return 'ended';
      await readFeedStream(response.body, this.#times.silence, either, ({ id, change }) => {
        clearTimeout(opening);
        if (id) this.#lastEventId = id;
        if (change.type === 'hello') this.#greet(change, resumed);
        else if (change.type === 'reset') this.#reset(id);
        else if (change.type === 'expired') expired = true;
        else if (change.type !== 'alive') this.#listener.onChange(change);
      });
    } catch {
      // Broken, silent or stopped: the caller looks at the signal.
    } finally {
      clearTimeout(opening);
      stream.abort();
    }
    return expired ? 'expired' : 'ended';
  }

  #lose(certain: boolean): void {
    const since = (this.#brokenSince ??= Date.now());
    const tell = () => this.#listener.onLiveness({ state: 'offline', since });
    if (certain) tell();
    else this.#graceTimer ??= setTimeout(tell, this.#times.grace);
  }

  #found(): void {
    clearTimeout(this.#graceTimer);
    this.#graceTimer = undefined;
    this.#brokenSince = null;
  }

  #reset(id: string | undefined): void {
    this.#lastEventId = id ?? null;
    this.#listener.onMissed();
  }

  #greet(hello: OutboxChange, resumed: boolean): void {
    this.#found();
    this.#listener.onChange(hello);
    this.#listener.onLiveness({ state: 'live' });
    // A new stream begins now; only a resumed one brings what happened before.
    if (!resumed) this.#listener.onMissed();
  }

  /** Waits with jitter, so that a service coming back is not met by everybody at once. */
  async #pause(failures: number): Promise<void> {
    const { firstRetry, longestRetry } = this.#times;
    const longest = Math.min(longestRetry, firstRetry * 2 ** (failures - 1));
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
    });
    clearTimeout(timer);
    this.#wake = null;
  }

  readonly #retryNow = (): void => this.#wake?.();

  readonly #onVisibility = (): void => {
    clearTimeout(this.#hiddenTimer);
    if (document.visibilityState === 'hidden') {
      this.#hiddenTimer = setTimeout(() => this.#close(), this.#times.hidden);
    } else {
      this.#open();
      this.#retryNow();
    }
  };
}
