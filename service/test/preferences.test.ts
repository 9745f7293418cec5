import { beforeEach, describe, expect, it } from 'vitest';
import {
  limits,
  undoChoices,
  type Me,
  type OutboxCauses,
  type OutboxCount,
  type OutboxPage,
  type Preferences,
  type Settings,
} from '@portal-outbox/contracts';
import { portalApi } from './api-fixture.ts';
import { author, givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

async function patch(body: unknown, user = author) {
  const { status, body: answer } = await api.call(user, 'PATCH', '/v1/preferences', { body });
  return { status, body: answer as Preferences & { code?: string; fields?: { field: string }[] } };
}
const me = async (user = author) => (await api.call(user, 'GET', '/v1/me')).body as Me;
async function offer(undoChoices: number[]) {
  const roles = ['administrator' as const];
  const answer = await api.call('admin', 'PATCH', '/v1/settings', { body: { undoChoices }, roles });
  return { status: answer.status, body: answer.body as Settings };
}

beforeEach(async () => {
  await given.database`delete from user_preferences`;
  await given.database`delete from settings`;
});

describe('preferences', () => {
  it('of a first visit: no delay, and every choice offered', async () => {
    expect(await me()).toMatchObject({ preferences: { undoSeconds: 0 }, undoChoices: [...undoChoices] });
  });

  it('are the user’s own', async () => {
    expect(await patch({ undoSeconds: 30 })).toMatchObject({ status: 200, body: { undoSeconds: 30 } });
    expect((await me()).preferences).toEqual({ undoSeconds: 30 });
    expect((await me('bob')).preferences).toEqual({ undoSeconds: 0 });
  });

  it('keep fields that this version does not know, and merge them as RFC 7396 says', async () => {
    await patch({ density: { rows: 'tight', popup: { text: 12 } }, undoSeconds: 10 });
    await patch({ density: { popup: { dates: 14 } }, fromTheFuture: [1, { a: null }] });
    expect((await me()).preferences).toEqual({
      undoSeconds: 10,
      density: { rows: 'tight', popup: { text: 12, dates: 14 } },
      fromTheFuture: [1, { a: null }],
    });
    await patch({ density: null, undoSeconds: null });
    expect((await me()).preferences).toEqual({ fromTheFuture: [1, { a: null }], undoSeconds: 0 });
  });

  it('keep view, page size, sort and columns for every machine', async () => {
    const columns = [
      { id: 'subject', shown: true, width: 320 },
      { id: 'to', shown: true },
      { id: 'packet', shown: false, width: 90.5 },
      { id: 'ofANewerPage', shown: true, pinned: 'left' },
    ];
    const chosen = { view: 'system', pageSize: 100, sort: '-lastAttemptAt', columns } as const;
    expect(await patch(chosen)).toMatchObject({ status: 200, body: chosen });
    expect(await me()).toMatchObject({
      view: 'system',
      pageSize: 100,
      sort: '-lastAttemptAt',
      preferences: chosen,
    });
  });

  it('of which two pages change different fields keep both; of the same field the last one holds', async () => {
    await Promise.all([patch({ view: 'all' }), patch({ sort: 'to' }), patch({ pageSize: 25 })]);
    const column = { id: 'to', shown: true, width: 100 };
    await patch({ columns: [column, { id: 'status', shown: true }] });
    await patch({ columns: [{ ...column, width: 200 }] });
    expect((await me()).preferences).toMatchObject({
      ...{ view: 'all', sort: 'to', pageSize: 25, columns: [{ ...column, width: 200 }] },
    });
  });

  it('that another version has kept and this one cannot use are kept, and read as if they were not there', async () => {
    await given.database`
      insert into user_preferences values (${given.portalId}, ${author}, ${given.database.json({
        ...{
          view: 'archive',
          pageSize: 1000,
          sort: 'size',
          columns: [{ id: 'to', shown: false }],
          undoSeconds: 5,
        },
      })})`;
    expect(await me()).toMatchObject({ view: 'mine', pageSize: 50, sort: '-submittedAt' });
    expect((await me()).preferences).toEqual({ undoSeconds: 5 });
    expect((await patch({ undoSeconds: 10 })).body).toEqual({ undoSeconds: 10 });
    const [row] = await given.database`select preferences->>'view' as view from user_preferences`;
    expect(row).toEqual({ view: 'archive' });
  });

  it('changed on two pages at once keep both changes', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => patch({ [`field${index}`]: index })));
    expect(Object.keys((await me()).preferences!)).toHaveLength(21);
  });

  it.each([
    ['a delay that is none of the choices', { undoSeconds: 7 }, '/undoSeconds'],
    ['a delay as text', { undoSeconds: '10' }, '/undoSeconds'],
    ['a view that there is not', { view: 'archive' }, '/view'],
    ['a page size that is not offered', { pageSize: 51 }, '/pageSize'],
    ['a sort by nothing that there is', { sort: '-size' }, '/sort'],
    ['To hidden', { columns: [{ id: 'to', shown: false }] }, '/columns'],
    ['Subject hidden', { columns: [{ id: 'subject', shown: false, width: 100 }] }, '/columns'],
    ['a column twice', { columns: [1, 2].map(() => ({ id: 'packet', shown: true })) }, '/columns'],
    [
      'a column without a width to speak of',
      { columns: [{ id: 'packet', shown: true, width: 0 }] },
      '/columns/0/width',
    ],
    ['a column with markup for a name', { columns: [{ id: '<b>', shown: true }] }, '/columns/0/id'],
    ['a list', [1], ''],
    ['NUL somewhere inside', { a: [{ b: 'x\u0000' }] }, ''],
    ['half a character in a name', { 'a\udc00': 1 }, ''],
    ['a nesting without end', nested(1000), ''],
  ])('refuse %s', async (_, body, field) => {
    const answer = await patch(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', fields: [{ field }] } });
    expect((await me()).preferences).toEqual({ undoSeconds: 0 });
  });

  it('grow only to their limit, whatever is added bit by bit', async () => {
    const part = 'x'.repeat(limits.preferencesBytes / 2);
    expect((await patch({ a: part })).status).toBe(200);
    expect(await patch({ b: part })).toMatchObject({ status: 413, body: { code: 'too_large' } });
    expect(Object.keys((await me()).preferences!)).toEqual(['a', 'undoSeconds']);
    expect((await patch({ a: null, b: part })).status).toBe(200);
  });
});

