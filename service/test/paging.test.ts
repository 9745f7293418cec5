import { randomUUID } from 'node:crypto';
import type { Problem } from '@portal-outbox/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { portalApi } from './api-fixture.ts';
import { seededRandom } from './seeded-random.ts';
import { author, givenOutbox, many } from './outbox-fixture.ts';

const given = givenOutbox();
const random = seededRandom(4312);
const api = portalApi(given);
const call: typeof api.call = (...request) => api.call(...request);

interface Page {
  items: { id: string; subject: string }[];
  next: string | null;
  previous: string | null;
  total: number;
}

async function page(query: Record<string, string | number>): Promise<Page> {
  const { status, body } = await call(author, 'GET', `/v1/outbox?view=mine&${search(query)}`);
  expect(status).toBe(200);
  return body as Page;
}

const search = (query: Record<string, string | number>) =>
  new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
const ids = (of: Page) => of.items.map((it) => it.id);

/** Every page, by `next` from the start, or by `previous` from a page. `between` runs after each page. */
async function walk(
  direction: 'next' | 'previous',
  limit: number,
  from?: string,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | null | undefined = from; cursor !== null;) {
    const next = await page({ limit, ...(cursor !== undefined && { cursor }) });
    pages.push(next);
    cursor = next[direction];
    await between();
  }
  return pages;
}

let connectorId: string;
/** Newest first. */
let present: string[];

beforeEach(async () => {
  await given.database`delete from outbox_email`;
  connectorId = await given.connector();
  present = await given.submitMany(connectorId, many(53));
  await list();
  await order();
});

/** When an email was submitted never changes while it is in the list. */
async function list(): Promise<void> {
  await given.database`update outbox_email set listed = true, version = version + 1`;
}

async function order(): Promise<void> {
  const rows = await given.database<{ id: string }[]>`
    select id from outbox_email where listed and state <> 'cancelled' order by submitted_at desc, id desc`;
  present = rows.map((row) => row.id);
}

describe.each([
  ['at different times', () => Promise.resolve()],
  [
    'at one and the same time',
    async () => {
      await given.database`update outbox_email set listed = false, version = version + 1, submitted_at = date_trunc('second', now())`;
      await list();
      await order();
    },
  ],
  [
    'a few microseconds apart',
    async () => {
      await given.database`
        update outbox_email
        set listed = false, version = version + 1, submitted_at = timestamptz '2026-11-12 14:05:00.999999+00'
          + (abs(hashtext(id::text)) % 7) * interval '1 microsecond'`;
      await list();
      await order();
    },
  ],
])('emails submitted %s', (_, arrange) => {
  beforeEach(arrange);

  it.each([1, 7, 25, 52, 53, 54])('are met once each, newest first, %d a page', async (limit) => {
    const pages = await walk('next', limit);
    expect(pages.flatMap(ids)).toEqual(present);
    expect(pages).toHaveLength(Math.ceil(53 / limit));
    expect(pages.every((it) => it.total === 53)).toBe(true);
    expect(pages[0]?.previous).toBeNull();
  });

  it.each([1, 7, 25, 52])('are met once each going back too, %d a page', async (limit) => {
    const last = (await walk('next', limit)).at(-1)!;
    const pages = await walk('previous', limit, last.previous!);
    const back = pages.toReversed().flatMap(ids);
    expect([...back, ...ids(last)]).toEqual(present);
    expect(pages.at(-1)?.previous).toBeNull();
    expect(pages[0]?.next).not.toBeNull();
  });
});

it('shows the page it came from when one goes on and back', async () => {
  const [first, second] = (await walk('next', 10)) as [Page, Page];
  const back = await page({ limit: 10, cursor: second.previous! });
  expect(ids(back)).toEqual(ids(first));
  expect(ids(await page({ limit: 10, cursor: back.next! }))).toEqual(ids(second));
});

describe('while emails come and go', () => {
  /** Removes some rows, sent or cancelled, and adds some: newest ones, and ones with old times. */
  async function change(): Promise<void> {
    const rows = await given.database<
      { id: string }[]
    >`select id from outbox_email where state <> 'cancelled'`;
    for (const { id } of rows.filter(() => random.next() < 0.04)) {
      if (random.next() < 0.5) await given.put(id, { state: 'cancelled' });
      else await given.database`delete from outbox_email where id = ${id}`;
    }
    const added = await given.submitMany(connectorId, many(1 + random.below(3)));
    for (const id of added) {
      const old = await given.database`
        select submitted_at from outbox_email order by random() limit 1`;
      const submitted_at = random.next() < 0.5 ? new Date() : (old[0]!['submitted_at'] as Date);
      await given.put(id, { listed: true, submitted_at });
    }
  }

  it.each(['next', 'previous'] as const)(
    'walking by %s skips and repeats none that stayed',
    async (direction) => {
      for (let round = 0; round < 5; round += 1) {
        const from = direction === 'next' ? undefined : (await walk('next', 6)).at(-1)!.previous!;
        await order();
        const before = present;
        const lastPage = direction === 'next' ? [] : before.slice(Math.floor((before.length - 1) / 6) * 6);
        const pages = await walk(direction, 6, from, change);
        const met = (direction === 'next' ? pages : pages.toReversed()).flatMap(ids);
        await order();
        const stayed = before.filter((id) => present.includes(id) && !lastPage.includes(id));
        expect(stayed.length).toBeGreaterThan(10);
        expect(met.filter((id) => stayed.includes(id))).toEqual(stayed);
        expect(new Set(met).size).toBe(met.length);
      }
    },
  );
});

describe('a cursor is stale', () => {
  const stale = async (user: string, query: string) => {
    const { status, body } = await call(user, 'GET', `/v1/outbox?${query}`);
    expect([status, (body as Problem).code]).toEqual([400, 'stale_cursor']);
  };
  const cursor = async () => encodeURIComponent((await page({ limit: 10 })).next!);

  it('for another user', async () => stale('bob', `view=mine&cursor=${await cursor()}`));
  it('for another view', async () => stale(author, `view=all&cursor=${await cursor()}`));
  it('for the first view, when it is another', async () => {
    expect((await call(author, 'GET', `/v1/outbox?cursor=${await cursor()}`)).status).toBe(200);
    await given.database`
      insert into directory_team (portal_id, id, name, leader_id) values (${given.portalId}, 't', 't', ${author})`;
    await stale(author, `cursor=${await cursor()}`);
  });

  it('when a character of it was changed', async () => {
    const good = (await page({ limit: 10 })).next!;
    for (let index = 0; index < good.length; index += 1) {
      const other = good[index] === 'A' ? 'Q' : 'A';
      await stale(author, `view=mine&cursor=${good.slice(0, index)}${other}${good.slice(index + 1)}`);
    }
  });

  it.each(['x', '.', 'e30.AAAA', `${Buffer.from('{"d":"n"}').toString('base64url')}.`, '%00', randomUUID()])(
    'when it is not one of ours: %s',
    (made) => stale(author, `view=mine&cursor=${made}`),
  );
});
