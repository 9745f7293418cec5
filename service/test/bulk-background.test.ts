// Longer than 300 lines: one runner, whatever happens to it, its rivals and its emails.
import { describe, expect, it } from 'vitest';
import { BulkRunner } from '../src/bulk/bulk-runner.ts';
import { claimAttempts } from '../src/db/claim-attempts.ts';
import { gatherEmails } from '../src/db/bulk-chunks.ts';
import { lookAfterRetried } from '../src/db/bulk-mail.ts';
import { removeOldBulk } from '../src/db/bulk-operations.ts';
import { inTransaction, openDatabase, type Sql } from '../src/db/database.ts';
import { portalApi } from './api-fixture.ts';
import { bulkOf } from './bulk-fixture.ts';
import { author, claimOf, givenOutbox, leases, outcomeOf, refusal, silent } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);
const bulk = bulkOf(given, api);

const failed = { state: 'failed', send_count: 1 } as const;

/** An operation of so many chunks of so many emails, so that there is something to happen in between. */
async function askInChunks(action: 'retry' | 'cancel', chunks: number, emails: number) {
  const ids = await bulk.emails(chunks * emails, failed);
  const connector = [(await given.row(ids[0]!)).connector_id];
  const { id } = await bulk.ask({ action, query: { view: 'mine', filter: { connector } } });
  await inTransaction(given.database, async (tx) => {
    await gatherEmails(tx, id!);
    const [gathered] = await tx<[{ ids: string[] }]>`
      delete from bulk_chunk where operation_id = ${id!} returning email_ids as ids`;
    for (let no = 1; no <= chunks; no += 1) {
      const some = gathered.ids.slice((no - 1) * emails, no * emails);
      await tx`insert into bulk_chunk (operation_id, no, email_ids) values (${id!}, ${no}, ${some}::uuid[])`;
    }
  });
  return { id: id!, ids };
}

/** Nobody acts on the emails while it lasts: who comes to them waits. */
async function holdEmails(ids: readonly string[]) {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  let over: Promise<unknown> = Promise.resolve();
  await new Promise<void>((held, refuse) => {
    over = inTransaction(given.other, async (tx) => {
      await tx`select from outbox_email where id = any(${[...ids]}::uuid[]) order by id for update`;
      held();
      await released;
    });
    over.catch(refuse);
  });
  return async () => {
    release();
    await over;
  };
}

