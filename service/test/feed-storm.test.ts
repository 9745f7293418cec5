import { describe, expect, it } from 'vitest';
import { givenFeed, touch } from './feed-fixture.ts';
import { author, givenOutbox, many } from './outbox-fixture.ts';

const given = givenOutbox();
const feed = givenFeed(given);

async function listedEmails(count: number): Promise<string[]> {
  const ids = await given.submitMany(await given.connector(), many(count));
  await given.database`update outbox_email set listed = true where id = any(${ids}::uuid[])`;
  return ids;
}

const touchAll = (ids: readonly string[]) =>
  given.database`update outbox_email set version = version + 1 where id = any(${[...ids]}::uuid[])`;

const resets = (told: readonly string[]) => told.filter((it) => it === 'reset').length;

describe('a reader that does not read', () => {
  it('is written to no more, and told the last of everything once it reads again', async () => {
    const ids = await listedEmails(400);
    const reader = await feed.read();
    reader.isSlow = true;
    await touchAll(ids);
    await expect.poll(() => reader.events.length).toBeGreaterThan(1);
    const [writes, bytes] = [reader.writes.length, reader.writes.reduce((sum, it) => sum + it, 0)];
    expect(bytes).toBeLessThan(200 * 1024);
    for (let times = 0; times < 20; times += 1) await touchAll(ids);
    const quick = await feed.read();
    await touch(given.database, ids[0]!);
    await expect.poll(() => quick.versions.get(ids[0]!)).toBe(23);
    expect(reader.writes).toHaveLength(writes);
    reader.isSlow = false;
    reader.drain();
    await expect.poll(() => ids.every((id) => (reader.versions.get(id) ?? 0) >= 22)).toBe(true);
    expect(reader.versions.get(ids[0]!)).toBe(23);
    // What it had been told before, and the last of the rest: nothing in between.
    expect(reader.told.length).toBeLessThan(400 + 400);
    expect(resets(reader.told)).toBe(0);
  });

  it('has an id to come back with that skips nothing that it was not sent', async () => {
    const ids = await listedEmails(400);
    const reader = await feed.read();
    reader.isSlow = true;
    await touchAll(ids);
    await expect.poll(() => reader.events.length).toBeGreaterThan(1);
    expect(reader.events.slice(1).every(({ id }) => id === undefined)).toBe(true);
    reader.isSlow = false;
    await reader.resume();
    await expect.poll(() => ids.every((id) => reader.versions.get(id) === 2)).toBe(true);
  });

  it('loads again when it has missed more than can be kept', async () => {
    const ids = await listedEmails(1500);
    const reader = await feed.read();
    reader.isSlow = true;
    await touch(given.database, ids[0]!);
    await expect.poll(() => reader.told).toHaveLength(1);
    for (let at = 0; at < 1500; at += 500) await touchAll(ids.slice(at, at + 500));
    const [first] = await listedEmails(1);
    const quick = await feed.read();
    await touch(given.database, first!);
    await quick.hears(`row ${first} all mine team`);
    reader.isSlow = false;
    reader.drain();
    await expect.poll(() => reader.told.at(-1), { timeout: 5000 }).toBe('reset');
    expect(reader.told).toHaveLength(2);
  });
});

it('in a storm a reader is told to load again, not of thousands of changes, and is right once it is over', async () => {
  const ids = await listedEmails(900);
  const reader = await feed.read();
  for (let times = 0; times < 15; times += 1) await touchAll(ids);
  await expect.poll(() => reader.told.includes('reset'), { timeout: 5000 }).toBe(true);
  const { version } = await given.row(ids[0]!);
  await touch(given.database, ids[0]!);
  await expect
    .poll(() => reader.told.at(-1) === 'reset' || reader.versions.get(ids[0]!) === version + 1, {
      timeout: 8000,
    })
    .toBe(true);
  expect(reader.told.length).toBeLessThan(2000);
});

it('a hot email is told often enough, and its last change always', async () => {
  const [id] = await listedEmails(1);
  const reader = await feed.read();
  for (let times = 0; times < 300; times += 1) await touch(given.database, id!);
  await expect.poll(() => reader.versions.get(id!)).toBe(301);
  expect(reader.told.length).toBeLessThan(150);
  expect(resets(reader.told)).toBe(0);
});

it('one row goes to all its readers as the same bytes, but for what is each one’s own', async () => {
  const [id] = await listedEmails(1);
  const readers = await Promise.all([author, author, author].map((user) => feed.read({ user })));
  await touch(given.database, id!);
  for (const reader of readers) await reader.hears(`row ${id} all mine team`);
  expect(new Set(readers.map(({ writes }) => writes.at(-1))).size).toBe(1);
});
