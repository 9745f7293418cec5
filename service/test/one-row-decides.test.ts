import { describe, expect, it } from 'vitest';
import { claimAttempts } from '../src/db/claim-attempts.ts';
import { disableConnector } from '../src/db/connectors.ts';
import { inTransaction, type Sql } from '../src/db/database.ts';
import { cancelEmail, restoreEmail, retryEmail } from '../src/db/email-transitions.ts';
import { loseClaims } from '../src/db/lose-claims.ts';
import { settleAttempts } from '../src/db/settle-attempts.ts';
import type { ReadScope } from '../src/outbox/visibility.ts';
import { author, claimOf, givenOutbox, outcomeOf, type EmailRow, leases } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
const rounds = 200;
const random = seededRandom(354);

/** One of two who act on the same email at once; tells whether it was done. */
type Act = (sql: Sql) => Promise<boolean>;
interface Duel {
  id: string;
  one: Act;
  two: Act;
}
type Done = [one: boolean, two: boolean];

interface Pair {
  name: string;
  prepare: (scope: ReadScope) => Promise<Duel>;
  /** What must hold of the row afterwards, for who was done. */
  expected: (done: Done, before: EmailRow) => Partial<EmailRow> | 'gone';
  /** Pairs in which both may be done, one after the other. */
  bothMayBeDone?: true;
}

const dispatched = async () => {
  const connectorId = await given.connector();
  const id = await given.submit(connectorId);
  const [attempt] = await given.dispatch(connectorId);
  return { id, connectorId, attempt: attempt! };
};
const claim = (asked: ReturnType<typeof claimOf>): Act => {
  return async (sql) => (await claimAttempts(sql, [asked], leases))[0]?.granted ?? false;
};
const failed = async () => {
  const { id } = await given.claimed(await given.connector());
  await given.put(id, { state: 'failed', send_count: 1, listed: true });
  return id;
};

const tokens = new Map<string, string[]>();
const pairs: Pair[] = [
  {
    name: 'claim × cancel',
    prepare: async (scope) => {
      const { id, attempt } = await dispatched();
      return { id, one: claim(claimOf(attempt)), two: (sql) => cancelEmail(sql, scope, id) };
    },
    expected: ([claims], before) =>
      claims
        ? { state: 'claimed', attempt_no: before.attempt_no }
        : { state: 'cancelled', attempt_no: before.attempt_no + 1, claim_token: null },
  },
  {
    name: 'claim × claim of another worker',
    prepare: async () => {
      const { id, attempt } = await dispatched();
      const [one, two] = [claimOf(attempt), claimOf(attempt)];
      tokens.set(id, [one.claimToken, two.claimToken]);
      return { id, one: claim(one), two: claim(two) };
    },
    expected: ([first], before) => ({
      state: 'claimed',
      attempt_no: before.attempt_no,
      claim_token: tokens.get(before.id)![first ? 0 : 1]!,
      version: before.version + 1,
    }),
  },
  {
    name: 'claim × disable the connector',
    prepare: async () => {
      const { id, connectorId, attempt } = await dispatched();
      const disable: Act = async (sql) => {
        await disableConnector(sql, given.portalId, connectorId, 'administrator');
        return (await sql`select from outbox_email where id = ${id} and state = 'waiting'`).length > 0;
      };
      return { id, one: claim(claimOf(attempt)), two: disable };
    },
    expected: ([claims], before) =>
      claims
        ? { state: 'claimed', attempt_no: before.attempt_no }
        : { state: 'waiting', attempt_no: before.attempt_no + 1, claim_token: null },
  },
  {
    name: 'settle × the same outcome again',
    prepare: async () => {
      const claimedEmail = await given.claimed(await given.connector());
      const outcome = outcomeOf(claimedEmail, { result: 'deferred', cause: 'greylisted' });
      const settle: Act = async (sql) => (await settleAttempts(sql, [outcome], () => 0.5)).applied.size > 0;
      return { id: claimedEmail.id, one: settle, two: settle };
    },
    expected: (_, before) => ({
      state: 'waiting',
      series_position: 1,
      send_count: 1,
      version: before.version + 1,
      claim_token: null,
    }),
  },
  {
    name: 'settle as sent × the same outcome again',
    prepare: async () => {
      const claimedEmail = await given.claimed(await given.connector());
      const settle: Act = async (sql) =>
        (await settleAttempts(sql, [outcomeOf(claimedEmail)], () => 0.5)).applied.size > 0;
      return { id: claimedEmail.id, one: settle, two: settle };
    },
    expected: () => 'gone',
  },
  {
    name: 'settle × the lease runs out',
    bothMayBeDone: true,
    prepare: async () => {
      const claimedEmail = await given.claimed(await given.connector());
      await given.put(claimedEmail.id, { lease_until: new Date(0) });
      const settle: Act = async (sql) =>
        (await settleAttempts(sql, [outcomeOf(claimedEmail)], () => 0.5)).applied.size > 0;
      return { id: claimedEmail.id, one: settle, two: async (sql) => (await loseClaims(sql, () => 0.5, new Date())) > 0 };
    },
    // A late real outcome replaces "may have been sent", so that the outcome always wins.
    expected: () => 'gone',
  },
  {
    name: 'retry × retry',
    prepare: async (scope) => {
      const id = await failed();
      const retry: Act = (sql) => retryEmail(sql, scope, id, false);
      return { id, one: retry, two: retry };
    },
    expected: (_, before) => ({ state: 'waiting', retry_asked: true, attempt_no: before.attempt_no + 1 }),
  },
  {
    name: 'cancel × retry',
    bothMayBeDone: true,
    prepare: async (scope) => {
      const id = await failed();
      return {
        id,
        one: (sql) => cancelEmail(sql, scope, id),
        two: (sql) => retryEmail(sql, scope, id, false),
      };
    },
    // What was retried can still be cancelled; what was cancelled cannot be retried.
    expected: ([, retried], before) => ({
      state: 'cancelled',
      attempt_no: before.attempt_no + (retried ? 2 : 1),
    }),
  },
  {
    name: 'restore × restore',
    prepare: async (scope) => {
      const id = await given.submit(await given.connector());
      await cancelEmail(given.database, scope, id);
      const restore: Act = (sql) => restoreEmail(sql, scope, id);
      return { id, one: restore, two: restore };
    },
    expected: (_, before) => ({ state: 'waiting', attempt_no: before.attempt_no + 1, left_at: null }),
  },
  {
    name: 'cancel × restore',
    bothMayBeDone: true,
    prepare: async (scope) => {
      const id = await given.submit(await given.connector());
      await cancelEmail(given.database, scope, id);
      return { id, one: (sql) => cancelEmail(sql, scope, id), two: (sql) => restoreEmail(sql, scope, id) };
    },
    expected: ([cancelled], before) => ({
      state: cancelled ? 'cancelled' : 'waiting',
      attempt_no: before.attempt_no + (cancelled ? 2 : 1),
    }),
  },
];

