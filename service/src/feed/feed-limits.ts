import { Pace } from './pace.ts';
import type { UnsentTotal } from './unsent.ts';

/** Events that all streams of the process together are told, at once and in a second. Each is about a kilobyte. */
const eventsAtOnce = 20_000;
const eventsPerSecond = 20_000;
/** Readers that are told to load again, at once and in a second: each answers with a request. */
const resetsAtOnce = 200;
const resetsPerSecond = 100;

/** Bytes that are on their way to all streams together, before they take more. */
const bytesAtOnce = 16 * 1024 * 1024;
const leastPerWrite = 8 * 1024;
const mostPerWrite = 128 * 1024;

/** What all streams of the process have to share, however many changes there are. */
export class FeedLimits {
  readonly events: Pace;
  readonly resets: Pace;
  readonly unsent: UnsentTotal = { changes: 0 };
  openStreams = 0;

  constructor(now: number) {
    this.events = new Pace(eventsAtOnce, eventsPerSecond, now);
    this.resets = new Pace(resetsAtOnce, resetsPerSecond, now);
  }

  /** About so much is written to one stream at a time. */
  get bytesPerWrite(): number {
    return Math.max(leastPerWrite, Math.min(mostPerWrite, bytesAtOnce / Math.max(1, this.openStreams)));
  }
}
