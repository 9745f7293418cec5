import type { Moment, Reading } from '../db/email-counts.ts';
import { monotonicMs } from '../runtime/clock.ts';

/** A value, and how fresh it is. */
export interface Shared<Value> {
  value: Value;
  asOf: Date;
  /** Something has changed since `asOf`; in so many milliseconds a newer one can be had. `null`: nothing has changed. */
  newerInMs: number | null;
}

/** Tells whether what was read in a snapshot of a portal is still true, and if so, as of when. */
export type StillTrue = (portalId: string, snapshot: string) => Promise<Moment | null>;

/**
 * What people are shown is to be true within a second, less the time that takes to get to them: so often at most is it
 * read anew while changes go on, and never so often that it takes more than a twentieth of a connection's time.
 */
const intervalMs = 800;
const pause = 20;
/** A rest earns so many readings that may follow at once: whoever does something now and then sees it counted. */
const readingsAtOnce = 3;
/** One that was not looked at for so long is read anew: looking for changes since then would cost more. */
const keptMs = 60_000;
const mostKept = 5_000;

interface Entry {
  reading: Reading<unknown>;
  /** When it was found to be true. */
  trueAt: number;
  /** Each reading moves it on by its interval, from now at least. */
  spentUntil: number;
  /** No new reading before. */
  notBefore: number;
}

/**
 * Readings of what is costly to read, shared by everybody in this process who asks for the same. One that nothing has
 * changed since is as good as new, and is never read again; of one that is outdated a new one is read, once for all who
 * wait, but only so often: meanwhile the outdated one is the answer, and says so.
 */
export class SharedReadings {
  readonly #stillTrue: StillTrue;
  readonly #clock: () => number;
  readonly #entries = new Map<string, Entry>();
  readonly #underWay = new Map<string, Promise<Entry>>();

  constructor(stillTrue: StillTrue, clock: () => number = monotonicMs) {
    this.#stillTrue = stillTrue;
    this.#clock = clock;
  }

  /** `key` names everything that the value depends on but the emails themselves. */
  async get<Value>(
    portalId: string,
    key: string,
    read: () => Promise<Reading<Value>>,
  ): Promise<Shared<Value>> {
    const begunBefore = this.#underWay.get(key);
    // It may miss what this caller knows of already, so it is looked at like one from before.
    const entry = (await begunBefore) ?? this.#entries.get(key);
    if (entry === undefined || this.#isForgotten(entry)) return fresh(await this.#read(key, read));
    const { reading } = entry;
    const still = await this.#stillTrue(portalId, reading.snapshot);
    if (still !== null) {
      // It is as true of this later moment; the next look at changes begins there.
      const confirmed = { ...reading, ...still };
      if (entry.reading === reading) Object.assign(entry, { reading: confirmed, trueAt: this.#clock() });
      return fresh({ reading: confirmed });
    }
    // Whatever is not from before began after this caller came.
    const newer = this.#entries.get(key);
    if (newer !== undefined && newer !== entry) return fresh(newer);
    const waitMs = Math.ceil(entry.notBefore - this.#clock());
    if (this.#underWay.has(key) || waitMs <= 0) return fresh(await this.#read(key, read));
    const { value, asOf } = entry.reading as Reading<Value>;
    return { value, asOf, newerInMs: waitMs };
  }

  #read(key: string, read: () => Promise<Reading<unknown>>): Promise<Entry> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const reading = this.#readNow(key, read).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, reading);
    return reading;
  }

  async #readNow(key: string, read: () => Promise<Reading<unknown>>): Promise<Entry> {
    const begunAt = this.#clock();
    const reading = await read();
    const now = this.#clock();
    const interval = Math.max(intervalMs, pause * (now - begunAt));
    const spentUntil = Math.max(now, this.#entries.get(key)?.spentUntil ?? now) + interval;
    const notBefore = spentUntil - Math.max(0, readingsAtOnce * intervalMs - interval);
    const entry = { reading, trueAt: now, spentUntil, notBefore };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const [oldest, kept] of this.#entries) {
      if (this.#entries.size <= mostKept && !this.#isForgotten(kept)) break;
      this.#entries.delete(oldest);
    }
    return entry;
  }

  #isForgotten(entry: Entry): boolean {
    return this.#clock() > Math.max(entry.trueAt + keptMs, entry.notBefore);
  }
}

function fresh<Value>(entry: Pick<Entry, 'reading'>): Shared<Value> {
  const { value, asOf } = entry.reading as Reading<Value>;
  return { value, asOf, newerInMs: null };
}
