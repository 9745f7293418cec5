import { describe, expect, it } from 'vitest';
import { cancelEmails } from '../src/db/email-transitions.ts';
import { portalApi } from './api-fixture.ts';
import { bulkOf } from './bulk-fixture.ts';
import { author, givenOutbox, inOneHour } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);
const bulk = bulkOf(given, api);

const failed = { state: 'failed', send_count: 1 } as const;

describe('an undo of a bulk cancel', () => {
  const cancelled = async (ids: readonly string[]) => {
    const { id } = await bulk.ask({ action: 'cancel', ids });
    return await bulk.carryOut(id!);
  };

  it('restores what was cancelled as it was, and nothing else', async () => {
    const [own] = await bulk.emails(1, {
      state: 'cancelled',
      cancelled_by: author,
      left_at: new Date(),
    } as never);
    const waiting = await bulk.emails(2, { due_at: inOneHour() });
    const broken = await bulk.emails(2, failed);
    const cancel = await cancelled([own!, ...waiting, ...broken]);
    expect(cancel).toMatchObject({ done: 4, skipped: [{ reason: 'already_cancelled', total: 1 }] });
    expect(Date.parse(cancel.undoUntil!) - Date.parse(cancel.createdAt)).toBe(24 * 3600_000);

    const undo = await bulk.call('POST', cancel.id, '/undo');
    expect(undo).toMatchObject({
      status: 202,
      action: 'restore',
      undoes: cancel.id,
      matched: 4,
      undoUntil: null,
    });
    expect(await bulk.carryOut(undo.id!)).toMatchObject({ done: 4, skipped: [] });
    const rows = await bulk.rows([own!, ...waiting, ...broken]);
    expect([...rows.values()].map(({ state }) => state).toSorted()).toEqual([
      ...['cancelled', 'failed', 'failed', 'waiting', 'waiting'],
    ]);
    expect((await bulk.read(cancel.id)).undoUntil).toBeNull();
    // Asked again, it is the same.
    expect((await bulk.call('POST', cancel.id, '/undo')).id).toBe(undo.id);
  });

  it('takes a cancel back that is still under way', async () => {
    const ids = await bulk.emails(4, failed);
    const { id } = await bulk.ask({ action: 'cancel', ids: ids.slice(0, 2) });
    await given.database`
      insert into bulk_chunk (operation_id, no, email_ids) values (${id!}, 2, ${ids.slice(2)}::uuid[])`;
    const undone = await cancelEmails(given.database, await given.scopeOf(author), ids.slice(0, 2));
    expect(undone).toEqual([]);
    await given.database`update bulk_chunk set results = '{"",""}', done = 2 where operation_id = ${id!} and no = 1`;

    const undo = await bulk.call('POST', id!, '/undo');
    await bulk.carryOut(undo.id!);
    expect(await bulk.read(id!)).toMatchObject({ state: 'stopped', done: 2 });
    for (const row of (await bulk.rows(ids)).values()) expect(row.state).toBe('failed');
  });

  it('brings back as it was what took longer than a minute to cancel', async () => {
    const ids = await bulk.emails(2, { due_at: new Date() });
    const cancel = await cancelled(ids);
    await given.database`
      update bulk_operation set asked_at = asked_at - interval '5 minutes' where id = ${cancel.id}`;
    await given.put(ids[0]!, { left_at: new Date(Date.now() - 4 * 60_000) });
    const undo = await bulk.call('POST', cancel.id, '/undo');
    await bulk.carryOut(undo.id!);
    for (const row of (await bulk.rows(ids)).values()) expect(row.state).toBe('waiting');
  });

  it('comes too late for emails whose time has passed a minute after it', async () => {
    const ids = await bulk.emails(1, { due_at: new Date() });
    const cancel = await cancelled(ids);
    await given.database`
      update bulk_operation set asked_at = asked_at - interval '3 minutes', ended_at = ended_at - interval '2 minutes'
      where id = ${cancel.id}`;
    await given.put(ids[0]!, { left_at: new Date(Date.now() - 150_000) });
    const undo = await bulk.call('POST', cancel.id, '/undo');
    await bulk.carryOut(undo.id!);
    expect(await given.row(ids[0]!)).toMatchObject({ state: 'failed', last_cause: 'time_passed' });
  });

  it('leaves alone what was restored and cancelled anew since', async () => {
    const ids = await bulk.emails(2, failed);
    const cancel = await cancelled(ids);
    for (const action of ['restore', 'cancel'])
      await api.call(author, 'POST', `/v1/emails/${ids[0]}/${action}`);
    const undo = await bulk.call('POST', cancel.id, '/undo');
    expect(await bulk.carryOut(undo.id!)).toMatchObject({
      done: 1,
      skipped: [{ reason: 'already_restored', total: 1 }],
    });
    expect((await given.row(ids[0]!)).state).toBe('cancelled');
  });

  it('is refused after 24 hours, and for a retry', async () => {
    const cancel = await cancelled(await bulk.emails(1, failed));
    await given.database`
      update bulk_operation set asked_at = asked_at - interval '24 hours' where id = ${cancel.id}`;
    expect(await bulk.read(cancel.id)).toMatchObject({ undoUntil: null });
    expect(await bulk.call('POST', cancel.id, '/undo')).toMatchObject({
      status: 409,
      code: 'not_restorable',
    });
    const retry = await bulk.ask({ action: 'retry', ids: await bulk.emails(1, failed) });
    expect(await bulk.call('POST', retry.id!, '/undo')).toMatchObject({
      status: 409,
      code: 'not_restorable',
    });
    await bulk.carryOut(retry.id!);
  });
});