describe.each(pairs)('$name', ({ prepare, expected, bothMayBeDone }) => {
  it(`at the same moment: one row decides, ${rounds} times`, { timeout: 60_000 }, async () => {
    const scope = await given.scopeOf(author);
    for (let round = 0; round < rounds; round += 10) {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const duel = await prepare(scope);
          const before = await given.row(duel.id);
          const acts = [
            () => inTransaction(given.database, duel.one),
            () => inTransaction(given.other, duel.two),
          ];
          const reversed = random.next() < 0.5;
          if (reversed) acts.reverse();
          const done = await Promise.all(acts.map((act) => act()));
          if (reversed) done.reverse();
          await check(done as Done, before);
        }),
      );
    }
  });

  it.each([
    ['the first', false],
    ['the second', true],
  ])('%s holds the row while the other one waits: it wins', async (_, reversed) => {
    const duel = await prepare(await given.scopeOf(author));
    const before = await given.row(duel.id);
    const [holder, waiter] = reversed ? [duel.two, duel.one] : [duel.one, duel.two];
    let waited: Promise<boolean> | undefined;
    const held = await inTransaction(given.database, async (tx) => {
      const done = await holder(tx);
      waited = inTransaction(given.other, waiter);
      await isBlockedOrDone(waited);
      return done;
    });
    const done: Done = reversed ? [(await waited)!, held] : [held, (await waited)!];
    await check(done, before);
  });

  async function check(done: Done, before: EmailRow): Promise<void> {
    if (bothMayBeDone) expect(done).toContain(true);
    else expect(done.toSorted()).toEqual([false, true]);
    const wanted = expected(done, before);
    if (wanted !== 'gone') {
      expect(await given.row(before.id)).toMatchObject(wanted);
      return;
    }
    expect(await given.archived(before.id)).toMatchObject({ state: 'sent', send_count: 1 });
    await expect(given.row(before.id)).rejects.toThrow('not in the outbox');
  }
});

/** Resolves once a connection of the other pool waits for a lock, or its work is over. */
async function isBlockedOrDone(work: Promise<unknown>): Promise<void> {
  let over = false;
  void work.finally(() => (over = true));
  await expect
    .poll(
      async () => {
        const rows = await given.database`
          select from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`;
        return over || rows.length > 0;
      },
      { interval: 5 },
    )
    .toBe(true);
}
