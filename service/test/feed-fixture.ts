import { afterEach, beforeEach, expect } from 'vitest';
import type { OutboxChange } from '@portal-outbox/contracts';
import { inTransaction, type Sql } from '../src/db/database.ts';
import { ChangeFeed } from '../src/feed/change-feed.ts';
import { author, silent, type EmailChanges, type GivenOutbox } from './outbox-fixture.ts';

export interface GivenFeed {
  /** A stream of changes, open from now on or from after `lastEventId`. */
  read(as?: { user?: string; portalId?: string; lastEventId?: string }): Promise<Reader>;
  /** Opens a transaction that stays open until `commit` is called. */
  transaction(work: (tx: Sql) => Promise<unknown>): Promise<{ commit(): Promise<void> }>;
  /** Submits an email that is listed already. */
  listedEmail(changes?: EmailChanges, portalId?: string): Promise<string>;
}

/** A change in the row of an email that its readers are told. */
export const touch = (sql: Sql, id: string) =>
  sql`update outbox_email set version = version + 1 where id = ${id}`;

/** Runs a feed over the outbox for each test; streams and transactions that a test leaves open are closed after it. */
export function givenFeed(given: GivenOutbox): GivenFeed {
  let feed: ChangeFeed;
  const readers: Reader[] = [];
  const transactions: { commit(): Promise<void> }[] = [];
  beforeEach(async () => {
    feed = new ChangeFeed(given.other, silent);
    await feed.start();
  });
  afterEach(async () => {
    for (const running of transactions.splice(0)) await running.commit();
    for (const reader of readers.splice(0)) reader.close();
    await feed.stop();
  });
  return {
    async read({ user = author, portalId = given.portalId, lastEventId } = {}) {
      const reader = new Reader(feed, { portalId, userId: user, administrator: false });
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
  };
}

/** One reader of the feed, and all that it was told. */
export class Reader {
  readonly events: { id: string; change: OutboxChange }[] = [];
  #stream: { close(): void } | null = null;
  readonly #feed: ChangeFeed;
  readonly #as: Parameters<ChangeFeed['open']>[0];

  constructor(feed: ChangeFeed, as: Parameters<ChangeFeed['open']>[0]) {
    this.#feed = feed;
    this.#as = as;
  }

  async connect(lastEventId: string | null): Promise<void> {
    this.#stream = await this.#feed.open(this.#as, lastEventId, (events) => void this.events.push(...events));
  }

  close(): void {
    this.#stream?.close();
  }

  /** Comes back as a browser does: from after the last event that it has. */
  async resume(): Promise<void> {
    this.close();
    await this.connect(this.events.at(-1)!.id);
  }

  /** What it was told of emails after `hello`, in short. */
  get told(): string[] {
    return this.events.flatMap(({ change }) => {
      if (change.type === 'hello' || change.type === 'connector') return [];
      if (change.type === 'row') return [`row ${change.email.id} ${change.views.toSorted().join(' ')}`];
      if (change.type === 'gone') return [`gone ${change.id} ${change.why}`];
      return [change.type];
    });
  }

  /** The last version of each row that it was told. */
  get versions(): Map<string, number> {
    const rows = this.events.flatMap(({ change }) => (change.type === 'row' ? [change.email] : []));
    return new Map(rows.map((email) => [email.id, email.version]));
  }

  /** Waits until it was told exactly this, in this order. */
  hears(...told: string[]) {
    return expect.poll(() => this.told).toEqual(told);
  }
}

async function openTransaction(
  given: GivenOutbox,
  work: (tx: Sql) => Promise<unknown>,
): Promise<{ commit(): Promise<void> }> {
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
