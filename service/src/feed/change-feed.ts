import { setTimeout as delay } from 'node:timers/promises';
import {
  keptMinutes,
  readChanges,
  readLatestChanges,
  readSnapshot as readDatabaseSnapshot,
  type ChangePlace,
} from '../db/changes.ts';
import { listen, type Database } from '../db/database.ts';
import { readSightChanges } from '../db/sight-changes.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';
import { byAudience } from './by-audience.ts';
import { ChangeLog } from './change-log.ts';
import { SharedWrites } from './event-bytes.ts';
import { readEventId } from './event-id.ts';
import { FeedLimits } from './feed-limits.ts';
import type { FeedReader } from './feed-reader.ts';
import { readUnsent } from './read-unsent.ts';
import { ReaderStream, type ChangeOutlet } from './reader-stream.ts';
import { Readers, type FeedIdentity } from './readers.ts';
import { refreshSight } from './refresh-sight.ts';
import { everythingBelow, readSnapshot, type Snapshot } from './snapshot.ts';

/** Changes that are kept for whoever comes back, and that are read at a time. */
const mostLogged = 10_000;
const pageSize = 1000;
const pagesPerStep = 5;
/** Under load changes of so long are told together. */
const paceMs = 25;
const fallbackMs = 5_000;
/** A stream on which nothing happens is told so often how far it is: it resumes from there. */
const aliveMs = 60_000;
/** After telling for so long, twice as long goes to everything else that this process does. */
const restFactor = 2;
const longestRestMs = 500;

interface Opening {
  identity: FeedIdentity;
  lastEventId: string | null;
  outlet: ChangeOutlet;
  opened: (stream: OpenStream) => void;
  failed: (error: unknown) => void;
}

export interface OpenStream {
  /** The outlet has room again. */
  drained(): void;
  close(): void;
}

/**
 * Reads committed changes once for all open streams of this process, and hands each reader what it may see. One loop does
 * everything in turn, so nothing is told between two looks at the directory: first what was committed is read, then the
 * rows of the emails, then whose sight has changed meanwhile, and only then is anything said.
 */
