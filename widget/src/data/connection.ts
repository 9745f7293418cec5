import type {
  Me,
  OutboxCauses,
  OutboxChange,
  OutboxCount,
  OutboxFilter,
  OutboxView,
} from '@portal-outbox/contracts';
import { ChangeFeed, type FeedTimes, type Liveness } from './change-feed.ts';
import { LiveReading } from './live-reading.ts';
import { countOutbox, readCauses, readMe } from './outbox-requests.ts';
import { PreferenceStore } from './preference-store.ts';
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

/** Milliseconds between two requests of the same numbers. */
const countInterval = 1000;
const causesInterval = 2500;

/** One user's line to one service, shared by all elements of the page. */
export class Connection {
  readonly options: ConnectionOptions;
  readonly client: ServiceClient;
  readonly clock = new ServerClock();
  readonly preferences: PreferenceStore;
  liveness: Liveness = { state: 'connecting' };
  closed = false;
  /** The view that the page shows, which the navigation's count follows; `null` until it is known. */
  view: OutboxView | null = null;
  readonly #feed: ChangeFeed;
  readonly #listeners = new Set<ConnectionListener>();
  readonly #counts = new Map<string, LiveReading<OutboxCount>>();
  readonly #causes = new Map<string, LiveReading<OutboxCauses>>();
  #me: Promise<Me | null> | null = null;

  constructor(options: ConnectionOptions, feedTimes: Partial<FeedTimes> = {}) {
    this.options = options;
    this.client = new ServiceClient(options.serviceUrl, options.getToken, () => this.#tellState());
    this.preferences = new PreferenceStore(this.client, () => this.#tellState());
    this.#feed = new ChangeFeed(
      this.client,
      {
        onChange: (change) => this.#onChange(change),
        onMissed: () => this.#onMissed(),
        onLiveness: (liveness) => {
          this.liveness = liveness;
          this.#tellState();
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
    this.#listeners.add(listener);
    if (this.#listeners.size === 1 && !this.closed) this.#feed.start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#feed.stop();
    };
  }

  /** Live, and shared by all who ask for the same. `view` `null`: the one that the outbox would open. */
  countOf(view: OutboxView | null, filter: OutboxFilter = {}): LiveReading<OutboxCount> {
    return shared(this.#counts, [view, filter], (onIdle) => {
      return new LiveReading(() => countOutbox(this.client, view, filter), countInterval, onIdle);
    });
  }

  /** Why emails of a view stand still, live. */
  causesOf(view: OutboxView, filter: OutboxFilter): LiveReading<OutboxCauses> {
    return shared(this.#causes, [view, filter], (onIdle) => {
      return new LiveReading(() => readCauses(this.client, view, filter), causesInterval, onIdle);
    });
  }

  chooseView(view: OutboxView): void {
    if (view === this.view) return;
    this.view = view;
    this.#tellState();
  }

  /** Asked once; `null` when the service did not say. */
  readMe(): Promise<Me | null> {
    this.#me ??= readMe(this.client).then((result) => {
      if (!result.ok) {
        this.#me = null;
        return null;
      }
      this.clock.set(result.value.serverTime);
      this.preferences.take(result.value.preferences ?? {});
      return result.value;
    });
    return this.#me;
  }

  /** The user has signed in again with the same `getToken`. */
  revive(): void {
    if (!this.client.sessionEnded || this.closed) return;
    this.client.revive();
    this.liveness = { state: 'connecting' };
    if (this.#listeners.size > 0) {
      this.#feed.stop();
      this.#feed.start();
    }
    this.#tellState();
    this.#onMissed();
  }

  /** Ends everything: nothing of this user stays in memory. */
  close(): void {
    this.closed = true;
    this.#feed.stop();
    for (const reading of this.#readings()) reading.clear();
    this.#listeners.clear();
    this.#counts.clear();
    this.#causes.clear();
    this.preferences.clear();
    this.#me = null;
  }

  #onChange(change: OutboxChange): void {
    if (change.type === 'hello') this.clock.set(change.serverTime);
    else if (change.type !== 'bulk') this.#refreshReadings();
    for (const listener of [...this.#listeners]) listener.onChange?.(change);
  }

  #onMissed(): void {
    this.#refreshReadings();
    for (const listener of [...this.#listeners]) listener.onMissed?.();
  }

  #refreshReadings(): void {
    for (const reading of this.#readings()) reading.refresh();
  }

  #readings(): (LiveReading<OutboxCount> | LiveReading<OutboxCauses>)[] {
    return [...this.#counts.values(), ...this.#causes.values()];
  }

  #tellState(): void {
    for (const listener of [...this.#listeners]) listener.onState?.();
  }
}

function shared<Value extends object>(
  readings: Map<string, LiveReading<Value>>,
  question: unknown,
  create: (onIdle: () => void) => LiveReading<Value>,
): LiveReading<Value> {
  const key = JSON.stringify(question);
  let reading = readings.get(key);
  if (!reading) readings.set(key, (reading = create(() => readings.delete(key))));
  return reading;
}
