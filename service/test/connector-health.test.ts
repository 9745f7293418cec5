import { describe, expect, it } from 'vitest';
import { noteHealth, noteTrouble } from '../src/db/connector-health.ts';
import { disableConnector, enableConnector, listConnectors } from '../src/db/connectors.ts';
import { inTransaction } from '../src/db/database.ts';
import { readRows } from '../src/db/list-emails.ts';
import { author, givenOutbox, inOneHour, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
/** Of a connector that was created and enabled. */
const revision = 2;

const trouble = (connectorId: string, changes: Partial<Parameters<typeof noteTrouble>[1]> = {}) =>
  inTransaction(given.database, (tx) =>
    noteTrouble(
      tx,
      { connectorId, revision, cause: 'connection_refused', reply: 'no route', ...changes },
      30,
      0,
    ),
  );
const connector = async (id: string) =>
  (await listConnectors(given.database, given.portalId)).find((it) => it.id === id)!;
/** Seconds for which the connector is paused, exactly as planned. */
async function pause(id: string): Promise<number | null> {
  const [row] = await given.database<{ seconds: number | null }[]>`
    select extract(epoch from paused_until - now())::float8 as seconds from connector where id = ${id}`;
  return row?.seconds ?? null;
}
const endPause = (id: string) => given.database`update connector set paused_until = now() where id = ${id}`;

describe('trouble of a connector', () => {
  it('pauses it once, however many workers report it at once', async () => {
    const id = await given.connector();
    const reports = await Promise.all(Array.from({ length: 5 }, () => trouble(id)));
    expect(reports.toSorted()).toEqual(['paused', 'unchanged', 'unchanged', 'unchanged', 'unchanged']);
    const seconds = await pause(id);
    expect(seconds).toBeGreaterThan(20);
    expect(seconds).toBeLessThanOrEqual(30);
    expect(await connector(id)).toMatchObject({
      enabled: true,
      pausedUntil: expect.any(String) as string,
      troubleReply: 'no route',
      revision,
    });
  });

  it('pauses it longer with each probe that fails, up to 15 minutes, and never disables it', async () => {
    const id = await given.connector();
    const pauses: number[] = [];
    for (let probe = 0; probe < 8; probe += 1) {
      expect(await trouble(id)).toBe('paused');
      pauses.push(Math.round((await pause(id))!));
      await endPause(id);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
    expect(await connector(id)).toMatchObject({ enabled: true, disabledBy: null });
  });

  it('says nothing of settings that were changed since', async () => {
    const id = await given.connector();
    expect(await trouble(id, { revision: revision - 1 })).toBe('unchanged');
    expect(await trouble(id, { revision: revision - 1, cause: 'login_refused' })).toBe('unchanged');
    expect(await connector(id)).toMatchObject({ enabled: true, pausedUntil: null, troubleReply: '' });
  });

  it('disables it when its credentials are refused, and calls back what nobody has claimed', async () => {
    const id = await given.connector();
    const email = await given.claimed(id);
    const published = await given.submit(id);
    await given.dispatch(id);
    expect(await trouble(id, { cause: 'login_refused', reply: '535 No' })).toBe('disabled');
    expect(await connector(id)).toMatchObject({
      enabled: false,
      disabledBy: 'credentials_refused',
      pausedUntil: null,
      troubleReply: '535 No',
      revision: revision + 1,
    });
    expect(await given.row(published)).toMatchObject({ state: 'waiting', attempt_no: 2 });
    expect(await given.row(email.id)).toMatchObject({ state: 'claimed', attempt_no: 1 });
    expect(await trouble(id, { revision: revision + 1 })).toBe('unchanged');
  });

  it('is over with the first conversation that gets through', async () => {
    const id = await given.connector();
    await trouble(id);
    await inTransaction(given.database, (tx) => noteHealth(tx, [id]));
    expect(await connector(id)).toMatchObject({ pausedUntil: null, troubleReply: '' });
    expect(await trouble(id)).toBe('paused');
    expect(Math.round((await pause(id))!)).toBe(30);
  });

  it('is forgotten by enabling it; health does not enable what is off', async () => {
    const id = await given.connector();
    await trouble(id);
    await inTransaction(given.database, (tx) => disableConnector(tx, given.portalId, id, 'administrator'));
    await inTransaction(given.database, (tx) => noteHealth(tx, [id]));
    expect(await connector(id)).toMatchObject({ enabled: false, disabledBy: 'administrator' });
    expect(await enableConnector(given.database, given.portalId, id)).toMatchObject({
      enabled: true,
      disabledBy: null,
      pausedUntil: null,
      troubleReply: '',
    });
  });
});

describe('an email of a connector in trouble', () => {
  const shown = async (id: string) => {
    await given.put(id, { listed: true });
    const scope = await given.scopeOf(author);
    return (await readRows(given.database, scope, [id]))[0]!;
  };

  it('keeps its status, says why, and names the time of the next check', async () => {
    const connectorId = await given.connector();
    const email = await given.claimed(connectorId);
    await trouble(connectorId);
    await given.settle(
      outcomeOf(email, {
        ...{ result: 'connector_trouble', phase: 'connect', code: null },
        ...{ reply: '', cause: 'connection_refused' },
      }),
    );
    const { pausedUntil } = await connector(connectorId);
    expect(await shown(email.id)).toMatchObject({
      status: 'queued',
      sendCount: 0,
      lastFailure: { cause: 'connection_refused', reply: '' },
      nextAttemptAt: pausedUntil,
      connector: { pausedUntil },
      can: { retry: 'about_to_be_sent', cancel: true },
    });
  });

  it('keeps its own later time', async () => {
    const connectorId = await given.connector();
    const sendAt = inOneHour().toISOString();
    const id = await given.submit(connectorId, { sendAt });
    await trouble(connectorId);
    expect((await shown(id)).nextAttemptAt).toBe(sendAt);
  });

  it('has no next attempt while the connector is off', async () => {
    const connectorId = await given.connector();
    const id = await given.submit(connectorId);
    await trouble(connectorId, { cause: 'login_refused' });
    expect(await shown(id)).toMatchObject({
      status: 'connector_disabled',
      nextAttemptAt: null,
      can: { retry: 'connector_disabled', sendNow: 'connector_disabled', cancel: true },
    });
  });
});
