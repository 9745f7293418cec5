import { beforeAll, describe, expect, it } from 'vitest';
import { outboxViews } from '@portal-outbox/contracts';
import { catchUpTallies, catchUpTotal } from '../src/db/count-changes.ts';
import { inTransaction, type Sql } from '../src/db/database.ts';
import {
  readTallies,
  readTotal,
  type CountedEmails,
  type Reading,
  type Tallies,
} from '../src/db/email-counts.ts';
import { notePortalChanged } from '../src/db/import-emails.ts';
import { countedSight } from '../src/outbox/counted-sight.ts';
import { tallyStatuses } from '../src/outbox/tally-statuses.ts';
import { givenOutbox, outcomeOf } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
const users = ['ada', 'bob', 'cy', 'dan', 'root', 'nobody'];
const random = seededRandom(11);
let connectors: string[];
let counted: CountedEmails[];

interface Before {
  tallies: Reading<Tallies>;
  total: Reading<number>;
}
const readAll = () =>
  Promise.all(
    counted.map(async (it): Promise<Before> => ({
      tallies: await readTallies(given.database, it),
      total: await readTotal(given.database, it),
    })),
  );

beforeAll(async () => {
  await given.directory([
    ...users.map((id) => ({ kind: 'user' as const, id, name: id })),
    { kind: 'user', id: 'root', name: 'root', access: 'all' },
    { kind: 'team', id: 'north', name: 'North', leaderId: 'dan', memberIds: ['ada', 'bob'] },
    { kind: 'team', id: 'south', name: 'South', parentId: 'north', memberIds: ['cy'] },
    { kind: 'packet', id: 'P', type: 'case', title: 'P', workerIds: ['cy', 'nobody'], accessIds: ['bob'] },
  ]);
  connectors = [await given.connector(), await given.connector()];
  const scopes = await Promise.all(users.map((user) => given.scopeOf(user)));
  counted = scopes.flatMap((scope) =>
    outboxViews.map((view) => ({ portalId: scope.portalId, sight: countedSight(scope, view), filter: {} })),
  );
  await submitSome(40);
  // What the directory did is long ago.
  await given.database`update sight_change set created_at = now() - interval '1 hour'`;
});

async function submitSome(number: number): Promise<void> {
  const emails = Array.from({ length: number }, () => ({
    authorId: random.next() < 0.3 ? null : random.pick(users),
    ...(random.next() < 0.5 && { packet: { ref: 'P', type: 'case' as const } }),
    ...(random.next() < 0.5 && { sendAt: '2027-01-01T00:00:00Z' }),
  }));
  await given.submitMany(random.pick(connectors), emails);
}

/** Something that happens to emails, of the kinds that there are. */
async function change(sql: Sql): Promise<void> {
  const some = sql`id in (select id from outbox_email where state <> 'cancelled' order by random() limit 5 for update skip locked)`;
  const acts = [
    () => sql`update outbox_email set listed = true, version = version + 1 where not listed and ${some}`,
    () => sql`
      update outbox_email set state = 'failed', listed = true, send_count = send_count + 1, version = version + 1
      where ${some}`,
    () =>
      sql`update outbox_email set state = 'waiting', retry_asked = true, version = version + 1 where ${some}`,
    () =>
      sql`update outbox_email set state = 'cancelled', left_at = now(), version = version + 1 where ${some}`,
    () => sql`
      update outbox_email set state = 'waiting', version = version + 1
      where id in (select id from outbox_email where state = 'cancelled' limit 3 for update skip locked)`,
    () =>
      sql`delete from outbox_email where id in (select id from outbox_email order by random() limit 1 for update skip locked)`,
  ];
  await random.pick(acts)();
}

async function expectCaughtUp(before: readonly Before[]): Promise<void> {
  for (const [index, { tallies, total }] of before.entries()) {
    const it = counted[index]!;
    const [caughtUp, now] = [
      await catchUpTallies(given.database, it, tallies),
      await readTallies(given.database, it),
    ];
    if (it.sight.systemOnly) expect(caughtUp).toBeNull();
    else {
      expect(caughtUp && tallyStatuses(caughtUp.value.connectors)).toEqual(
        tallyStatuses(now.value.connectors),
      );
      expect(caughtUp?.value.oldestAt).toEqual(now.value.oldestAt);
      expect((await catchUpTotal(given.database, it, total))?.value).toBe(
        (await readTotal(given.database, it)).value,
      );
    }
  }
}

describe('what was counted is brought up to now by what has changed since', () => {
  it('of all that happens to emails', async () => {
    for (let round = 0; round < 8; round += 1) {
      const before = await readAll();
      for (let changes = 0; changes < 6; changes += 1) await change(given.database);
      await submitSome(5);
      await expectCaughtUp(before);
    }
  });

  it('while transactions are open and end in another order', async () => {
    for (let round = 0; round < 5; round += 1) {
      let commit = (): void => undefined;
      const mayCommit = new Promise<void>((resolve) => (commit = resolve));
      let written = (): void => undefined;
      const isWritten = new Promise<void>((resolve) => (written = resolve));
      const transaction = inTransaction(given.other, async (tx) => {
        await change(tx);
        await change(tx);
        written();
        await mayCommit;
      });
      await isWritten;
      const before = await readAll();
      await change(given.database);
      await expectCaughtUp(before);
      const between = await readAll();
      commit();
      await transaction;
      await expectCaughtUp(between);
      await expectCaughtUp(before);
    }
  });

  it('of attempts that end', async () => {
    const { id, ...claimed } = await given.claimed(connectors[0]!);
    const before = await readAll();
    await given.settle(
      outcomeOf(claimed, { result: 'deferred', code: 450, reply: '450 4.2.0 Later', cause: 'try_later' }),
    );
    expect((await given.row(id)).listed).toBe(true);
    await expectCaughtUp(before);
  });
});

describe('everything is counted again', () => {
  const ofRoot = () => counted.find((it) => it.sight.everything && !it.sight.systemOnly)!;

  it('after an import', async () => {
    const before = await readTallies(given.database, ofRoot());
    expect(await catchUpTallies(given.database, ofRoot(), before)).not.toBeNull();
    await notePortalChanged(given.database, given.portalId);
    expect(await catchUpTallies(given.database, ofRoot(), before)).toBeNull();
    const after = await readTallies(given.database, ofRoot());
    expect(await catchUpTallies(given.database, ofRoot(), after)).not.toBeNull();
  });

  it('after a change of the directory, and for a while beside it', async () => {
    const before = await readTallies(given.database, ofRoot());
    await given.directory([
      { kind: 'team', id: 'north', name: 'North', leaderId: 'dan', memberIds: ['ada'] },
    ]);
    expect(await catchUpTallies(given.database, ofRoot(), before)).toBeNull();
    const beside = await readTallies(given.database, ofRoot());
    expect(await catchUpTallies(given.database, ofRoot(), beside)).toBeNull();
  });
});
