import { describe, expect, it } from 'vitest';
import { removeOldChanges } from '../src/db/changes.ts';
import { givenFeed, touch } from './feed-fixture.ts';
import { givenOutbox, many } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
const feed = givenFeed(given);

describe('who resumes', () => {
  it('gets what was committed meanwhile, and nothing twice', async () => {
    const [one, two] = [await feed.listedEmail(), await feed.listedEmail()];
    const [away, here] = [await feed.read(), await feed.read()];
    away.close();
    for (const id of [one, two, one]) await touch(given.database, id);
    await expect.poll(() => here.versions.get(one)).toBe(3);
    await away.resume();
    await away.hears(`row ${two} all mine team`, `row ${one} all mine team`);
    await away.resume();
    await touch(given.database, two);
    await away.hears(`row ${two} all mine team`, `row ${one} all mine team`, `row ${two} all mine team`);
  });

  it('never skips the transaction that began first and was committed last, and nobody waits for it', async () => {
    const [early, late] = [await feed.listedEmail(), await feed.listedEmail()];
    const reader = await feed.read();
    const long = await feed.transaction((tx) => touch(tx, early));
    await touch(given.database, late);
    await reader.hears(`row ${late} all mine team`);
    await reader.resume();
    await long.commit();
    await reader.hears(`row ${late} all mine team`, `row ${early} all mine team`);
    await reader.resume();
    expect(reader.told).toHaveLength(2);
  });

  it('skips nothing, however transactions interleave and however often it comes back', async () => {
    const random = seededRandom(20);
    const ids = await Promise.all(Array.from({ length: 12 }, () => feed.listedEmail()));
    const reader = await feed.read();
    const running: { commit(): Promise<void>; id: string }[] = [];
    for (let step = 0; step < 150; step += 1) {
      const free = ids.filter((id) => !running.some((it) => it.id === id));
      const dice = random.next();
      if (dice < 0.4 && running.length < 3) {
        const id = random.pick(free);
        running.push({ id, ...(await feed.transaction((tx) => touch(tx, id))) });
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
    await expect.poll(() => Object.fromEntries(reader.versions)).toEqual(expected);
  });
});

it('skips nothing across processes: whoever comes back to another one goes on from where it was', async () => {
  const random = seededRandom(21);
  const ids = await Promise.all(Array.from({ length: 8 }, () => feed.listedEmail()));
  const readers = await Promise.all([feed.read(), feed.read(), feed.read()]);
  for (let round = 0; round < 6; round += 1) {
    const long = await feed.transaction((tx) => touch(tx, ids[0]!));
    const longer = await feed.transaction((tx) => touch(tx, ids[1]!));
    await touch(given.database, random.pick(ids.slice(2)));
    if (random.next() < 0.5) await readers[0].resume();
    await long.commit();
    for (const reader of readers) reader.close();
    await feed.restart();
    await touch(given.database, random.pick(ids.slice(2)));
    for (const reader of readers) await reader.resume();
    await longer.commit();
  }
  const rows = await given.database<{ id: string; version: number }[]>`
    select id, version from outbox_email where id = any(${ids}::uuid[]) and version > 2`;
  for (const reader of readers) {
    await expect
      .poll(() => rows.filter(({ id, version }) => reader.versions.get(id) !== version))
      .toEqual([]);
    expect(reader.told).not.toContain('reset');
  }
});

describe('who comes back is reset', () => {
  it.each([
    ['with an id that is not ours', 'abc'],
    ['with an empty id', ''],
    ['from the future', '999999999999:999999999999:;abcdefgh'],
    ['with a number too long', `1:${'9'.repeat(30)}:;abcdefgh`],
    ['with transactions in the wrong order', '1:9:5,4;abcdefgh'],
    ['with SQL in it', "1:1:'; drop table outbox_email; --;abcdefgh"],
  ])('%s', async (_, id) => {
    const reader = await feed.read({ lastEventId: id });
    await reader.hears('reset');
  });

  it('after changes of more than a thousand emails', async () => {
    const ids = await given.submitMany(await given.connector(), many(1001));
    const [away, here] = [await feed.read(), await feed.read()];
    away.close();
    await given.database`update outbox_email set listed = true, version = 2 where id = any(${ids}::uuid[])`;
    await here.hears('reset');
    await away.resume();
    await away.hears('reset');
  });

  it('once the changes that it missed were removed, 15 minutes later', async () => {
    const id = await feed.listedEmail();
    const [away, here] = [await feed.read(), await feed.read()];
    away.close();
    await touch(given.database, id);
    await here.hears(`row ${id} all mine team`);
    await given.database`update outbox_change set created_at = now() - interval '16 minutes'`;
    // What was committed since the last clean-up stays until the next one.
    for (let times = 0; times < 2; times += 1) await removeOldChanges(given.database);
    await feed.restart();
    await away.resume();
    await away.hears('reset');
    await here.resume();
    await touch(given.database, id);
    await here.hears(`row ${id} all mine team`, `row ${id} all mine team`);
  });
});
