import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxChange } from '@portal-outbox/contracts';
import { latestPosition, removeOldChanges } from '../src/db/changes.ts';
import { disableConnector } from '../src/db/connectors.ts';
import { inTransaction, type Sql } from '../src/db/database.ts';
import { putTeam } from '../src/db/directory.ts';
import { cancelEmail } from '../src/db/email-transitions.ts';
import { revealEmails } from '../src/db/reveal-emails.ts';
import { ChangeFeed } from '../src/feed/change-feed.ts';
import { eventId } from '../src/feed/event-id.ts';
import { author, givenOutbox, outcomeOf, silent, many } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
let feed: ChangeFeed;
const open: { close(): void }[] = [];
const transactions: { commit(): Promise<void> }[] = [];

beforeEach(async () => {
  feed = new ChangeFeed(given.other, silent);
  await feed.start();
});
afterEach(async () => {
  for (const running of transactions.splice(0)) await running.commit();
  for (const stream of open.splice(0)) stream.close();
  await feed.stop();
});

class Reader {
  readonly events: { id: string; change: OutboxChange }[] = [];
  #stream: { close(): void } | null = null;
  readonly #user: string;
  readonly #portalId: string;

  constructor(user = author, portalId = given.portalId) {
    this.#user = user;
    this.#portalId = portalId;
  }

