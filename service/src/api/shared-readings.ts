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

/** How to come by a value. */
export interface Source<Value> {
  read(): Promise<Reading<Value>>;
  /** Brings a reading up to now for less; `null` where that is not possible. */
  catchUp?(before: Reading<Value>): Promise<Reading<Value> | null>;
}

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
  /** Counts the readings, not how often one was found to be true still. */
  run: number;
  /** When it was found to be true. */
  trueAt: number;
  reads: Pace;
  catchUps: Pace;
}

/**
 * Readings of what is costly to read, shared by everybody in this process who asks for the same. One that nothing has
 * changed since is as good as new, and is never read again; of one that is outdated a new one is read, once for all who
 * wait, but only so often: meanwhile it is caught up with, where it can be, or the outdated one is the answer and says so.
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
  async get<Value>(portalId: string, key: string, source: Source<Value>): Promise<Shared<Value>> {
    // What is under way may miss what this caller knows of already, so it is looked at like one from before.
    const entry = (await this.#underWay.get(key)) ?? this.#entries.get(key);
    if (entry === undefined) return this.#renew(key, source, null);
    const { reading, run } = entry;
    if (this.#isForgotten(entry)) return this.#renew(key, source, run);
    const still = await this.#stillTrue(portalId, reading.snapshot);
    if (still === null) return this.#renew(key, source, run);
    // It is as true of this later moment; the next look at changes begins there.
    const confirmed = { ...reading, ...still };
    if (entry.reading === reading) Object.assign(entry, { reading: confirmed, trueAt: this.#clock() });
    return fresh({ reading: confirmed });
  }

  /** `outdated`: the run that was looked at; `null`: there was none. */
  async #renew<Value>(key: string, source: Source<Value>, outdated: number | null): Promise<Shared<Value>> {
    // What has begun since this caller came knows of all that it knows of. From here to the work that it may begin itself
    // nobody else comes between.
    for (let work = this.#underWay.get(key); work !== undefined; work = this.#underWay.get(key)) await work;
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.run !== outdated) return fresh(entry);
    if (entry === undefined || this.#isForgotten(entry))
      return fresh(await this.#work(key, this.#read(key, source)));
    const now = this.#clock();
    if (entry.reads.isFree(now)) return fresh(await this.#work(key, this.#read(key, source)));
    if (source.catchUp !== undefined && entry.catchUps.isFree(now)) {
      await this.#work(key, this.#catchUp(entry, source));
      if (entry.run !== outdated) return fresh(entry);
    }
    const { value, asOf } = entry.reading as Reading<Value>;
    const soonest = source.catchUp === undefined ? entry.reads : entry.catchUps;
    const waitMs = Math.min(entry.reads.notBefore, soonest.notBefore) - this.#clock();
    return { value, asOf, newerInMs: Math.max(1, Math.ceil(waitMs)) };
  }

  #work(key: string, work: Promise<Entry>): Promise<Entry> {
    const underWay = work.finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, underWay);
    return underWay;
  }

  async #read<Value>(key: string, source: Source<Value>): Promise<Entry> {
    const begunAt = this.#clock();
    const reading = await source.read();
    const now = this.#clock();
    const before = this.#entries.get(key);
    const { reads, catchUps } = before ?? { reads: new Pace(), catchUps: new Pace() };
    const entry = { reading, run: (before?.run ?? 0) + 1, trueAt: now, reads, catchUps };
    reads.spend(now, now - begunAt);
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    for (const [oldest, kept] of this.#entries) {
      if (this.#entries.size <= mostKept && !this.#isForgotten(kept)) break;
      this.#entries.delete(oldest);
    }
    return entry;
  }

  /** Leaves the entry as it is where its reading cannot be caught up with: it is not tried again before it is read anew. */
  async #catchUp<Value>(entry: Entry, source: Source<Value>): Promise<Entry> {
    const begunAt = this.#clock();
    const reading = (await source.catchUp?.(entry.reading as Reading<Value>)) ?? null;
    const now = this.#clock();
    entry.catchUps.spend(now, now - begunAt);
    if (reading === null) entry.catchUps.waitUntil(entry.reads.notBefore);
    else Object.assign(entry, { reading, run: entry.run + 1, trueAt: now });
    return entry;
  }

  #isForgotten(entry: Entry): boolean {
    return this.#clock() > Math.max(entry.trueAt + keptMs, entry.reads.notBefore);
  }
}

/** How often something may be done that costs time. */
class Pace {
  /** Nothing before. */
  notBefore = -Infinity;
  /** Each time moves it on by its interval, from now at least. */
  #spentUntil = -Infinity;

  isFree(now: number): boolean {
    return now >= this.notBefore;
  }

  spend(now: number, cost: number): void {
    const interval = Math.max(intervalMs, pause * cost);
    this.#spentUntil = Math.max(now, this.#spentUntil) + interval;
    this.notBefore = this.#spentUntil - Math.max(0, readingsAtOnce * intervalMs - interval);
  }

  waitUntil(time: number): void {
    this.notBefore = Math.max(this.notBefore, time);
  }
}

function fresh<Value>(entry: Pick<Entry, 'reading'>): Shared<Value> {
  const { value, asOf } = entry.reading as Reading<Value>;
  return { value, asOf, newerInMs: null };
}
