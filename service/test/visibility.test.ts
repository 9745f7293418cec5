import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { outboxViews } from '@portal-outbox/contracts';
import { inTransaction } from '../src/db/database.ts';
import { putPacket, putTeam, putUser } from '../src/db/directory.ts';
import { cancelEmail } from '../src/db/email-transitions.ts';
import { countEmails, listEmails, readRows } from '../src/db/list-emails.ts';
import { mayRead, readEmail } from '../src/db/read-email.ts';
import { readScope } from '../src/db/read-scope.ts';
import { viewsOf, type ReadScope } from '../src/outbox/visibility.ts';
import { givenOutbox, type EmailRow } from './outbox-fixture.ts';
import { seededRandom, type SeededRandom } from './seeded-random.ts';

const given = givenOutbox();
const users = ['ada', 'bob', 'cy', 'dan', 'eve', 'fay'];
const teams = ['north', 'south', 'north east', 'all of it'];
const packets = ['1-T', '2-C', '3-A', '4-T'];

/** The same ids in every portal: only the portal tells them apart. */
async function randomPortal(random: SeededRandom): Promise<string> {
  const portalId = randomUUID();
  for (const user of random.some(users)) {
    const access = random.next() < 0.15 ? 'all' : 'own';
    await putUser(given.database, portalId, user, { name: user, access });
  }
  for (const team of random.some(teams)) {
    // Cycles and parents that do not exist happen in directories.
    const body = {
      name: team,
      parentId: random.next() < 0.6 ? random.pick(teams) : null,
      leaderId: random.next() < 0.6 ? random.pick(users) : null,
      memberIds: random.some(users).slice(0, 3),
    };
    await inTransaction(given.database, (tx) => putTeam(tx, portalId, team, body));
  }
  for (const ref of random.some(packets)) {
    const body = {
      ...{ type: 'ticket' as const, title: ref, url: null },
      workerIds: random.some(users).slice(0, 2),
      accessIds: random.some(users).slice(0, 2),
    };
    await inTransaction(given.database, (tx) => putPacket(tx, portalId, ref, body));
  }
  const connectorId = await given.connector(portalId);
  const emails = Array.from({ length: 40 }, () => ({
    authorId: random.next() < 0.3 ? null : random.pick(users),
    ...(random.next() < 0.6 && { packet: { ref: random.pick(packets), type: 'ticket' as const } }),
  }));
  const ids = await given.submitMany(connectorId, emails, portalId);
  for (const id of ids) await given.put(id, { listed: random.next() < 0.9 });
  return portalId;
}

describe.each([1, 2, 3, 4, 5, 6])('in directory %d', (seed) => {
  const random = seededRandom(seed);
  let portals: string[];
  let rows: EmailRow[];
  let scopes: ReadScope[];

  beforeAll(async () => {
    portals = [await randomPortal(random), await randomPortal(random)];
    rows = await given.database<
      EmailRow[]
    >`select * from outbox_email where portal_id = any(${portals}::uuid[])`;
    scopes = await Promise.all(
      portals.flatMap((portalId) =>
        [...users, 'nobody'].flatMap((user) =>
          [false, true].map((administrator) => readScope(given.database, portalId, user, administrator)),
        ),
      ),
    );
    // One email of each portal is cancelled: it may be restored, and is listed nowhere.
    for (const portalId of portals) {
      const row = rows.find((it) => it.portal_id === portalId && it.author_id === 'ada' && it.listed);
      if (row === undefined) continue;
      const scope = await readScope(given.database, portalId, 'ada', false);
      expect(await cancelEmail(given.database, scope, row.id)).toBe(true);
      row.state = 'cancelled';
    }
  });

  /** By the pure function. */
  const views = (scope: ReadScope, row: EmailRow) =>
    row.portal_id === scope.portalId
      ? viewsOf(scope, { authorId: row.author_id, packetRef: row.packet_ref })
      : [];
  const ids = (of: { id: string }[]) => of.map((it) => it.id).toSorted();

  it('every view lists and counts exactly what the rule says, for everybody', async () => {
    for (const scope of scopes) {
      for (const view of outboxViews) {
        const expected = rows.filter(
          (row) => row.listed && row.state !== 'cancelled' && views(scope, row).includes(view),
        );
        const page = await listEmails(given.database, scope, view, 500, null);
        expect(ids(page.items), `${scope.userId}, ${view}`).toEqual(ids(expected));
        expect((await countEmails(given.database, scope, view)).total).toBe(expected.length);
      }
    }
  });

  it('one sees in detail, and may act on, exactly what one sees in All', async () => {
    for (const scope of scopes) {
      const shown = ids(await readRows(given.database, scope, ids(rows)));
      const open = rows.filter((row) => row.state !== 'cancelled');
      expect(shown, scope.userId).toEqual(ids(open.filter((row) => views(scope, row).length > 0)));
      for (const row of [random.pick(rows), random.pick(rows), random.pick(rows)]) {
        const visible = views(scope, row).length > 0;
        const detail = await readEmail(given.database, scope, row.id);
        expect(detail !== null).toBe(visible && row.state !== 'cancelled');
        expect(await mayRead(given.database, scope, row.id)).toBe(visible);
      }
    }
  });
});

describe('a team', () => {
  const portal = randomUUID();
  const put = (id: string, team: { parentId?: string; leaderId?: string; memberIds?: string[] }) =>
    inTransaction(given.database, (tx) =>
      putTeam(tx, portal, id, {
        name: id,
        parentId: team.parentId ?? null,
        leaderId: team.leaderId ?? null,
        memberIds: team.memberIds ?? [],
      }),
    );
  const teamOf = async (user: string) => {
    const { teamUserIds, leadsTeam, hasTeam } = await readScope(given.database, portal, user, false);
    return { users: [...teamUserIds].toSorted().join(' '), leadsTeam, hasTeam };
  };
  beforeAll(async () => {
    await put('top', { leaderId: 'chief', memberIds: ['aide'] });
    await put('middle', { parentId: 'top', leaderId: 'head', memberIds: ['ann'] });
    await put('low', { parentId: 'middle', leaderId: 'lead', memberIds: ['bob', 'cy'] });
    await put('apart', { memberIds: ['dan'] });
  });

  it.each([
    ['chief', 'aide ann bob chief cy head lead', true, true],
    ['head', 'ann bob cy head lead', true, true],
    ['lead', 'bob cy lead', true, true],
    ['ann', 'ann', false, true],
    ['bob', 'bob cy', false, true],
    ['dan', 'dan', false, true],
    ['stranger', 'stranger', false, false],
  ])('of %s: %s', async (user, members, leadsTeam, hasTeam) => {
    expect(await teamOf(user)).toEqual({ users: members, leadsTeam, hasTeam });
  });

  it('moves with its members, and forgets those who left', async () => {
    await put('low', { parentId: 'apart', leaderId: 'lead', memberIds: ['cy'] });
    expect((await teamOf('head')).users).toBe('ann head');
    expect((await teamOf('lead')).users).toBe('cy lead');
    expect(await teamOf('bob')).toEqual({ users: 'bob', leadsTeam: false, hasTeam: false });
  });

  it('that is its own parent is found once', async () => {
    await put('low', { parentId: 'low', leaderId: 'lead', memberIds: ['cy'] });
    expect((await teamOf('lead')).users).toBe('cy lead');
  });
});
