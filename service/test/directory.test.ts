import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../src/db/database.ts';
import { applyDirectory } from '../src/db/directory.ts';
import { readScope } from '../src/db/read-scope.ts';
import { findSightDrift, repairSight } from '../src/db/sight-drift.ts';
import { portalApi } from './api-fixture.ts';
import { anHourAgo, author, deferral, givenOutbox, inOneHour, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
const { call } = portalApi(given);
let connectorId: string;
beforeAll(async () => {
  connectorId = await given.connector();
});

/** Who of these users has the email in My Team Emails. */
async function teamReaders(id: string, users: readonly string[], portalId = given.portalId): Promise<string> {
  const keys = await teamKeys(id);
  const readers: string[] = [];
  for (const user of users) {
    const scope = await readScope(given.database, portalId, user, false);
    if (scope.teamKeys.some((key) => keys.includes(key))) readers.push(user);
  }
  return readers.join(' ');
}

const teamKeys = async (id: string) =>
  (
    await given.database<{ key: number }[]>`select team_key as key from email_team where email_id = ${id}`
  ).map((row) => row.key);
const listedEmail = (authorId: string | null, packetRef?: string) =>
  given.submit(connectorId, {
    authorId,
    sendAt: inOneHour().toISOString(),
    ...(packetRef !== undefined && { packet: { ref: packetRef, type: 'ticket' } }),
  });
const changesOf = (id: string) => given.database<{ before: number[] | null; after: number[] }[]>`
  select team_keys_before as before, team_keys as after from outbox_change where email_id = ${id} order by xid, seq`;

describe('a team', () => {
  const team = (id: string, more: { parentId?: string; leaderId?: string; memberIds?: string[] }) => ({
    ...{ kind: 'team' as const, id, name: id },
    ...more,
  });
  const everybody = ['chief', 'aide', 'head', 'ann', 'lead', 'bob', 'cy', 'dan', 'stranger'];
  beforeAll(() =>
    given.directory([
      team('top', { leaderId: 'chief', memberIds: ['aide'] }),
      team('middle', { parentId: 'top', leaderId: 'head', memberIds: ['ann'] }),
      team('low', { parentId: 'middle', leaderId: 'lead', memberIds: ['bob', 'cy'] }),
      team('apart', { memberIds: ['dan'] }),
    ]),
  );

  it.each([
    ['chief', 'chief'],
    ['aide', 'chief aide'],
    ['head', 'chief head'],
    ['ann', 'chief head ann'],
    ['lead', 'chief head lead'],
    ['bob', 'chief head lead bob cy'],
    ['dan', 'dan'],
    ['stranger', ''],
  ])('mail of %s is that of the team of: %s', async (sender, readers) => {
    expect(await teamReaders(await listedEmail(sender), everybody)).toBe(readers);
  });

  it('works on packets: their mail is its own, system mail too', async () => {
    await given.directory([
      { kind: 'packet', id: 'P', type: 'ticket', title: 'P', workerIds: ['bob'], accessIds: ['dan'] },
    ]);
    expect(await teamReaders(await listedEmail(null, 'P'), everybody)).toBe('chief head lead bob cy');
    expect(await teamReaders(await listedEmail('dan', 'P'), everybody)).toBe('chief head lead bob cy dan');
  });

  it('moves with its members, and touches no email', async () => {
    const id = await listedEmail('bob');
    const [keys, changes] = [await teamKeys(id), await changesOf(id)];
    await given.directory([team('low', { parentId: 'apart', leaderId: 'lead', memberIds: ['bob', 'cy'] })]);
    expect(await teamReaders(id, everybody)).toBe('lead bob cy');
    await given.directory([team('low', { parentId: 'middle', leaderId: 'lead', memberIds: ['bob', 'cy'] })]);
    expect(await teamReaders(id, everybody)).toBe('chief head lead bob cy');
    expect(await teamKeys(id)).toEqual(keys);
    expect(await changesOf(id)).toEqual(changes);
  });

  it('takes the mail of who joins with it, and leaves that of who is gone; both are told', async () => {
    const id = await listedEmail('newcomer');
    await given.directory([team('apart', { memberIds: ['dan', 'newcomer'] })]);
    expect(await teamReaders(id, everybody)).toBe('dan');
    const [joined] = await teamKeys(id);
    await given.directory([team('apart', { memberIds: ['dan'] })]);
    expect(await teamReaders(id, everybody)).toBe('');
    expect((await changesOf(id)).slice(1)).toEqual([
      { before: [], after: [joined] },
      { before: [joined], after: [] },
    ]);
  });

  it('of a leader who is replaced is the new one’s', async () => {
    const id = await listedEmail('lead');
    await given.directory([team('low', { parentId: 'middle', leaderId: 'boss', memberIds: ['bob', 'cy'] })]);
    expect(await teamReaders(id, [...everybody, 'boss'])).toBe('');
    expect(await teamReaders(await listedEmail('bob'), [...everybody, 'boss'])).toBe(
      'chief head bob cy boss',
    );
    await given.directory([team('low', { parentId: 'middle', leaderId: 'lead', memberIds: ['bob', 'cy'] })]);
    expect(await teamReaders(id, everybody)).toBe('chief head lead');
  });

  it('that is deleted takes nobody’s mail with it', async () => {
    const id = await listedEmail('eve');
    await given.directory([
      team('short', { leaderId: 'fay', memberIds: ['eve'] }),
      team('below', { parentId: 'short', memberIds: ['gus'] }),
    ]);
    const below = await listedEmail('gus');
    expect(await teamReaders(id, ['eve', 'fay', 'gus'])).toBe('eve fay');
    expect(await given.directory([{ kind: 'team', id: 'short', deleted: true }])).toEqual(['team short']);
    expect(await teamReaders(id, ['eve', 'fay', 'gus'])).toBe('');
    expect(await teamReaders(below, ['eve', 'fay', 'gus'])).toBe('gus');
  });

  it('that is its own parent is found once', async () => {
    await given.directory([team('round', { parentId: 'round', leaderId: 'rob', memberIds: ['roy'] })]);
    expect(await teamReaders(await listedEmail('roy'), ['rob', 'roy'])).toBe('rob roy');
  });

  it('with the same id in another portal is another team', async () => {
    const other = randomUUID();
    await given.directory([team('low', { leaderId: 'lead', memberIds: ['bob'] })], other);
    const [theirs] = await given.submitMany(
      await given.connector(other),
      [{ authorId: 'bob', sendAt: inOneHour().toISOString() }],
      other,
    );
    expect(await teamReaders(theirs!, everybody)).toBe('');
    expect(await teamReaders(theirs!, everybody, other)).toBe('lead bob');
    expect(await teamReaders(await listedEmail('bob'), everybody, other)).toBe('');
  });
});

describe('a user who is deleted', () => {
  it('is in no team, on no packet, and leads nobody', async () => {
    await given.directory([
      { kind: 'user', id: 'ida', name: 'Ida' },
      { kind: 'user', id: 'jim', name: 'Jim', accessUserIds: ['ida'] },
      { kind: 'team', id: 'hers', name: 'hers', leaderId: 'ida', memberIds: ['ida', 'kim'] },
      { kind: 'packet', id: 'I', type: 'case', title: 'I', workerIds: ['ida'] },
    ]);
    const [hers, kims, ofPacket] = [
      await listedEmail('ida'),
      await listedEmail('kim'),
      await listedEmail('x', 'I'),
    ];
    expect(await teamReaders(hers, ['ida', 'kim'])).toBe('ida kim');
    expect(await teamReaders(ofPacket, ['ida', 'kim'])).toBe('ida kim');
    expect(await given.directory([{ kind: 'user', id: 'ida', deleted: true }])).toEqual(['user ida']);
    expect(await teamReaders(hers, ['ida', 'kim'])).toBe('');
    expect(await teamReaders(kims, ['ida', 'kim'])).toBe('kim');
    expect(await teamKeys(ofPacket)).toEqual([]);
    expect(await given.scopeOf('ida')).toMatchObject({
      teamKeys: [],
      workedPacketRefs: [],
      leadsTeam: false,
    });
    expect((await given.scopeOf('jim')).readUserIds).toEqual([]);
    expect(await given.directory([{ kind: 'user', id: 'ida', deleted: true }])).toEqual([]);
  });
});

describe('what is kept for an email in the list', () => {
  const team = { kind: 'team' as const, id: 'kept', name: 'kept', memberIds: ['lea'] };
  beforeAll(() => given.directory([team]));
  const kept = async (id: string) => (await teamKeys(id)).length;

  it('is nothing while it is healthy', async () => {
    const id = await given.submit(connectorId, { authorId: 'lea' });
    expect(await kept(id)).toBe(0);
    await given.dispatch(connectorId);
    expect(await kept(id)).toBe(0);
  });

  it('comes when it is listed late, fails or is restored; goes when it is cancelled or sent', async () => {
    const late = await given.submit(connectorId, { authorId: 'lea' });
    await given.put(late, { listed: true });
    expect(await kept(late)).toBe(1);
    const failed = await given.claimed(connectorId, { authorId: 'lea' });
    await given.settle(outcomeOf(failed, deferral));
    expect(await kept(failed.id)).toBe(1);
    await given.put(failed.id, { state: 'cancelled' });
    expect(await kept(failed.id)).toBe(0);
    await given.put(failed.id, { state: 'waiting', due_at: anHourAgo() });
    expect(await kept(failed.id)).toBe(1);
    const [last] = (await changesOf(failed.id)).slice(-2);
    // What left is told to those whose it was.
    expect(last!.after).toEqual(await teamKeys(failed.id));
    await given.database`delete from outbox_email where id = ${failed.id}`;
    expect(await kept(failed.id)).toBe(0);
  });

  it('is right for emails that enter while the directory changes', async () => {
    const hers = await given.submit(connectorId, { authorId: 'mia' });
    const before = await listedEmail('mia');
    let entered: Promise<unknown> = Promise.resolve();
    const other = inTransaction(given.other, async (tx) => {
      // It has seen the directory without her team, and is not over when she joins.
      await tx`update outbox_email set listed = true, version = version + 1 where id = ${hers}`;
      entered = given.directory([{ ...team, memberIds: ['lea', 'mia'] }]);
      await expect
        .poll(() => given.database`select from pg_locks where locktype = 'advisory' and not granted`)
        .toHaveLength(1);
    });
    await Promise.all([other, entered.then(() => entered)]);
    await entered;
    expect(await kept(hers)).toBe(1);
    expect(await kept(before)).toBe(1);
  });

  it('is not in the way of emails that leave while the directory changes', async () => {
    const [leaving, staying] = [await listedEmail('nia'), await listedEmail('nia')];
    await given.directory([{ ...team, memberIds: ['lea', 'nia'] }]);
    // A long change: her teams are rewritten, and not committed.
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let begun = (): void => undefined;
    const rewritten = new Promise<void>((resolve) => (begun = resolve));
    const change = inTransaction(given.other, async (tx) => {
      await tx`delete from directory_member where user_id = 'nia' and portal_id = ${given.portalId}`;
      await tx`select from rewrite_email_team(${given.portalId}, '{}', '{}', ${[leaving, staying]}::uuid[])`;
      begun();
      await ended;
      await tx`select follow_directory(${given.portalId}, ${['nia']}, '{}')`;
    });
    await rewritten;
    await given.put(leaving, { state: 'cancelled' });
    end();
    await change;
    expect(await kept(leaving)).toBe(0);
    expect(await kept(staying)).toBe(0);
    expect(await drift()).toEqual([]);
  });
});

describe('an email that fails while a change of the directory rewrites its teams', () => {
  it('is counted as failed by its new team', async () => {
    await given.directory([{ kind: 'team', id: 'rewritten', name: 'Rewritten', memberIds: ['oli'] }]);
    const [leaving, failing] = [await listedEmail('oli'), await listedEmail('oli')];
    let fail = (): void => undefined;
    const mayFail = new Promise<void>((resolve) => (fail = resolve));
    let passed = (): void => undefined;
    const hasPassed = new Promise<void>((resolve) => (passed = resolve));
    const settling = inTransaction(given.other, async (tx) => {
      await tx`update outbox_email set state = 'cancelled', version = version + 1 where id = ${leaving}`;
      passed();
      await mayFail;
      await tx`update outbox_email set state = 'failed', version = version + 1 where id = ${failing}`;
    });
    await hasPassed;
    const change = given.directory([{ kind: 'team', id: 'beside', name: 'Beside', memberIds: ['oli'] }]);
    await expect
      .poll(() => given.database`select from pg_locks where locktype = 'advisory' and not granted`)
      .toHaveLength(1);
    fail();
    await settling;
    await change;
    const kept = await given.database`select progress from email_team where email_id = ${failing}`;
    expect(kept.map((it) => it['progress'])).toEqual([0, 0]);
    expect(await drift()).toEqual([]);
  });
});

const drift = async () => (await findSightDrift(given.database, null, 10_000)).drifted.map((it) => it.id);

describe('drift', () => {
  it('is found, whatever is wrong, and repaired', async () => {
    expect(await drift()).toEqual([]);
    const [missing, surplus, behind, orphan, hidden] = [
      await listedEmail('bob'),
      await listedEmail('bob'),
      await listedEmail('cy'),
      await listedEmail('bob'),
      await listedEmail('dan'),
    ];
    await given.database`delete from email_team where email_id = ${missing}`;
    await given.database`
      insert into email_team select portal_id, 999999, submitted_at, id, connector_id, false, progress
      from outbox_email where id = ${surplus}`;
    await given.database`update email_team set progress = 0 where email_id = ${behind}`;
    await given.database`alter table outbox_email disable trigger user`;
    await given.database`delete from outbox_email where id = ${orphan}`;
    await given.database`alter table outbox_email enable trigger user`;
    await given.database`delete from listed_email where id = ${hidden}`;
    const found = [missing, surplus, behind, orphan, hidden].toSorted();
    expect(await drift()).toEqual(found);
    // In pieces of any size the same.
    const pieces: string[] = [];
    for (let after: string | null = ''; after !== null;) {
      const look = await findSightDrift(given.database, after === '' ? null : after, 3);
      pieces.push(...look.drifted.map((it) => it.id));
      after = look.next;
    }
    expect(pieces).toEqual(found);
    await repairSight(given.database, given.portalId, found);
    expect(await drift()).toEqual([]);
    expect(await teamReaders(missing, ['bob', 'dan'])).toBe('bob');
  });
});

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
