import { describe, expect, it } from 'vitest';
import { applyDirectory } from '../src/db/directory.ts';
import { portalApi } from './api-fixture.ts';
import { directoryMail } from './directory-fixture.ts';
import { author, givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const { call } = portalApi(given);
const { listedEmail, teamReaders } = directoryMail(given);

describe('the same directory again', () => {
  it('changes nothing and tells nobody', async () => {
    const lines = [
      { kind: 'user', id: 'pia', name: 'Pia', access: 'all', accessUserIds: ['x'], accessTeamIds: ['y'] },
      {
        kind: 'team',
        id: 'again',
        name: 'Again',
        parentId: 'top',
        leaderId: 'pia',
        memberIds: ['pia', 'x', 'x'],
      },
      { kind: 'packet', id: 'A', type: 'action', title: 'A', url: '/a', workerIds: ['x'], accessIds: ['x'] },
    ] as const;
    const told = async () =>
      (await given.database`select count(*)::int as told from sight_change`)[0]!['told'] as number;
    const input = lines.map((line) => ({ ...line })) as never;
    expect(await given.directory(input)).toEqual(['packet A', 'team again', 'user pia']);
    const before = await told();
    expect(before).toBeGreaterThan(0);
    expect(await given.directory(input)).toEqual([]);
    expect(await told()).toBe(before);
  });

  it('of one id twice keeps the last, in the order of the lines', async () => {
    await given.directory([
      { kind: 'user', id: 'quin', name: 'One' },
      { kind: 'user', id: 'quin', name: 'Two' },
      { kind: 'user', id: 'quin', deleted: true },
      { kind: 'user', id: 'quin', name: 'Three' },
    ]);
    expect(await given.database`select name from directory_user where id = 'quin'`).toEqual([
      { name: 'Three' },
    ]);
  });

  it('uses up no keys of teams', async () => {
    const put = () => applyDirectory(given.database, given.portalId, [teamOf('steady', [author])]);
    await put();
    for (let times = 0; times < 5; times += 1) await put();
    await given.directory([teamOf('next', [])]);
    const keys = await given.database<{ key: number }[]>`
      select key from directory_team where id in ('steady', 'next') order by key`;
    expect(keys[1]!.key).toBe(keys[0]!.key + 1);
  });
});

const teamOf = (id: string, memberIds: string[]) => ({
  ...{ kind: 'team' as const, id, name: id, parentId: null, leaderId: null },
  memberIds,
});

describe('POST /v1/directory/sync', () => {
  const sync = async (lines: readonly (object | string)[], query = '') => {
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
    return call('host', 'POST', `/v1/directory/sync${query}`, {
      text,
      headers: { 'content-type': 'application/x-ndjson' },
      roles: ['portal'],
    });
  };

  it('answers what was done, and which lines are wrong', async () => {
    const answer = await sync([
      { kind: 'user', id: 'rex', name: 'Rex' },
      { kind: 'team', id: 'rexes', name: 'Rexes', memberIds: ['rex'] },
      'not JSON',
      { kind: 'user', id: 'sue', name: '', access: 'most' },
      { kind: 'packet', id: 'R', type: 'ticket', title: 'R', workerIds: ['rex'] },
      { kind: 'user', id: 'nobody at all', deleted: true },
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ lines: 6, changed: 3, removed: 0, invalid: 2 });
    expect(answer.body).toMatchObject({
      problems: [
        { line: 3, fields: [{ field: '' }] },
        { line: 4, fields: [{ field: '/name' }, { field: '/access' }] },
      ],
    });
    const { teamKeys: keys, workedPacketRefs } = await given.scopeOf('rex');
    expect([keys.length, workedPacketRefs]).toEqual([1, ['R']]);
  });

  it('that is complete deletes what it does not name, of the kinds that are complete', async () => {
    const portal = { kind: 'user', id: 'tom', name: 'Tom' };
    await sync([
      portal,
      { kind: 'user', id: 'una', name: 'Una' },
      { kind: 'team', id: 'ts', name: 'T', memberIds: ['una'] },
    ]);
    const id = await listedEmail('una');
    expect(await teamReaders(id, ['una'])).toBe('una');
    const answer = await sync([portal], '?complete=user');
    const { removed } = answer.body as { removed: number };
    expect(removed).toBeGreaterThan(0);
    expect(await given.database`select id from directory_user where portal_id = ${given.portalId}`).toEqual([
      { id: 'tom' },
    ]);
    expect(await teamReaders(id, ['una'])).toBe('');
    expect(await given.database`select from directory_team where id = 'ts'`).toHaveLength(1);
    expect(await given.database`select from directory_sync`).toEqual([]);
    expect(await given.database`select from directory_named`).toEqual([]);
  });

  it('that is complete deletes nothing when a line was wrong', async () => {
    const answer = await sync(['{'], '?complete=user,team,packet');
    expect(answer.body).toMatchObject({ removed: null, invalid: 1 });
    expect(await given.database`select from directory_user where id = 'tom'`).toHaveLength(1);
  });

  it.each([['?complete=users'], ['?complete='], ['?full=1']])('refuses %s', async (query) => {
    expect(await sync([], query)).toMatchObject({ status: 400, body: { code: 'invalid' } });
  });

  it('is for the host’s back end only', async () => {
    const headers = { 'content-type': 'application/x-ndjson' };
    const asked = await call('ada', 'POST', '/v1/directory/sync', { headers, roles: ['administrator'] });
    expect(asked).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    for (const kind of ['users', 'teams', 'packets']) {
      expect((await call('ada', 'DELETE', `/v1/directory/${kind}/x`)).status).toBe(403);
    }
  });
});

it('DELETE takes away what PUT has put, and may be repeated', async () => {
  const host = (method: string, path: string, body?: unknown) =>
    call('host', method, path, { ...(body !== undefined && { body }), roles: ['portal'] });
  await host('PUT', '/v1/directory/teams/d%20team', { name: 'D', leaderId: 'dee', memberIds: ['dov'] });
  await host('PUT', '/v1/directory/packets/D', { type: 'ticket', title: 'D', workerIds: ['dov'] });
  await host('PUT', '/v1/directory/users/dov', { name: 'Dov', access: 'all', accessTeamIds: ['d team'] });
  expect(await given.scopeOf('dov')).toMatchObject({ everything: true, workedPacketRefs: ['D'] });
  for (const path of ['teams/d%20team', 'packets/D', 'users/dov', 'users/dov']) {
    expect((await host('DELETE', `/v1/directory/${path}`)).status).toBe(204);
  }
  expect(await given.scopeOf('dov')).toMatchObject({
    ...{ everything: false, teamKeys: [], workedPacketRefs: [], readTeamKeys: [] },
  });
});
