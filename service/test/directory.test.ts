import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../src/db/database.ts';
import { findSightDrift, repairSight } from '../src/db/sight-drift.ts';
import { directoryMail } from './directory-fixture.ts';
import { anHourAgo, deferral, givenOutbox, inOneHour, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
const { listedEmail, teamKeys, teamReaders } = directoryMail(given);
let connectorId: string;
beforeAll(async () => {
  connectorId = await given.connector();
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
