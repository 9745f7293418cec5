import { createParser } from 'eventsource-parser';
import { afterEach, beforeEach, expect } from 'vitest';
import type { OutboxChange } from '@portal-outbox/contracts';
import { inTransaction, type Sql } from '../src/db/database.ts';
import { ChangeFeed, type OpenStream } from '../src/feed/change-feed.ts';
import type { FeedIdentity } from '../src/feed/readers.ts';
import { author, silent, type EmailChanges, type GivenOutbox } from './outbox-fixture.ts';

export interface GivenFeed {
  /** A stream of changes, open from now on or from after `lastEventId`. */
  read(as?: { user?: string; portalId?: string; lastEventId?: string }): Promise<Reader>;
  /** Opens a transaction that stays open until `commit` is called. */
  transaction(work: (tx: Sql) => Promise<unknown>): Promise<OpenTransaction>;
  /** Submits an email that is listed already. */
  listedEmail(changes?: EmailChanges, portalId?: string): Promise<string>;
  /** Ends the feed's process and begins another one. */
  restart(): Promise<void>;
}

export interface OpenTransaction {
  commit(): Promise<void>;
}

/** A change in the row of an email that its readers are told. */
export const touch = (sql: Sql, id: string) =>
  sql`update outbox_email set version = version + 1 where id = ${id}`;

/** Runs a feed over the outbox for each test; streams and transactions that a test leaves open are closed after it. */
export function givenFeed(given: GivenOutbox): GivenFeed {
  let feed: ChangeFeed;
  const readers: Reader[] = [];
  const transactions: OpenTransaction[] = [];
  const start = async () => {
    feed = new ChangeFeed(given.other, silent);
    await feed.start();
  };
  beforeEach(start);
  afterEach(async () => {
    for (const running of transactions.splice(0)) await running.commit();
    for (const reader of readers.splice(0)) reader.close();
    await feed.stop();
  });
  return {
    async read({ user = author, portalId = given.portalId, lastEventId } = {}) {
      const reader = new Reader(() => feed, { portalId, userId: user, administrator: false });
      readers.push(reader);
      await reader.connect(lastEventId ?? null);
      return reader;
    },
    async transaction(work) {
      const running = await openTransaction(given, work);
      transactions.push(running);
      return running;
    },
    async listedEmail(changes = {}, portalId = given.portalId) {
      const [id] = await given.submitMany(await given.connector(portalId), [changes], portalId);
      await given.put(id!, { listed: true });
      return id!;
    },
    async restart() {
      await feed.stop();
      await start();
    },
  };
}

/** One reader of the feed, and all that it was told. */
export class Reader {
  readonly events: { id: string | undefined; change: OutboxChange }[] = [];
  lastEventId: string | null = null;
  /** Every write, as long as it is. */
  readonly writes: number[] = [];
  /** What the line answers to each write: `false` until `drain`. */
  isSlow = false;
  #stream: OpenStream | null = null;
  readonly #feed: () => ChangeFeed;
  readonly #as: FeedIdentity;

  constructor(feed: () => ChangeFeed, as: FeedIdentity) {
    this.#feed = feed;
    this.#as = as;
  }

  async connect(lastEventId: string | null): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        const change = JSON.parse(data) as OutboxChange;
        expect(event).toBe(change.type);
        this.events.push({ id, change });
        this.lastEventId = id ?? this.lastEventId;
      },
    });
    this.lastEventId = lastEventId;
    const write = (bytes: Uint8Array): boolean => {
      this.writes.push(bytes.length);
      parser.feed(decoder.decode(bytes, { stream: true }));
      return !this.isSlow;
    };
    this.#stream = await this.#feed().open(this.#as, lastEventId, { write });
  }

  /** Everything that was written has been read. */
  drain(): void {
    this.#stream?.drained();
  }

  close(): void {
    this.#stream?.close();
  }

  /** Comes back as a browser does: from after the last event with an id that it has. */
  async resume(): Promise<void> {
    this.close();
    await this.connect(this.lastEventId);
  }

  /** What it was told of emails after `hello`, in short. */
  get told(): string[] {
    return this.events.flatMap(({ change }) => {
      if (change.type === 'row') return [`row ${change.email.id} ${change.views.toSorted().join(' ')}`];
      if (change.type === 'gone') return [`gone ${change.id} ${change.why}`];
      return change.type === 'reset' ? ['reset'] : [];
    });
  }

  /** The last version of each row that it was told. */
  get versions(): Map<string, number> {
    const rows = this.events.flatMap(({ change }) => (change.type === 'row' ? [change.email] : []));
    return new Map(rows.map((email) => [email.id, email.version]));
  }

  /** Waits until it was told exactly this, in this order. */
  hears(...told: string[]) {
    return expect.poll(() => this.told, { timeout: 5000 }).toEqual(told);
  }
}

async function openTransaction(
  given: GivenOutbox,
  work: (tx: Sql) => Promise<unknown>,
): Promise<OpenTransaction> {
  let commit = (): void => undefined;
  const wait = new Promise<void>((resolve) => (commit = resolve));
  let over: Promise<unknown> = Promise.resolve();
  await new Promise<void>((begun, failed) => {
    over = inTransaction(given.database, async (tx) => {
      await work(tx);
      begun();
      await wait;
    });
    over.catch(failed);
  });
  return {
    commit: async () => {
      commit();
      await over;
    },
  };
}
