import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limits, undoChoices, type OutboxEmail, type UndoChoice } from '@portal-outbox/contracts';
import { readRows } from '../src/db/list-emails.ts';
import { readSettings, writeSettings } from '../src/db/settings.ts';
import { offeredUndo } from '../src/outbox/offered-undo.ts';
import { portalApi } from './api-fixture.ts';
import { author, givenOutbox, type EmailChanges } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);
let connectorId = '';
beforeAll(async () => {
  connectorId = await given.connector();
});
beforeEach(() => given.database`delete from user_preferences`.then(() => undefined));
afterEach(() => given.database`delete from settings`.then(() => undefined));

const choose = (undoSeconds: UndoChoice, user = author) =>
  api.call(user, 'PATCH', '/v1/preferences', { body: { undoSeconds } });
const rowOf = async (id: string) =>
  (await readRows(given.database, await given.scopeOf(author), [id]))[0] ?? null;
const act = async (id: string, action: string) => {
  const { status, body } = await api.call(author, 'POST', `/v1/emails/${id}/${action}`);
  return { status, email: (body as { email: OutboxEmail | null }).email };
};

/** Seconds from submission to departure. */
async function delayOf(changes: EmailChanges = {}): Promise<number> {
  const { due_at, submitted_at } = await given.row(await given.submit(connectorId, changes));
  return (due_at.getTime() - submitted_at.getTime()) / 1000;
}

describe('Undo Send', () => {
  it.each(undoChoices)('of %i s holds an email 3 s longer than it shows, or not at all', async (seconds) => {
    await choose(seconds);
    const expected = seconds === 0 ? 0 : seconds + limits.undoMarginSeconds;
    expect(await delayOf()).toBeCloseTo(expected, 1);
    const row = (await rowOf(await given.submit(connectorId)))!;
    const shown = row.undoUntil == null ? null : Date.parse(row.undoUntil) - Date.parse(row.submittedAt);
    if (seconds === 0) expect(shown).toBeNull();
    else expect(shown! / 1000).toBeCloseTo(seconds, 1);
  });

  it('is the author’s: others’ and system-generated emails leave at once', async () => {
    await choose(60);
    expect(await delayOf({ authorId: 'bob' })).toBeCloseTo(0, 1);
    expect(await delayOf({ authorId: null })).toBeCloseTo(0, 1);
  });

  it('of a user of the same name in another portal is another user’s', async () => {
    const portalId = '11111111-1111-4111-8111-111111111111';
    await given.database`
      insert into user_preferences values (${portalId}, ${author}, ${given.database.json({ undoSeconds: 60 })})`;
    expect(await delayOf()).toBeCloseTo(0, 1);
    const [id] = await given.submitMany(await given.connector(portalId), [{}], portalId);
    const { due_at, submitted_at } = await given.row(id!);
    expect((due_at.getTime() - submitted_at.getTime()) / 1000).toBeCloseTo(63, 1);
  });

  it('holds each email of a submission by its own author’s choice', async () => {
    await choose(10);
    await choose(30, 'bob');
    const ids = await given.submitMany(connectorId, [{}, { authorId: 'bob' }, { authorId: null }]);
    const rows = await Promise.all(ids.map((id) => given.row(id)));
    expect(rows.map((it) => Math.round((it.due_at.getTime() - it.submitted_at.getTime()) / 1000))).toEqual([
      13, 33, 0,
    ]);
  });

  it('does not bring a date forward, nor is a later date a hold', async () => {
    await choose(30);
    const sendAt = new Date(Date.now() + 3600_000).toISOString();
    const id = await given.submit(connectorId, { sendAt });
    expect(await rowOf(id)).toMatchObject({ nextAttemptAt: sendAt, undoUntil: null, status: 'queued' });
    expect(await delayOf({ sendAt: new Date(Date.now() + 5000).toISOString() })).toBeCloseTo(33, 1);
    expect(await delayOf({ sendAt: '2020-01-01T00:00:00Z' })).toBeCloseTo(33, 1);
  });

  it('changed later leaves what is held as it is', async () => {
    await choose(60);
    const id = await given.submit(connectorId);
    const { due_at } = await given.row(id);
    await choose(0);
    expect((await given.row(id)).due_at).toEqual(due_at);
  });

  it.each(undoChoices)('of %i s is cut to what the portal offers, in SQL as in the rule', async (seconds) => {
    await choose(seconds);
    for (const offered of [[0], [0, 5, 30], [0, 10, 120]] as UndoChoice[][]) {
      const { revision, ...settings } = await readSettings(given.database, given.portalId);
      await writeSettings(given.database, given.portalId, { ...settings, undoChoices: offered }, revision);
      const holds = offeredUndo(seconds, offered);
      expect(await delayOf()).toBeCloseTo(holds === 0 ? 0 : holds + limits.undoMarginSeconds, 1);
    }
  });
});

describe('a held email', () => {
  const held = async () => {
    await choose(30);
    return await given.submit(connectorId);
  };

  it('is listed at once, as Queued, and can be sent now or cancelled but not retried', async () => {
    const id = await held();
    expect(await given.row(id)).toMatchObject({ listed: true, state: 'waiting' });
    expect(await rowOf(id)).toMatchObject({
      status: 'queued',
      can: { sendNow: true, cancel: true, retry: 'not_tried_yet' },
    });
  });

  it('does not leave before its time', async () => {
    const id = await held();
    expect((await given.dispatch(connectorId)).map((it) => it.emailId)).not.toContain(id);
    // The margin is held as well.
    await given.put(id, { due_at: new Date(Date.now() + (limits.undoMarginSeconds - 1) * 1000) });
    expect((await given.dispatch(connectorId)).map((it) => it.emailId)).not.toContain(id);
  });

  it('can be cancelled in the margin after the time that is shown', async () => {
    const id = await held();
    await given.put(id, { due_at: new Date(Date.now() + 1000) });
    expect(Date.parse((await rowOf(id))!.undoUntil!)).toBeLessThan(Date.now());
    expect(await act(id, 'cancel')).toMatchObject({ status: 200, email: null });
    expect((await given.dispatch(connectorId)).map((it) => it.emailId)).not.toContain(id);
  });

  it('sent now leaves now', async () => {
    const id = await held();
    expect((await act(id, 'send-now')).email).toMatchObject({ undoUntil: null });
    expect((await given.dispatch(connectorId)).map((it) => it.emailId)).toContain(id);
  });

  it('cancelled and restored is held again, to its old time or 10 s', async () => {
    const id = await held();
    const { due_at } = await given.row(id);
    await act(id, 'cancel');
    expect((await act(id, 'restore')).email).toMatchObject({
      status: 'queued',
      nextAttemptAt: due_at.toISOString(),
    });
    await given.put(id, { due_at: new Date(Date.now() + 1000) });
    await act(id, 'cancel');
    const { email } = await act(id, 'restore');
    const [leaves, shown] = [email!.nextAttemptAt!, email!.undoUntil!].map((it) => Date.parse(it));
    expect(leaves).toBeGreaterThan(Date.now() + 8000);
    expect(leaves! - shown!).toBe(limits.undoMarginSeconds * 1000);
  });

  it('shows no countdown while something else keeps it', async () => {
    const id = await held();
    await given.database`update connector set enabled = false where id = ${connectorId}`;
    expect(await rowOf(id)).toMatchObject({ status: 'connector_disabled', undoUntil: null });
    await given.database`update connector set enabled = true where id = ${connectorId}`;
  });
});
