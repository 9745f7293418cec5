import { describe, expect, it, vi } from 'vitest';
import { readScopes } from '../src/db/read-scopes.ts';
import { viewsOf, type EmailOwnership } from '../src/outbox/visibility.ts';
import { randomChange, randomLines, users } from './access/random-directory.ts';
import { givenFeed, touch, type Reader } from './feed-fixture.ts';
import { givenOutbox, many } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

vi.mock('../src/db/read-scopes.ts', async (original) => {
  const module = await original<{ readScopes: typeof readScopes }>();
  return { readScopes: vi.fn(module.readScopes) };
});

const given = givenOutbox();
const feed = givenFeed(given);

/** A team of its own for each test, with these members. */
async function team(...memberIds: string[]) {
  const id = crypto.randomUUID();
  const put = (members: string[]) =>
    given.directory([{ kind: 'team', id, name: 'Team', memberIds: members }]);
  await put(memberIds);
  return { id, put };
}

/** What a page shows that was loaded once and follows changes: each email with its views. */
class Page {
  readonly reader: Reader;
  readonly #portalId: string;
  readonly #user: string;
  #shown = new Map<string, string>();
  #heard = 0;

  constructor(reader: Reader, portalId: string, user: string) {
    this.reader = reader;
    this.#portalId = portalId;
    this.#user = user;
  }

  /** As the page does that is told to. */
  async load(): Promise<void> {
    this.#shown = await this.#list();
  }

  /** Whether it shows what it would if it were loaded now. */
  async isRight(): Promise<boolean> {
    for (const { change } of this.reader.events.slice(this.#heard)) {
      this.#heard += 1;
      if (change.type === 'row') this.#shown.set(change.email.id, change.views.toSorted().join(' '));
      else if (change.type === 'gone') this.#shown.delete(change.id);
      else if (change.type === 'reset') await this.load();
    }
    const list = await this.#list();
    return list.size === this.#shown.size && [...list].every(([id, views]) => this.#shown.get(id) === views);
  }

  async #list(): Promise<Map<string, string>> {
    const [scope] = await readScopes(given.database, this.#portalId, [
      { userId: this.#user, administrator: false },
    ]);
    const emails = await given.database<(EmailOwnership & { id: string })[]>`
      select id, author_id as "authorId", packet_ref as "packetRef",
             array(select team_key from email_team t where t.email_id = e.id) as "teamKeys"
      from outbox_email e where portal_id = ${this.#portalId} and listed and state <> 'cancelled'`;
    const rows = emails.map((email) => [email.id, viewsOf(scope!, email).toSorted().join(' ')] as const);
    return new Map(rows.filter(([, views]) => views !== ''));
  }
}

/** So many listed emails of this author's. */
async function mailOf(authorId: string, count: number): Promise<string[]> {
  const ids = await given.submitMany(await given.connector(), many(count, { authorId }));
  await given.database`update outbox_email set listed = true where id = any(${ids}::uuid[])`;
  return ids;
}

describe('who leaves a team', () => {
  it('is told the ids of what is out of sight, and nothing more of it', async () => {
    const { put } = await team('mia', 'max', 'lea');
    const [[own], his] = [await mailOf('mia', 1), await mailOf('max', 3)];
    const [mia, lea] = [await feed.read({ user: 'mia' }), await feed.read({ user: 'lea' })];
    await put(['max', 'lea']);
    const hidden = his.map((id) => `gone ${id} hidden`);
    const row = `row ${own} all mine team`;
    await expect.poll(() => mia.told.toSorted()).toEqual([...hidden, row].toSorted());
    // Her own mail is no longer the team's.
    await lea.hears(`gone ${own} hidden`);
    for (const id of [...his, own!]) await touch(given.database, id);
    await expect.poll(() => mia.versions.get(own!)).toBe(2);
    expect([...mia.versions.keys()]).toEqual([own]);
    await lea.hears(`gone ${own} hidden`, ...his.map((id) => `row ${id} all team`));
  });

  it('with more than a thousand emails loads again, once', async () => {
    const { put } = await team('mia', 'moe');
    await mailOf('moe', 1001);
    const mia = await feed.read({ user: 'mia' });
    await put(['moe']);
    await mia.hears('reset');
    const own = await mailOf('mia', 1);
    await touch(given.database, own[0]!);
    await expect.poll(() => mia.told.at(-1)).toBe(`row ${own[0]} all mine team`);
    expect(mia.told.filter((it) => it === 'reset')).toHaveLength(1);
  });

  it('sees nothing that is written after the directory has answered, however busy the team’s mail is', async () => {
    const { put } = await team('nia', 'moa');
    const ids = await mailOf('moa', 5);
    const nia = await feed.read({ user: 'nia' });
    for (let round = 0; round < 15; round += 1) {
      let isOver = false;
      const busy = (async () => {
        while (!isOver)
          await given.other`update outbox_email set version = version + 1 where id = any(${ids}::uuid[])`;
      })();
      const before = nia.told.length;
      await put(['moa']);
      const [last] = await given.database<{ version: number }[]>`
        select max(version) as version from outbox_email where id = any(${ids}::uuid[])`;
      for (let times = 0; times < 3; times += 1) {
        await given.database`update outbox_email set version = version + 2 where id = any(${ids}::uuid[])`;
      }
      isOver = true;
      await busy;
      const hidden = ids.map((id) => `gone ${id} hidden`);
      await expect.poll(() => nia.told.slice(before)).toEqual(expect.arrayContaining(hidden));
      // One statement may have been on its way when the directory answered.
      const seen = Math.max(0, ...nia.versions.values());
      expect(seen).toBeLessThanOrEqual(last!.version + 1);
      const told = nia.told.length;
      await put(['nia', 'moa']);
      await expect.poll(() => nia.told.slice(told)).toContain('reset');
    }
  });

  it('while it was away loads again when it comes back', async () => {
    const { put } = await team('mia', 'mat');
    const [id] = await mailOf('mat', 1);
    const mia = await feed.read({ user: 'mia' });
    mia.close();
    await touch(given.database, id!);
    await put(['mat']);
    await mia.resume();
    await mia.hears('reset');
  });
});

