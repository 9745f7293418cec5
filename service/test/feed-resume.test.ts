import { describe, expect, it } from 'vitest';
import { removeOldChanges } from '../src/db/changes.ts';
import { givenFeed, touch } from './feed-fixture.ts';
import { givenOutbox } from './outbox-fixture.ts';
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
    expect(away.told).toEqual([`row ${two} all mine team`, `row ${one} all mine team`]);
    await away.resume();
    expect(away.told).toHaveLength(2);
  });

  it('never skips the transaction that began first and was committed last', async () => {
    const [early, late] = [await feed.listedEmail(), await feed.listedEmail()];
    const reader = await feed.read();
    const long = await feed.transaction((tx) => touch(tx, early));
    await touch(given.database, late);
    await reader.resume();
    await long.commit();
    await reader.hears(`row ${early} all mine team`, `row ${late} all mine team`);
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
    const reader = await feed.read({ lastEventId: id });
    expect(reader.told).toEqual(['reset']);
  });

  it('after more than a thousand changes', async () => {
    const id = await feed.listedEmail();
    const [away, here] = [await feed.read(), await feed.read()];
    away.close();
    for (let times = 0; times < 1001; times += 1) await touch(given.database, id);
    await expect.poll(() => here.versions.get(id)).toBe(1002);
    await away.resume();
    expect(away.told).toEqual(['reset']);
  });

  it('once the changes that it missed were removed, 15 minutes later', async () => {
    const id = await feed.listedEmail();
    const [away, here] = [await feed.read(), await feed.read()];
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
