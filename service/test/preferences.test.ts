import { beforeEach, describe, expect, it } from 'vitest';
import { limits, undoChoices, type Me, type Preferences, type Settings } from '@portal-outbox/contracts';
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
    await patch({ columns: { order: ['to', 'subject'], widths: { to: 120 } }, undoSeconds: 10 });
    await patch({ columns: { widths: { subject: 300 } }, fromTheFuture: [1, { a: null }] });
    expect((await me()).preferences).toEqual({
      undoSeconds: 10,
      columns: { order: ['to', 'subject'], widths: { to: 120, subject: 300 } },
      fromTheFuture: [1, { a: null }],
    });
    await patch({ columns: null, undoSeconds: null });
    expect((await me()).preferences).toEqual({ fromTheFuture: [1, { a: null }], undoSeconds: 0 });
  });

  it('changed on two pages at once keep both changes', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => patch({ [`field${index}`]: index })));
    expect(Object.keys((await me()).preferences!)).toHaveLength(21);
  });

  it.each([
    ['a delay that is none of the choices', { undoSeconds: 7 }, '/undoSeconds'],
    ['a delay as text', { undoSeconds: '10' }, '/undoSeconds'],
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