  async connect(lastEventId: string | null = null): Promise<this> {
    const reader = { portalId: this.#portalId, userId: this.#user, administrator: false };
    this.#stream = await feed.open(reader, lastEventId, (events) => void this.events.push(...events));
    open.push(this.#stream);
    return this;
  }

  close(): void {
    this.#stream?.close();
  }

  /** Comes back as a browser does: from after the last event that it has. */
  async resume(): Promise<void> {
    this.close();
    await this.connect(this.lastEventId);
  }

  get lastEventId(): string {
    return this.events.at(-1)!.id;
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
    return expect.poll(() => this.told, { interval: 5, timeout: 5000 }).toEqual(told);
  }
}

const touch = (sql: Sql, id: string) => sql`update outbox_email set version = version + 1 where id = ${id}`;
const listedEmail = async (changes = {}, portalId = given.portalId) => {
  const [id] = await given.submitMany(await given.connector(portalId), [changes], portalId);
  await given.put(id!, { listed: true });
  return id!;
};
/** Opens a transaction that stays open until `commit` is called. */
async function transaction(work: (tx: Sql) => Promise<unknown>): Promise<{ commit(): Promise<void> }> {
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
  const running = {
    commit: async () => {
      commit();
      await over;
    },
  };
  transactions.push(running);
  return running;
}

it('begins with hello, the server’s time in it, and tells nothing that was before', async () => {
  await touch(given.database, await listedEmail());
  const reader = await new Reader().connect();
  expect(reader.events).toHaveLength(1);
  const { change } = reader.events[0]!;
  const serverTime = change.type === 'hello' ? Date.parse(change.serverTime) : NaN;
  expect(Math.abs(serverTime - Date.now())).toBeLessThan(5000);
});

describe('an email’s way is told', () => {
  it('from the moment it is listed to the moment it was sent', async () => {
    const reader = await new Reader().connect();
    const email = await given.claimed(await given.connector());
    await given.settle(outcomeOf(email, { result: 'deferred', reply: '451', cause: 'greylisted' }));
    const row = `row ${email.id} all mine team`;
    await reader.hears(row);
    await given.put(email.id, { state: 'claimed', claim_token: email.claim.claimToken });
    await given.settle(outcomeOf(email));
    await reader.hears(row, `gone ${email.id} sent`);
  });

  it('not at all when it left before it was ever listed', async () => {
    const connectorId = await given.connector();
    const reader = await new Reader().connect();
    await given.settle(outcomeOf(await given.claimed(connectorId)));
    const id = await listedEmail({}, given.portalId);
    await touch(given.database, id);
    await reader.hears(`row ${id} all mine team`);
  });

  it('when it is cancelled, and restored', async () => {
    const id = await listedEmail();
    const reader = await new Reader().connect();
    const scope = await given.scopeOf(author);
    await cancelEmail(given.database, scope, id);
    await reader.hears(`gone ${id} cancelled`);
    await given.put(id, { state: 'waiting', version: 9 });
    await reader.hears(`gone ${id} cancelled`, `row ${id} all mine team`);
  });

  it('when its 3 s are over', async () => {
    const id = await given.submit(await given.connector());
    const reader = await new Reader().connect();
    await given.put(id, { list_at: new Date(0) });
    await revealEmails(given.database);
    await reader.hears(`row ${id} all mine team`);
  });

  it('once for a connector that is toggled, not once for each of its emails', async () => {
    const connectorId = await given.connector();
    const ids = await given.submitMany(connectorId, many(5));
    for (const id of ids) await given.put(id, { listed: true });
    const reader = await new Reader().connect();
    await inTransaction(given.database, (tx) =>
      disableConnector(tx, given.portalId, connectorId, 'administrator'),
    );
    await given.put(ids[0]!, { version: 7 });
    await reader.hears(`row ${ids[0]} all mine team`);
    const connectors = reader.events.filter(({ change }) => change.type === 'connector');
    expect(connectors.map(({ change }) => change)).toEqual([{ type: 'connector', id: connectorId }]);
  });
});

describe('a reader', () => {
  it('is told only what it may see', async () => {
    const id = await listedEmail({ packet: { ref: 'P', type: 'ticket' } });
    const readers = await Promise.all([author, 'eve'].map((user) => new Reader(user).connect()));
    const stranger = await new Reader(author, crypto.randomUUID()).connect();
    await touch(given.database, id);
    await cancelEmail(given.database, await given.scopeOf(author), id);
    const eves = await listedEmail({ authorId: 'eve' });
    await touch(given.database, eves);
    await readers[1]!.hears(`row ${eves} all mine team`);
    const { told } = readers[0]!;
    expect(told.at(-1)).toBe(`gone ${id} cancelled`);
    expect(told.join()).not.toContain(eves);
    expect(stranger.told).toEqual([]);
  });

  it('whose place in the directory changed is reset, and nobody else', async () => {
    const id = await listedEmail();
    const [mate, other] = [await new Reader('mate').connect(), await new Reader('other').connect()];
    await inTransaction(given.database, (tx) =>
      putTeam(tx, given.portalId, 'team', {
        ...{ name: 'Team', parentId: null, leaderId: null, memberIds: [author, 'mate'] },
      }),
    );
    await mate.hears('reset');
    await touch(given.database, id);
    await mate.hears('reset', `row ${id} all team`);
    expect(other.told).toEqual([]);
    await given.database`delete from directory_member`;
    await mate.hears('reset', `row ${id} all team`, 'reset');
  });

  it('of a portal that nobody read until now misses nothing of what is being told to another portal', async () => {
    const portalId = crypto.randomUUID();
    const [theirs, ours] = [await listedEmail({}, portalId), await listedEmail()];
    const first = await new Reader().connect();
    const from = eventId(await latestPosition(given.database));
    const touching = await transaction(async (tx) => {
      await touch(tx, theirs);
      await touch(tx, ours);
    });
    // Rows join packets: the feed waits in the middle of telling, while scopes can still be read. The lock is the
    // younger transaction, so that it holds no change back.
    const lock = await transaction((tx) => tx`lock table packet in access exclusive mode`);
    await touching.commit();
    await expect
      .poll(() => given.database`select from pg_locks where not granted`, { interval: 5 })
      .toHaveLength(1);
    const second = await new Reader(author, portalId).connect(from);
    await lock.commit();
    await first.hears(`row ${ours} all mine team`);
    await second.hears(`row ${theirs} all mine team`);
  });
});

describe('who resumes', () => {
  it('gets what was committed meanwhile, and nothing twice', async () => {
    const [one, two] = [await listedEmail(), await listedEmail()];
    const [away, here] = [await new Reader().connect(), await new Reader().connect()];
    away.close();
    for (const id of [one, two, one]) await touch(given.database, id);
    await expect.poll(() => here.versions.get(one), { interval: 5 }).toBe(3);
    await away.resume();
    expect(away.told).toEqual([`row ${two} all mine team`, `row ${one} all mine team`]);
    await away.resume();
    expect(away.told).toHaveLength(2);
  });

  it('never skips the transaction that began first and was committed last', async () => {
    const [early, late] = [await listedEmail(), await listedEmail()];
    const reader = await new Reader().connect();
    const long = await transaction((tx) => touch(tx, early));
    await touch(given.database, late);
    await reader.resume();
    await long.commit();
    await reader.hears(`row ${early} all mine team`, `row ${late} all mine team`);
    await reader.resume();
    expect(reader.told).toHaveLength(2);
  });

  it('skips nothing, however transactions interleave and however often it comes back', async () => {
    const random = seededRandom(20);
    const ids = await Promise.all(Array.from({ length: 12 }, () => listedEmail()));
    const reader = await new Reader().connect();
    const running: { commit(): Promise<void>; id: string }[] = [];
    for (let step = 0; step < 150; step += 1) {
      const free = ids.filter((id) => !running.some((it) => it.id === id));
      const dice = random.next();
      if (dice < 0.4 && running.length < 3) {
        const id = random.pick(free);
        running.push({ id, ...(await transaction((tx) => touch(tx, id))) });
      } else if (dice < 0.6) {
        await touch(given.database, random.pick(free));
      } else if (dice < 0.85 && running.length > 0) {
        await running.splice(random.below(running.length), 1)[0]!.commit();
      } else {
        await reader.resume();
      }
    }
    for (const { commit } of running) await commit();
    const rows = await given.database<{ id: string; version: number }[]>`
      select id, version from outbox_email where id = any(${ids}::uuid[]) and version > 1`;
    const expected = Object.fromEntries(rows.map((row) => [row.id, row.version]));
    await expect
      .poll(() => Object.fromEntries(reader.versions), { interval: 5, timeout: 5000 })
      .toEqual(expected);
    const places = reader.events
      .filter((it) => it.change.type === 'row')
      .map((it) => it.id.split('.').map(Number));
    const sorted = places.toSorted(([a, b], [c, d]) => a! - c! || b! - d!);
    expect(places).toEqual(sorted);
  });
});

describe('who comes back is reset', () => {
  it.each([
    ['with an id that is not ours', 'abc'],
    ['with an empty id', ''],
    ['from the future', '999999999999999.1'],
    ['with a number too long', `${'9'.repeat(30)}.1`],
    ['with SQL in it', "0.0'; drop table outbox_email; --"],
  ])('%s', async (_, id) => {
    const reader = await new Reader().connect(id);
    expect(reader.told).toEqual(['reset']);
  });

  it('after more than a thousand changes', async () => {
    const id = await listedEmail();
    const reader = await new Reader().connect();
    reader.close();
    for (let times = 0; times < 1001; times += 1) await touch(given.database, id);
    await reader.resume();
    await reader.hears('reset');
  });

  it('once the changes that it missed were removed, 15 minutes later', async () => {
    const id = await listedEmail();
    const [away, here] = [await new Reader().connect(), await new Reader().connect()];
    away.close();
    await touch(given.database, id);
    await here.hears(`row ${id} all mine team`);
    await given.database`update outbox_change set created_at = now() - interval '16 minutes'`;
    await removeOldChanges(given.database);
    await away.resume();
    expect(away.told).toEqual(['reset']);
    await here.resume();
    expect(here.told).toHaveLength(1);
  });
});

it('tells nothing more after its stream was closed', async () => {
  const id = await listedEmail();
  const [closed, other] = [await new Reader().connect(), await new Reader().connect()];
  closed.close();
  await touch(given.database, id);
  await other.hears(`row ${id} all mine team`);
  expect(closed.told).toEqual([]);
});