describe('a visit', () => {
  const view = async (user: string) => ({
    me: (await me(user)).view,
    list: ((await api.call(user, 'GET', '/v1/outbox')).body as OutboxPage).view,
    count: ((await api.call(user, 'GET', '/v1/outbox/count')).body as OutboxCount).view,
    causes: ((await api.call(user, 'GET', '/v1/outbox/causes')).body as OutboxCauses).view,
  });
  const everywhere = (of: string) => ({ me: of, list: of, count: of, causes: of });

  it('lands who leads a team on My Team Emails, everyone else on My Emails, until they choose', async () => {
    await given.directory([
      { kind: 'user', id: 'lea', name: 'Lea' },
      { kind: 'team', id: 'north', name: 'North', leaderId: 'lea', memberIds: ['bob'] },
    ]);
    expect(await view('lea')).toEqual(everywhere('team'));
    expect(await view('bob')).toEqual(everywhere('mine'));
    await patch({ view: 'all' }, 'lea');
    await patch({ view: 'team' }, 'bob');
    expect(await view('lea')).toEqual(everywhere('all'));
    expect(await view('bob')).toEqual(everywhere('team'));
    await patch({ view: null }, 'lea');
    expect(await view('lea')).toEqual(everywhere('team'));
  });

  it('shows as many emails as chosen, in the order chosen, unless the request says otherwise', async () => {
    const connectorId = await given.connector();
    const emails = Array.from({ length: 30 }, (_, index) => ({
      ...{ authorId: 'pat', subject: `Subject ${10 + ((index * 7) % 30)}`, sendAt: '2027-01-01T00:00:00Z' },
    }));
    await given.submitMany(connectorId, emails);
    await patch({ pageSize: 25, sort: 'subject' }, 'pat');
    const list = async (query = '') =>
      (await api.call('pat', 'GET', `/v1/outbox${query}`)).body as OutboxPage;
    const page = await list();
    expect(page.items.map((it) => it.subject)).toEqual(
      Array.from({ length: 25 }, (_, index) => `Subject ${10 + index}`),
    );
    expect(page).toMatchObject({ total: 30, sort: 'subject' });
    expect((await list('?limit=10&sort=-subject')).items.at(-1)?.subject).toBe('Subject 30');
    expect(await list('?view=mine')).toMatchObject({ sort: '-submittedAt', items: { length: 30 } });
  });
});

describe('what Builder offers', () => {
  it('limits what users may choose', async () => {
    expect(await offer([0, 10, 30])).toMatchObject({ status: 200, body: { undoChoices: [0, 10, 30] } });
    expect(await patch({ undoSeconds: 20 })).toMatchObject({
      ...{ status: 400, body: { fields: [{ field: '/undoSeconds' }] } },
    });
    expect((await patch({ undoSeconds: 30 })).status).toBe(200);
    expect(await me()).toMatchObject({ preferences: { undoSeconds: 30 }, undoChoices: [0, 10, 30] });
  });

  it('limits what users have chosen before, to the longest within their choice', async () => {
    await patch({ undoSeconds: 60 });
    await offer([0, 5, 30, 120]);
    expect((await me()).preferences).toEqual({ undoSeconds: 30 });
    await offer([0]);
    expect((await me()).preferences).toEqual({ undoSeconds: 0 });
    await offer([...undoChoices]);
    expect((await me()).preferences).toEqual({ undoSeconds: 60 });
  });

  it.each([
    ['without "off"', [5, 10]],
    ['a delay that is none of the choices', [0, 7]],
    ['one twice', [0, 5, 5]],
    ['out of order', [0, 10, 5]],
    ['nothing', []],
  ])('is refused: %s', async (_, choices) => {
    expect((await offer(choices)).status).toBe(400);
  });
});

it('tells the time by the clock that decides when an email leaves', async () => {
  const [row] = await given.database<{ now: Date }[]>`select clock_timestamp() as now`;
  const told = Date.parse((await me()).serverTime);
  expect(Math.abs(told - row!.now.getTime())).toBeLessThan(5000);
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}
