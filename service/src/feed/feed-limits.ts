import { Pace } from './pace.ts';
import type { UnsentTotal } from './unsent.ts';

/** Events that all streams of the process together are told, at once and in a second. Each is about a kilobyte. */
const eventsAtOnce = 50_000;
const eventsPerSecond = 25_000;
/** Readers that are told to load again, at once and in a second: each answers with a request. */
const resetsAtOnce = 200;
const resetsPerSecond = 100;

/** What all streams of the process have to share, however many changes there are. */
export class FeedLimits {
  readonly events: Pace;
  readonly resets: Pace;
  readonly unsent: UnsentTotal = { changes: 0 };

  constructor(now: number) {
    this.events = new Pace(eventsAtOnce, eventsPerSecond, now);
    this.resets = new Pace(resetsAtOnce, resetsPerSecond, now);
  }
}
