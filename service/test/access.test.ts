import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAccess, compared } from './access/compare-access.ts';
import { overseer, portalWithEmails, tell, type ComparedPortal } from './access/portal-with-emails.ts';
import { packets, randomChange, randomLines, teams, users } from './access/random-directory.ts';
import type { ToldLine } from './access/told-directory.ts';
import { viewsByTheBook, type AskedReader } from './access/who-sees-what.ts';
import { givenFeed } from './feed-fixture.ts';
import { givenOutbox } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

/*
 * Who sees what, asked of everything that shows emails or acts on them: (role × relation × view × operation) in one
 * directory with every role and relation in it, and in random ones. Two portals with the same ids stand side by side.
 */

const given = givenOutbox();
afterAll(() => {
  // What the measures of the project ask for.
  process.stdout.write(`access: ${compared.cases} cases compared\n`);
});

const everybody =
  (...administrators: string[]) =>
  (): AskedReader[] => [
    ...[...users, 'nobody'].map((userId) => ({ userId, administrator: false })),
    ...administrators.map((userId) => ({ userId, administrator: true })),
  ];

describe('in a directory with every role and relation', () => {
  const [ada, bob, cy, dan, eve, fay] = users as [string, string, string, string, string, string];
  const [north, south, northEast] = teams as [string, string, string];
  const [ofAda, ofBob, ofTwo, ofNobody] = packets as [string, string, string, string];
  const lines: ToldLine[] = [
    // Ada leads the north, with the north east, which bob leads; cy and dan are in it; eve is in the south; fay has no team.
    { kind: 'team', id: north, name: north, leaderId: ada, memberIds: [] },
    { kind: 'team', id: northEast, name: northEast, parentId: north, leaderId: bob, memberIds: [cy, dan] },
    { kind: 'team', id: south, name: south, memberIds: [eve] },
    { kind: 'packet', id: ofAda, type: 'ticket', title: ofAda, workerIds: [ada], accessIds: [eve] },
    { kind: 'packet', id: ofBob, type: 'case', title: ofBob, workerIds: [bob, fay] },
    { kind: 'packet', id: ofTwo, type: 'action', title: ofTwo, workerIds: [cy, eve] },
    { kind: 'packet', id: ofNobody, type: 'ticket', title: ofNobody, accessIds: [fay, cy] },
    { kind: 'user', id: eve, name: 'Eve', accessTeamIds: [north] },
    { kind: 'user', id: fay, name: 'Fay', accessUserIds: [ada] },
    { kind: 'user', id: dan, name: 'Dan' },
  ];
  let portals: ComparedPortal[];
  beforeAll(async () => {
    const random = seededRandom(1);
    portals = [await portalWithEmails(given, random, lines), await portalWithEmails(given, random, [])];
  });

  it('everybody sees, in every view and by every operation, what the book says', { timeout: 120_000 }, () =>
    compareAccess(given, portals, everybody(dan)),
  );

  describe('the feed', () => {
    const feed = givenFeed(given);

    it('tells everybody of the emails that they see, with the views that these are in, and of no other', async () => {
      const emails = portals.flatMap((portal) => portal.emails);
      const listed = emails.filter((it) => it.listed && it.state !== 'cancelled' && it.state !== 'sent');
      const streams = await Promise.all(
        portals.flatMap((portal) =>
          [...users, 'nobody', overseer].map(async (userId) => {
            const stream = await feed.read({ user: userId, portalId: portal.id });
            const told = listed.flatMap((email) => {
              if (email.portalId !== portal.id) return [];
              const views = viewsByTheBook(portal.directory, { userId, administrator: false }, email);
              return views.length === 0 ? [] : [`row ${email.id} ${views.toSorted().join(' ')}`];
            });
            return { stream, told };
          }),
        ),
      );
      const ids = listed.map((email) => email.id);
      await given.database`update outbox_email set version = version + 1 where id = any(${ids}::uuid[])`;
      for (const { stream, told } of streams) {
        await expect.poll(() => stream.told.toSorted()).toEqual(told.toSorted());
        compared.cases += listed.length;
      }
    });
  });
});

describe.each([1, 2, 3])('in the random directory %d', (seed) => {
  const random = seededRandom(seed);

  it('everybody sees what the book says, also after it has changed', { timeout: 120_000 }, async () => {
    const portals: ComparedPortal[] = [];
    for (let count = 0; count < 2; count += 1) {
      const portal = await portalWithEmails(given, random, randomLines(random));
      for (let times = 0; times < 12; times += 1) await tell(given, portal, [randomChange(random)]);
      portals.push(portal);
    }
    await compareAccess(given, portals, everybody(random.pick(users)));
  });
});
