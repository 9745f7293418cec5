import { beforeAll, describe, expect, it } from 'vitest';
import type { OutboxPage, Problem } from '@portal-outbox/contracts';
import { portalApi } from './api-fixture.ts';
import { author, givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

const get = async (query: string) => await api.call(author, 'GET', `/v1/outbox?view=mine&${query}`);
const page = async (query: string): Promise<OutboxPage> => {
  const { status, body } = await get(query);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as OutboxPage;
};
const subjects = ({ items }: OutboxPage) => items.map(({ subject }) => subject);
const cursorOf = (cursor: string | null | undefined) => `cursor=${encodeURIComponent(cursor ?? '')}`;

let connectorId: string;

beforeAll(async () => {
  connectorId = await given.connector();
  const letters = ['b', 'É', 'a', 'ç', 'd', '', 'f'];
  const ids = await given.submitMany(
    connectorId,
    letters.map((subject, index) => ({
      subject,
      to: [{ address: 'ann@customer.example' }, { name: 'Zoë', address: `z${index}@customer.example` }],
      importance: index % 2 === 0 ? ('high' as const) : ('normal' as const),
    })),
  );
  await given.database`update outbox_email set listed = true where id = any(${ids}::uuid[])`;
});

describe('a list is sorted', () => {
  it('by the text without accents, what is empty last both ways', async () => {
    expect(subjects(await page('sort=subject'))).toEqual(['a', 'b', 'ç', 'd', 'É', 'f', '']);
    const backwards = await page('sort=-subject');
    expect(subjects(backwards)).toEqual(['f', 'É', 'd', 'ç', 'b', 'a', '']);
    expect(backwards.sort).toBe('-subject');
  });
});

describe('the pages of a list', () => {
  it('say their place, and lead to the last one and back', async () => {
    const first = await page('sort=subject&limit=3');
    expect(first).toMatchObject({ from: 1, total: 7, previous: null });
    const second = await page(`sort=subject&limit=3&${cursorOf(first.next)}`);
    expect(second).toMatchObject({ from: 4, total: 7 });
    expect(subjects(second)).toEqual(['d', 'É', 'f']);
    const last = await page(`sort=subject&limit=3&${cursorOf(first.last)}`);
    expect(last).toMatchObject({ from: 7, next: null, last: null });
    expect(subjects(last)).toEqual(['']);
    const before = await page(`sort=subject&limit=3&${cursorOf(last.previous)}`);
    expect(before.from).toBe(4);
    expect(subjects(before)).toEqual(subjects(second));
    const front = await page(`sort=subject&limit=3&${cursorOf(before.previous)}`);
    expect(front).toMatchObject({ from: 1, previous: null });
  });

  it('end with a full one when the total leaves nothing over', async () => {
    const first = await page('importance=normal,high&search=customer&limit=7');
    expect(first).toMatchObject({ from: 1, next: null, previous: null, last: null });
    const some = await page('importance=normal&limit=1');
    const last = await page(`importance=normal&limit=1&${cursorOf(some.last)}`);
    expect(last).toMatchObject({ from: 3, total: 3, next: null });
  });

  it('are none when nothing matches', async () => {
    expect(await page('search=nothing')).toMatchObject({
      ...{ items: [], from: 0, total: 0, next: null, previous: null, last: null },
    });
  });
});

describe('a list is filtered', () => {
  it.each([
    ['importance=high', 4],
    ['importance=high,normal', 7],
    ['importance=high&importance=normal', 7],
    ['author=ada&author=bob', 7],
    ['author=bob', 0],
    ['status=queued', 7],
    ['status=failed', 0],
    ['systemGenerated=true', 0],
    ['hasAttachments=false', 7],
    ['search=z3', 0, 'invalid'],
    ['search=zoe', 7],
    ['search=z3@customer', 1],
    ['search=ada', 7],
    ['submittedTo=2020-01-01T00:00:00Z', 0],
    ['submittedFrom=2020-01-01T00:00:00%2B01:00', 7],
  ])('by %s: %d', async (query, total, code?: string) => {
    if (code === undefined) expect((await page(query)).total).toBe(total);
    else expect(((await get(query)).body as Problem).code).toBe(code);
  });

  it.each([
    'status=sent',
    'status=',
    'connector=x',
    'sort=id',
    'systemGenerated=yes',
    'search=a',
    'submittedFrom=2026-11-12',
    'lang=de',
    'colour=red',
  ])('and refuses %s', async (query) => {
    const { status, body } = await get(query);
    expect([status, (body as Problem).code]).toEqual([400, 'invalid']);
  });
});

it.each([
  'sort=-subject&limit=3',
  'sort=subject&importance=high&limit=3',
  'sort=subject&search=ada&limit=3',
  'limit=3',
])('a cursor serves no other list: %s', async (other) => {
  const first = await page('sort=subject&limit=3');
  const { status, body } = await get(`${other}&${cursorOf(first.next)}`);
  expect([status, (body as Problem).code]).toEqual([400, 'stale_cursor']);
});