/** Resolves once somebody waits for a lock; to whom the connections belong. */
async function waitingConnections(sql: Sql = given.database): Promise<number[]> {
  let pids: number[] = [];
  await expect
    .poll(async () => {
      const rows = await sql<{ pid: number }[]>`
        select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      pids = rows.map(({ pid }) => pid);
      return pids.length;
    })
    .toBeGreaterThan(0);
  return pids;
}

async function expectEachOnce(ids: readonly string[], state: string): Promise<void> {
  const rows = await bulk.rows(ids);
  expect(rows.size).toBe(ids.length);
  for (const row of rows.values()) expect(row).toMatchObject({ state, attempt_no: 1, version: 2 });
}

describe('a process that dies in the middle', () => {
  it('has done what it has said, and another one does the rest, each email once', async () => {
    const { id, ids } = await askInChunks('retry', 6, 20);
    const chunk = await given.database<[{ ids: string[] }]>`
      select email_ids as ids from bulk_chunk where operation_id = ${id} and no = 3`;
    const release = await holdEmails(chunk[0].ids.slice(10));
    const dying = openDatabase(given.url, 'dying', 5, silent);
    const dead = await bulk.startRunner(dying);
    // It is in the middle of its third transaction: half of its emails are changed.
    const pids = await waitingConnections();
    expect(await bulk.read(id)).toMatchObject({ state: 'running', done: 40 });
    await dying.end({ timeout: 0 });
    for (const pid of pids) await given.database`select pg_terminate_backend(${pid})`;
    await dead.stop();
    await release();

    expect(await bulk.read(id)).toMatchObject({ state: 'running', done: 40 });
    expect(await bulk.carryOut(id)).toMatchObject({ state: 'done', matched: 120, done: 120, skipped: [] });
    await expectEachOnce(ids, 'waiting');
  });

  it('while it gathered leaves that to another one', async () => {
    const ids = await bulk.emails(5, failed);
    const connector = [(await given.row(ids[0]!)).connector_id];
    const { id } = await bulk.ask({ action: 'cancel', query: { view: 'mine', filter: { connector } } });
    const dying = inTransaction(given.other, async (tx) => {
      await gatherEmails(tx, id!);
      throw new Error('dies');
    });
    await expect(dying).rejects.toThrow('dies');
    expect(await bulk.read(id!)).toMatchObject({ state: 'gathering', matched: null });
    expect(await bulk.carryOut(id!)).toMatchObject({ state: 'done', matched: 5, done: 5 });
  });

  it('is noticed by one that runs', async () => {
    const { id, ids } = await askInChunks('cancel', 1, 10);
    const release = await holdEmails(ids.slice(5));
    const dying = openDatabase(given.url, 'dying', 5, silent);
    const dead = await bulk.startRunner(dying);
    const pids = await waitingConnections();
    const alive = await bulk.startRunner();
    for (const pid of pids) await given.database`select pg_terminate_backend(${pid})`;
    await dying.end({ timeout: 0 });
    await dead.stop();
    await release();
    expect(await bulk.over(id)).toMatchObject({ state: 'done', done: 10 });
    await alive.stop();
    await expectEachOnce(ids, 'cancelled');
  });
});

describe('several processes at once', () => {
  it('share an operation and act on each email once', async () => {
    const { id, ids } = await askInChunks('retry', 20, 10);
    const release = await holdEmails([ids[0]!]);
    // One of them is held up; the other goes on with the rest.
    const runners = [await bulk.startRunner(), await bulk.startRunner(given.other)];
    await expect.poll(async () => (await bulk.read(id)).done).toBe(190);
    expect(await bulk.read(id)).toMatchObject({ state: 'running' });
    await release();
    expect(await bulk.over(id)).toMatchObject({ state: 'done', done: 200 });
    await Promise.all(runners.map((runner) => runner.stop()));
    await expectEachOnce(ids, 'waiting');
  });

  it('gather once for one that is asked for', async () => {
    const ids = await bulk.emails(30, failed);
    const connector = [(await given.row(ids[0]!)).connector_id];
    const runners = [await bulk.startRunner(), await bulk.startRunner(given.other)];
    const asked = await Promise.all(
      ['eins', 'zwei', 'drei'].map(() =>
        bulk.ask({ action: 'cancel', query: { view: 'mine', filter: { connector } } }),
      ),
    );
    const operations = await Promise.all(asked.map(({ id }) => bulk.over(id!)));
    await Promise.all(runners.map((runner) => runner.stop()));
    // Whichever was first cancelled them; each email is the work of one.
    expect(operations.reduce((sum, it) => sum + it.done, 0)).toBe(30);
    await expectEachOnce(ids, 'cancelled');
  });
});

describe('a deadlock', () => {
  it('is got over by doing the same emails again', async () => {
    const { id, ids } = await askInChunks('retry', 1, 20);
    const [first, last] = [ids.toSorted()[0]!, ids.toSorted().at(-1)!];
    let runner: Awaited<ReturnType<typeof bulk.startRunner>> | undefined;
    const other = inTransaction(given.other, async (tx) => {
      await tx`select from outbox_email where id = ${last} for update`;
      runner ??= await bulk.startRunner();
      await waitingConnections();
      await tx`select from outbox_email where id = ${first} for update`;
    });
    await other;
    expect(await bulk.over(id)).toMatchObject({ done: 20, skipped: [] });
    await runner!.stop();
    await expectEachOnce(ids, 'waiting');
  });
});

describe('stopping', () => {
  it('finishes what is under way, leaves the rest as it was and says which is which', async () => {
    const { id, ids } = await askInChunks('cancel', 3, 4);
    const [second] = await given.database<[{ ids: string[] }]>`
      select email_ids as ids from bulk_chunk where operation_id = ${id} and no = 2`;
    const release = await holdEmails(second.ids.slice(2));
    const runner = await bulk.startRunner();
    await waitingConnections();
    const stopping = bulk.call('POST', id, '/stop');
    await expect.poll(async () => (await waitingConnections()).length).toBe(2);
    await release();
    expect(await stopping).toMatchObject({ status: 200, state: 'stopped', done: 8, matched: 12 });
    await runner.stop();

    const results = await bulk.results(id);
    expect(results.map(({ result }) => result)).toEqual([
      ...Array.from({ length: 8 }, () => 'done'),
      ...Array.from({ length: 4 }, () => 'not_reached'),
    ]);
    const rows = await bulk.rows(ids);
    for (const it of results) {
      expect(rows.get(it.id)!.state).toBe(it.result === 'done' ? 'cancelled' : 'failed');
    }
    // Nothing of it happens later, and stopping again changes nothing.
    expect(await bulk.carryOut(id)).toMatchObject({ state: 'stopped', done: 8 });
    expect(await bulk.call('POST', id, '/stop')).toMatchObject({ status: 200, state: 'stopped', done: 8 });
  });

  it('ends one that has not begun', async () => {
    const ids = await bulk.emails(2, failed);
    const { id } = await bulk.ask({ action: 'cancel', ids });
    expect(await bulk.call('POST', id!, '/stop')).toMatchObject({ state: 'stopped', done: 0 });
    await bulk.carryOut(id!);
    for (const row of (await bulk.rows(ids)).values()) expect(row.state).toBe('failed');
  });
});

describe('what became of retried mail', () => {
  it('follows each email until it has left, failed again or was cancelled', async () => {
    const ids = await bulk.emails(4, failed);
    const connectorId = (await given.row(ids[0]!)).connector_id;
    const { id } = await bulk.ask({ action: 'retry', ids });
    expect((await bulk.carryOut(id!)).mail).toEqual({ sent: 0, failed: 0, waiting: 4, cancelled: 0 });

    const attempts = await given.dispatch(connectorId);
    const claims = attempts.map((attempt) => claimOf(attempt));
    await claimAttempts(given.database, claims.slice(0, 2), leases);
    await given.settle(
      outcomeOf({ attempt: attempts[0]!, claim: claims[0]! }),
      outcomeOf({ attempt: attempts[1]!, claim: claims[1]! }, refusal),
    );
    await api.call(author, 'POST', `/v1/emails/${attempts[2]!.emailId}/cancel`);
    const runner = await bulk.startRunner();
    await expect
      .poll(async () => (await bulk.read(id!)).mail, { timeout: 5000 })
      .toEqual({ sent: 1, failed: 1, waiting: 1, cancelled: 1 });

    // Each counts once: that somebody tries again is another story.
    await api.call(author, 'POST', `/v1/emails/${attempts[1]!.emailId}/retry`);
    await claimAttempts(given.database, claims.slice(3), leases);
    await given.settle(outcomeOf({ attempt: attempts[3]!, claim: claims[3]! }));
    await expect
      .poll(async () => (await bulk.read(id!)).mail, { timeout: 5000 })
      .toEqual({ sent: 2, failed: 1, waiting: 0, cancelled: 1 });
    await runner.stop();
    const [row] = await given.database`select look_at from bulk_operation where id = ${id!}`;
    expect(row).toEqual({ look_at: null });
  });

  it('is looked at ever more rarely while it waits for long', async () => {
    const { id } = await bulk.ask({ action: 'retry', ids: await bulk.emails(1, failed) });
    await bulk.carryOut(id!);
    await given.database`
      update bulk_operation set look_at = now() - interval '1 second', asked_at = asked_at - interval '1 hour'
      where id = ${id!}`;
    expect(await inTransaction(given.database, (tx) => lookAfterRetried(tx))).toBe(true);
    const [row] = await given.database<[{ seconds: number }]>`
      select extract(epoch from look_at - now())::float8 as seconds from bulk_operation where id = ${id!}`;
    expect(row.seconds).toBeCloseTo(36, -1);
  });
});

describe('what is told of it', () => {
  it('is for its owner, and says nothing of emails', async () => {
    await given.database`delete from outbox_change`;
    const { id } = await askInChunks('retry', 2, 2);
    await bulk.carryOut(id);
    const told = await given.database`
      select bulk_id, user_id, portal_id, email_id, connector_id from outbox_change
      where email_id is null and connector_id is null`;
    expect(told.length).toBeGreaterThanOrEqual(4);
    for (const change of told) {
      expect(change).toEqual({
        ...{ bulk_id: id, user_id: author, portal_id: given.portalId },
        ...{ email_id: null, connector_id: null },
      });
    }
  });
});

describe('what is kept', () => {
  it('is an operation with its results for seven days after its end', async () => {
    const old = await askInChunks('cancel', 1, 1);
    const young = await askInChunks('cancel', 1, 1);
    await bulk.carryOut(old.id);
    await bulk.carryOut(young.id);
    await given.database`
      update bulk_operation set ended_at = now() - interval '7 days 1 minute' where id = ${old.id}`;
    await removeOldBulk(given.database);
    expect((await bulk.call('GET', old.id)).status).toBe(404);
    expect((await bulk.call('GET', young.id)).status).toBe(200);
    expect(await given.database`select from bulk_chunk where operation_id = ${old.id}`).toHaveLength(0);
  });
});

describe('the runner', () => {
  it('goes on with the other operations when one fails', async () => {
    const broken = await askInChunks('cancel', 1, 1);
    await given.database`
      update bulk_operation set state = 'gathering', query = '{"view":"all","filter":{"connector":["none"]}}'
      where id = ${broken.id}`;
    const { id } = await askInChunks('cancel', 2, 2);
    expect(await bulk.carryOut(id)).toMatchObject({ state: 'done', done: 4 });
    expect(await bulk.read(broken.id)).toMatchObject({ state: 'gathering' });
    await bulk.call('POST', broken.id, '/stop');
  });

  it('stopped before its start does nothing, and twice is harmless', async () => {
    const runner = new BulkRunner(given.database, silent);
    await runner.stop();
    await runner.start();
    const { id } = await askInChunks('cancel', 1, 1);
    await Promise.all([runner.stop(), runner.stop()]);
    expect(await bulk.read(id)).toMatchObject({ state: 'running', done: 0 });
    const other = await bulk.startRunner();
    await bulk.over(id);
    await Promise.all([other.stop(), other.stop()]);
    await other.stop();
  });

  it('finishes the emails it is at when it is stopped', async () => {
    const { id } = await askInChunks('cancel', 2, 4);
    const [first] = await given.database<[{ ids: string[] }]>`
      select email_ids as ids from bulk_chunk where operation_id = ${id} and no = 1`;
    const release = await holdEmails(first.ids.slice(3));
    const runner = await bulk.startRunner();
    await waitingConnections();
    let stopped = false;
    const stopping = runner.stop().then(() => (stopped = true));
    expect(await bulk.read(id)).toMatchObject({ done: 0 });
    expect(stopped).toBe(false);
    await release();
    await stopping;
    expect(await bulk.read(id)).toMatchObject({ state: 'running', done: 4 });
    await bulk.carryOut(id);
  });
});