it('an email that goes to another team with its author is told as hidden to the one and as a row to the other', async () => {
  const [left, right] = [await team('ann', 'lou'), await team('ron')];
  const [id] = await mailOf('ann', 1);
  const [lou, ron] = [await feed.read({ user: 'lou' }), await feed.read({ user: 'ron' })];
  await given.directory([
    { kind: 'team', id: left.id, name: 'Team', memberIds: ['lou'] },
    { kind: 'team', id: right.id, name: 'Team', memberIds: ['ron', 'ann'] },
  ]);
  await lou.hears(`gone ${id} hidden`);
  await ron.hears(`row ${id} all team`);
});

it('who joins a team loads again', async () => {
  const { put } = await team('joe');
  const jim = await feed.read({ user: 'jim' });
  await put(['joe', 'jim']);
  await jim.hears('reset');
});

it('a change of the directory for many readers costs one look at scopes, of theirs only', async () => {
  const names = Array.from({ length: 60 }, (_, at) => `many-${at}`);
  const { put } = await team();
  const readers = await Promise.all(names.map((user) => feed.read({ user })));
  const stranger = await feed.read({ user: 'stranger' });
  vi.mocked(readScopes).mockClear();
  await put(names);
  for (const reader of readers) await reader.hears('reset');
  const asked = vi.mocked(readScopes).mock.calls.map(([, , owners]) => owners.map(({ userId }) => userId));
  expect(asked.flat().toSorted()).toEqual(names.toSorted());
  expect(asked).toHaveLength(1);
  expect(stranger.told).toEqual([]);
});

describe.each([11, 12])('whatever happens in the random directory %d', (seed) => {
  it('who follows changes has what the list says', { timeout: 120_000 }, async () => {
    const random = seededRandom(seed);
    const portalId = crypto.randomUUID();
    const connectorId = await given.connector(portalId);
    await given.directory(randomLines(random), portalId);
    const ids = await given.submitMany(
      connectorId,
      Array.from({ length: 12 }, () => ({
        authorId: random.next() < 0.2 ? null : random.pick(users),
        ...(random.next() < 0.5 && {
          packet: { ref: random.pick(['1-T', '2-C', '3-A']), type: 'ticket' as const },
        }),
      })),
      portalId,
    );
    await given.database`update outbox_email set listed = true where id = any(${ids}::uuid[])`;
    const pages = await Promise.all(
      users.map(async (user) => new Page(await feed.read({ user, portalId }), portalId, user)),
    );
    for (const page of pages) await page.load();
    for (let round = 0; round < 40; round += 1) {
      const dice = random.next();
      if (dice < 0.6) await given.directory([randomChange(random)], portalId);
      else if (dice < 0.75) await touch(given.database, random.pick(ids));
      else if (dice < 0.85) await given.put(random.pick(ids), { state: 'cancelled', version: 1000 + round });
      else if (dice < 0.9) await given.put(random.pick(ids), { state: 'failed', version: 1000 + round });
      else await random.pick(pages).reader.resume();
      // Sometimes several happen before anybody looks.
      if (random.next() < 0.4) continue;
      for (const page of pages) {
        await expect.poll(() => page.isRight(), { timeout: 5000 }).toBe(true);
      }
    }
  });
});
