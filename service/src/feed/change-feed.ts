import type { OutboxChange, OutboxEmail } from '@portal-outbox/contracts';
import {
  hasHeldBackChanges,
  isResumable,
  latestPosition,
  readChanges,
  readFeedRows,
  type ChangePosition,
  type CommittedChange,
} from '../db/changes.ts';
import { listen, readDatabaseTime, type Database } from '../db/database.ts';
import { readScope } from '../db/read-scope.ts';
import { now, toInstant } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';
import { changesFor, type FeedEvent } from './changes-for.ts';
import { eventId, readEventId } from './event-id.ts';
import type { ReadScope } from '../outbox/visibility.ts';

const batch = 1000;
/** A reader who missed more than this reloads instead. */
const mostMissed = 1000;
/** Changes of a transaction that is older than a running one come with the next look. */
const heldBackMs = 25;
const fallbackMs = 5_000;

interface Reader {
  portalId: string;
  userId: string;
  administrator: boolean;
}

interface Subscription {
  reader: Reader;
  scope: ReadScope;
  send: (events: readonly FeedEvent[]) => void;
  /** Events that came while the reader catches up; `null` once it has. */
  held: FeedEvent[] | null;
}

/** Reads committed changes once for all open streams of this process, and hands each reader what it may see. */
export class ChangeFeed implements Service {
  readonly #database: Database;
  readonly #subscriptions = new Set<Subscription>();
  readonly #loop: WorkerLoop;
  readonly #scopeLoop: WorkerLoop;
  #position: ChangePosition = { xid: '0', seq: '0' };
  #directoryChanges = 0;
  #refreshedChanges = 0;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#loop = new WorkerLoop('feed', logger, () => this.#readOn());
    this.#scopeLoop = new WorkerLoop('feed scopes', logger, () => this.#refreshScopes());
  }

  async start(): Promise<void> {
    this.#position = await latestPosition(this.#database);
    await listen(this.#database, 'outbox_change', () => this.#loop.wake());
    await listen(this.#database, 'directory_change', () => {
      this.#refreshAllScopes();
    });
    await this.#loop.start();
    await this.#scopeLoop.start();
  }

  async stop(): Promise<void> {
    await this.#loop.stop();
    await this.#scopeLoop.stop();
  }

  /** Sends `hello` first, then what was missed since `lastEventId`, then everything as it is committed. */
  async open(
    reader: Reader,
    lastEventId: string | null,
    send: (events: readonly FeedEvent[]) => void,
  ): Promise<{ close(): void }> {
    const directoryChanges = this.#directoryChanges;
    const scope = await readScope(this.#database, reader.portalId, reader.userId, reader.administrator);
    const subscription: Subscription = { reader, scope, send, held: [] };
    // From here on nothing is missed: what is read later is held until the reader has caught up.
    const caughtUpAt = this.#position;
    this.#subscriptions.add(subscription);
    if (directoryChanges !== this.#directoryChanges) this.#refreshAllScopes();
    const time = await readDatabaseTime(this.#database);
    const hello: OutboxChange = { type: 'hello', serverTime: time?.toISOString() ?? toInstant(now()) };
    const missed = lastEventId === null ? [] : await this.#missed(subscription, lastEventId, caughtUpAt);
    send([
      { id: lastEventId ?? eventId(caughtUpAt), change: hello },
      ...missed,
      ...(subscription.held ?? []),
    ]);
    subscription.held = null;
    return { close: () => void this.#subscriptions.delete(subscription) };
  }

  async #missed(
    { reader, scope }: Subscription,
    lastEventId: string,
    until: ChangePosition,
  ): Promise<FeedEvent[]> {
    const reset: FeedEvent = { id: eventId(until), change: { type: 'reset' } };
    const after = readEventId(lastEventId);
    if (after === null || !(await isResumable(this.#database, after))) return [reset];
    const changes = (await readChanges(this.#database, after, mostMissed + 1)).filter(
      (change) => !isAfter(change, until),
    );
    if (changes.length > mostMissed) return [reset];
    const ofPortal = changes.filter((change) => change.portalId === reader.portalId);
    const rows = await this.#rows(reader.portalId, ofPortal);
    return changesFor(scope, ofPortal, rows);
  }

  async #readOn(): Promise<number> {
    const changes = await readChanges(this.#database, this.#position, batch);
    const last = changes.at(-1);
    if (last === undefined) {
      return (await hasHeldBackChanges(this.#database, this.#position)) ? heldBackMs : fallbackMs;
    }
    const byPortal = new Map<string, CommittedChange[]>();
    for (const change of changes) {
      byPortal.set(change.portalId, [...(byPortal.get(change.portalId) ?? []), change]);
    }
    const rows = await this.#rowsOfReadPortals(byPortal);
    // From here to the end nothing waits: who comes later begins after this position.
    this.#position = { xid: last.xid, seq: last.seq };
    for (const subscription of this.#subscriptions) {
      const { portalId } = subscription.reader;
      const ofPortal = byPortal.get(portalId);
      if (ofPortal === undefined) continue;
      const events = changesFor(
        subscription.scope,
        ofPortal,
        rows.get(portalId) ?? new Map<string, OutboxEmail>(),
      );
      if (events.length > 0) deliver(subscription, events);
    }
    return changes.length === batch ? 0 : heldBackMs;
  }

  /** Rows of each portal that has a reader, those included whose first reader came while other rows were being read. */
  async #rowsOfReadPortals(
    byPortal: ReadonlyMap<string, CommittedChange[]>,
  ): Promise<Map<string, Map<string, OutboxEmail>>> {
    const rows = new Map<string, Map<string, OutboxEmail>>();
    for (;;) {
      const unread = [...this.#subscriptions].find(
        ({ reader }) => byPortal.has(reader.portalId) && !rows.has(reader.portalId),
      );
      if (unread === undefined) return rows;
      const { portalId } = unread.reader;
      rows.set(portalId, await this.#rows(portalId, byPortal.get(portalId) ?? []));
    }
  }

  async #rows(portalId: string, changes: readonly CommittedChange[]): Promise<Map<string, OutboxEmail>> {
    const ids = new Set(
      changes.flatMap(({ emailId, leftAs }) => (emailId !== null && leftAs === null ? emailId : [])),
    );
    return ids.size === 0
      ? new Map<string, OutboxEmail>()
      : await readFeedRows(this.#database, portalId, [...ids]);
  }

  #refreshAllScopes(): void {
    this.#directoryChanges += 1;
    this.#scopeLoop.wake();
  }

  /** A change of the directory resets the streams of those whose sight it changed. */
  async #refreshScopes(): Promise<number> {
    if (this.#refreshedChanges === this.#directoryChanges) return Infinity;
    this.#refreshedChanges = this.#directoryChanges;
    for (const subscription of [...this.#subscriptions]) {
      const { portalId, userId, administrator } = subscription.reader;
      const scope = await readScope(this.#database, portalId, userId, administrator);
      if (JSON.stringify(scope) === JSON.stringify(subscription.scope)) continue;
      subscription.scope = scope;
      deliver(subscription, [{ id: eventId(this.#position), change: { type: 'reset' } }]);
    }
    return 1000;
  }
}

function deliver(subscription: Subscription, events: readonly FeedEvent[]): void {
  if (subscription.held === null) subscription.send(events);
  else subscription.held.push(...events);
}

function isAfter(change: ChangePosition, position: ChangePosition): boolean {
  const [xid, other] = [BigInt(change.xid), BigInt(position.xid)];
  return xid === other ? BigInt(change.seq) > BigInt(position.seq) : xid > other;
}