export class ChangeFeed implements Service {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #loop: WorkerLoop;
  readonly #log = new ChangeLog(mostLogged);
  readonly #readers = new Readers();
  /** Streams with something unsent. */
  readonly #waiting = new Set<ReaderStream>();
  readonly #opening: Opening[] = [];
  /** All changes up to here have been read and offered. */
  #position: Snapshot = everythingBelow(0);
  /** While what was committed until `until` is being read a page at a time. */
  #reading: { until: Snapshot; lookedIn: number; after: ChangePlace } | null = null;
  #steps = 0;
  /** The step in which what is `#position` now was looked at. */
  #lookedIn = 0;
  /** Readers whose former sight is remembered, and the step in which they got another. */
  readonly #changedIn = new Map<FeedReader, number>();
  #sightPosition = everythingBelow(0).text;
  /** Changes of the directory may have been missed. */
  #missedSight = false;
  #readAt = 0;
  #saidAliveAt = 0;
  readonly #limits: FeedLimits;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#logger = logger;
    this.#limits = new FeedLimits(monotonicMs());
    this.#loop = new WorkerLoop('feed', logger, () => this.#step(), paceMs);
  }

  async start(): Promise<void> {
    const { snapshot } = await readDatabaseSnapshot(this.#database);
    await this.#begin(parse(snapshot));
    this.#sightPosition = snapshot;
    for (const channel of ['outbox_change', 'directory_change'] as const) {
      await listen(this.#database, channel, () => this.#loop.wake());
    }
    await this.#loop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    for (const { failed } of this.#opening.splice(0)) failed(new Error('The feed has been stopped.'));
  }

  /**
   * Writes `hello` first, then what was missed since `lastEventId`, then everything as it is committed. Rejects when the
   * database cannot be asked what the reader may see.
   */
  open(identity: FeedIdentity, lastEventId: string | null, outlet: ChangeOutlet): Promise<OpenStream> {
    return new Promise((opened, failed) => {
      this.#opening.push({ identity, lastEventId, outlet, opened, failed });
      this.#loop.wake();
    });
  }

  async #step(): Promise<number> {
    this.#steps += 1;
    const opening = this.#opening.splice(0);
    try {
      const { snapshot, time } = await readDatabaseSnapshot(this.#database);
      const identities = opening.map(({ identity }) => identity);
      const newcomers = await this.#readers.read(this.#database, identities);
      await this.#readOn(parse(snapshot));
      for (const it of opening) this.#admit(it, newcomers(it.identity), parse(snapshot), time);
      opening.length = 0;
    } catch (error) {
      for (const { failed } of opening) failed(error);
      throw error;
    }
    const ready = this.#chooseReady();
    const { operations, emails } = await readUnsent(this.#database, ready);
    await this.#followDirectory();
    const startedAt = monotonicMs();
    const moment = { position: this.#position, operations, writes: new SharedWrites(), now: startedAt };
    for (const stream of ready) {
      stream.send(moment);
      if (stream.unsent.isEmpty) this.#waiting.delete(stream);
    }
    this.#log.forgetRows(emails);
    this.#sayAlive(startedAt);
    this.#forgetFormer();
    const restMs = (monotonicMs() - startedAt) * restFactor;
    if (restMs > 10) await delay(Math.min(restMs, longestRestMs));
    return this.#msUntilNext();
  }

  /** Reads what was committed, a few pages at a time, and offers it to whom it may concern. */
  async #readOn(present: Snapshot): Promise<void> {
    const now = monotonicMs();
    const { until, lookedIn } = this.#reading ?? { until: present, lookedIn: this.#steps };
    const awayTooLong = now - this.#readAt > (keptMinutes - 2) * 60_000;
    // A database that has forgotten what it had committed counts its transactions anew.
    if (awayTooLong || present.xmax < this.#position.xmax) {
      this.#logger.warn('changes were missed: all readers load again');
      this.#missedSight = true;
      await this.#begin(present);
      for (const stream of this.#readers.streams()) this.#miss(stream);
      return;
    }
    for (let pages = 0; pages < pagesPerStep; pages += 1) {
      const after = this.#reading?.after ?? null;
      const changes = await readChanges(this.#database, this.#position.text, until.text, after, pageSize);
      for (const alike of byAudience(this.#log.add(changes))) {
        this.#readers.forEachConcerned(alike.any, (stream) => {
          if (stream.unsent.add(alike.changes)) this.#waiting.add(stream);
        });
      }
      const last = changes.at(-1);
      if (last === undefined || changes.length < pageSize) {
        this.#log.complete(until);
        this.#position = until;
        this.#lookedIn = lookedIn;
        this.#reading = null;
        this.#readAt = now;
        return;
      }
      this.#reading = { until, lookedIn, after: { xid: last.xid, seq: last.seq } };
    }
  }

  /** Goes on from here; what was committed shortly before is known to whoever resumes. */
  async #begin(until: Snapshot): Promise<void> {
    const { changes, from } = await readLatestChanges(this.#database, until.text, mostLogged / 2);
    this.#log.restart(everythingBelow(from));
    this.#log.add(changes);
    this.#log.complete(until);
    this.#position = until;
    this.#reading = null;
    this.#readAt = monotonicMs();
  }

  #admit({ lastEventId, outlet, opened }: Opening, reader: FeedReader, present: Snapshot, time: Date): void {
    const now = monotonicMs();
    const stream = new ReaderStream(reader, outlet, this.#limits, now);
    const last = lastEventId === null ? null : readEventId(lastEventId);
    reader.streams.add(stream);
    this.#readers.add(reader);
    opened({
      drained: () => {
        stream.unblock();
        if (this.#waiting.has(stream)) this.#loop.wake();
      },
      close: () => {
        this.#waiting.delete(stream);
        this.#readers.close(stream);
      },
    });
    const hello = { type: 'hello', serverTime: time.toISOString() } as const;
    stream.say(hello, lastEventId === null ? this.#position : null, now);
    if (lastEventId === null) return;
    const fits = last !== null && last.mark === reader.mark && last.position.xmax <= present.xmax;
    const missed = fits ? this.#log.since(last.position, reader.portalId) : null;
    if (missed === null) return this.#miss(stream);
    for (const { any, changes } of byAudience(missed)) {
      if (this.#readers.concerns(any, reader)) stream.unsent.add(changes);
    }
    if (!stream.unsent.isEmpty) this.#waiting.add(stream);
  }

  /** It has to load again. */
  #miss(stream: ReaderStream): void {
    stream.unsent.miss();
    this.#waiting.add(stream);
  }

  #chooseReady(): ReaderStream[] {
    const now = monotonicMs();
    return [...this.#waiting].filter((stream) => {
      stream.unsent.merge();
      stream.unsent.forgetBefore(this.#log.firstNumber);
      return stream.takeTurn(now);
    });
  }

  /** What somebody may see is looked at last: nothing is told that was written after it was out of sight. */
  async #followDirectory(): Promise<void> {
    const { snapshot, changes } = await readSightChanges(this.#database, this.#sightPosition);
    const everybody = [...this.#readers.portalIds()].map((portalId) => ({ portalId, userIds: null }));
    const missed = this.#missedSight ? everybody : changes;
    if (missed.length > 0) {
      await refreshSight(this.#database, this.#readers, missed, (reader) => {
        this.#readers.changed(reader);
        this.#changedIn.set(reader, this.#steps);
        for (const stream of reader.streams) if (!stream.unsent.isEmpty) this.#waiting.add(stream);
      });
    }
    this.#sightPosition = snapshot;
    this.#missedSight = false;
  }

  /** Whoever hears nothing for long would not be able to resume from what it last heard. */
  #sayAlive(now: number): void {
    if (now - this.#saidAliveAt < aliveMs / 6) return;
    this.#saidAliveAt = now;
    for (const stream of this.#readers.streams()) {
      if (now - stream.saidAt < aliveMs || !stream.unsent.isEmpty || stream.isBlocked) continue;
      stream.say({ type: 'alive' }, this.#position, now);
    }
  }

  /** Once what was committed by then has been told, nobody needs to know what a reader saw before. */
  #forgetFormer(): void {
    for (const [reader, step] of this.#changedIn) {
      const isTold = [...reader.streams].every(({ unsent }) => unsent.isEmpty);
      if (step >= this.#lookedIn || !isTold) continue;
      reader.former = [];
      this.#changedIn.delete(reader);
      if (reader.streams.size > 0) this.#readers.changed(reader);
    }
  }

  #msUntilNext(): number {
    if (this.#reading !== null || this.#opening.length > 0) return 0;
    const now = monotonicMs();
    let wait = this.#changedIn.size > 0 ? paceMs : fallbackMs;
    for (const stream of this.#waiting) wait = Math.min(wait, stream.msUntilTurn(now));
    return wait;
  }
}

function parse(text: string): Snapshot {
  const snapshot = readSnapshot(text);
  if (snapshot === null) throw new Error('PostgreSQL gave a snapshot that is none.');
  return snapshot;
}
