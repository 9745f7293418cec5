// Longer than 300 lines: one resource with all its operations.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Connector, HeldEmails, Problem } from '@portal-outbox/contracts';
import { readCredentials } from '../src/db/connectors.ts';
import { portalApi } from './api-fixture.ts';
import { givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  api.call('root', method, `/v1/connectors${path}`, {
    roles: ['administrator'],
    headers,
    ...(body !== undefined && { body }),
  });
async function created(changes: object = {}): Promise<Connector> {
  const draft = { name: `Sales ${randomUUID()}`, host: 'mail.example', port: 587, ...changes };
  const { status, body } = await call('POST', '', draft);
  expect(status).toBe(201);
  return body as Connector;
}
const change = async (id: string, patch: object, headers: Record<string, string> = {}) => {
  const { status, headers: answered, body } = await call('PATCH', `/${id}`, patch, headers);
  return { status, etag: answered.get('etag'), connector: body as Connector, problem: body as Problem };
};
const put = (id: string, columns: Record<string, string | number | boolean | null>) =>
  given.database`update connector set ${given.database(columns)} where id = ${id}`;
const anHour = 3600_000;

describe('a connector', () => {
  it('has no limits and holds what may have been sent, unless it is told otherwise', async () => {
    expect(await created()).toMatchObject({
      messagesPerMinute: null,
      concurrentSends: null,
      onUncertain: 'hold',
      messagesPerConnection: 100,
      maxConnections: 5,
      troubleSince: null,
    });
    const limits = { messagesPerMinute: 60, concurrentSends: 3, onUncertain: 'resend' };
    expect(await created(limits)).toMatchObject(limits);
  });

  it.each([
    { messagesPerMinute: 0 },
    { messagesPerMinute: 1.5 },
    { concurrentSends: -1 },
    { onUncertain: 'guess' },
    { maxConnections: null },
    { name: '' },
    { name: null },
    { host: 'a b' },
    { port: 0 },
    { enabled: true },
    { revision: 7 },
  ])('is not changed to %j', async (patch) => {
    const { id } = await created();
    const { status, problem } = await change(id, patch);
    expect([status, problem.code]).toEqual([400, 'invalid']);
    expect(problem.fields?.[0]?.field).toBe(`/${Object.keys(patch)[0]}`);
    expect((await call('GET', `/${id}`)).body).toMatchObject({ revision: 1 });
  });

  it('is changed in the fields that a patch names, and its revision rises', async () => {
    const before = await created({ username: 'sales', password: 'secret', messagesPerMinute: 5 });
    const patch = { port: 465, messagesPerMinute: null, password: 'secret' };
    const { status, etag, connector } = await change(before.id, patch);
    expect(status).toBe(200);
    expect(connector).toEqual({ ...before, port: 465, messagesPerMinute: null, revision: 2 });
    expect(etag).toBe('"2"');
    const read = await call('GET', `/${before.id}`);
    expect([read.headers.get('etag'), read.body]).toEqual(['"2"', connector]);
  });

  it('disturbs no worker with a patch that changes nothing', async () => {
    const { id, host } = await created();
    expect((await change(id, { host, concurrentSends: null, password: null })).connector.revision).toBe(1);
    expect((await change(id, {})).connector.revision).toBe(1);
  });

  it('shows no password: it stays, is replaced, or is removed by null', async () => {
    const { id } = await created({ username: 'sales', password: 'secret' });
    await call('POST', `/${id}/enable`);
    const encrypted = async () => (await readCredentials(given.database, id))?.passwordEncrypted ?? null;
    const first = await encrypted();
    expect((await change(id, { name: `Renamed ${id}` })).connector.hasPassword).toBe(true);
    expect(await encrypted()).toEqual(first);
    const { connector } = await change(id, { password: 'secret' });
    expect(connector).toMatchObject({ hasPassword: true, username: 'sales' });
    expect(JSON.stringify(connector)).not.toContain('secret');
    expect(await encrypted()).not.toEqual(first);
    expect((await change(id, { password: null })).connector.hasPassword).toBe(false);
    expect(await encrypted()).toBeNull();
  });

  it.each([{ host: 'elsewhere.example' }, { port: 26 }, { security: 'none' }, { username: 'other' }])(
    'does not send its stored password to where it was not given for: %j',
    async (patch) => {
      const { id } = await created({ username: 'sales', password: 'secret', security: 'tls' });
      const { status, problem } = await change(id, patch);
      expect([status, problem.code, problem.fields?.[0]?.field]).toEqual([400, 'invalid', '/password']);
      expect((await change(id, { ...patch, password: 'again' })).status).toBe(200);
    },
  );

  it('does not take the name of another, not even when both are renamed at once', async () => {
    const [a, b] = [await created(), await created()];
    const { status, problem } = await change(a.id, { name: b.name });
    expect([status, problem.code, problem.fields?.[0]?.field]).toEqual([400, 'invalid', '/name']);
    const name = `Both ${randomUUID()}`;
    const answers = await Promise.all([change(a.id, { name }), change(b.id, { name })]);
    expect(answers.map((it) => String(it.status)).toSorted()).toEqual(['200', '400']);
  });

  it('is changed by the first of two who read the same revision', async () => {
    const { id } = await created();
    const ports = await Promise.all([26, 27].map((port) => change(id, { port }, { 'if-match': '"1"' })));
    expect(ports.map((it) => String(it.status)).toSorted()).toEqual(['200', '412']);
    const late = ports.find((it) => it.status === 412)!;
    expect(late.problem.code).toBe('version_conflict');
    for (const matching of ['*', '"1", "2"']) {
      expect((await change(id, {}, { 'if-match': matching })).status).toBe(200);
    }
    expect((await change(id, { port: 28 }, { 'if-match': 'W/"2"' })).status).toBe(412);
  });

  it('starts its breaker anew with another server or other credentials, and not with another name', async () => {
    const trouble = {
      paused_until: new Date(Date.now() + anHour).toISOString(),
      trouble_since: new Date(Date.now() - anHour).toISOString(),
      trouble_count: 4,
      trouble_cause: 'connection_refused',
      trouble_reply: 'no route',
      throttle_per_minute: 1,
      throttled_at: new Date().toISOString(),
    };
    const { id } = await created({ username: 'sales' });
    await call('POST', `/${id}/enable`);
    const patches = [
      { host: 'other.example' },
      { port: 26 },
      { security: 'tls' },
      { username: 'other' },
      { password: 'other' },
    ];
    for (const patch of patches) {
      await put(id, trouble);
      const { connector } = await change(id, { name: `Renamed ${randomUUID()}` });
      expect(connector).toMatchObject({ troubleReply: 'no route', pausedUntil: trouble.paused_until });
      expect((await change(id, patch)).connector, JSON.stringify(patch)).toMatchObject({
        enabled: true,
        pausedUntil: null,
        troubleSince: null,
        troubleReply: '',
      });
      const [row] = await given.database`
        select trouble_count, throttle_per_minute from connector where id = ${id}`;
      expect(row).toEqual({ trouble_count: 0, throttle_per_minute: null });
    }
  });

  it('that was switched off for refused credentials stays off with new ones, until it is enabled', async () => {
    const { id } = await created({ username: 'sales', password: 'wrong' });
    await put(id, { disabled_by: 'credentials_refused', trouble_reply: '535 No', trouble_count: 1 });
    expect((await change(id, { password: 'right' })).connector).toMatchObject({
      enabled: false,
      disabledBy: 'credentials_refused',
      troubleReply: '535 No',
    });
    const { body } = await call('POST', `/${id}/enable`);
    expect(body).toMatchObject({ enabled: true, disabledBy: null, troubleReply: '' });
  });

  it('is nobody’s who is not an administrator of its portal', async () => {
    const { id } = await created();
    const paths = [
      ['GET', `/${id}`],
      ['PATCH', `/${id}`],
      ['GET', `/${id}/held`],
      ['POST', `/${id}/enable`],
    ] as const;
    for (const [method, path] of paths) {
      const body = method === 'PATCH' ? { body: { port: 26 } } : {};
      const { status } = await api.call('ada', method, `/v1/connectors${path}`, body);
      expect([method, path, status]).toEqual([method, path, 403]);
      await put(id, { portal_id: randomUUID() });
      const stranger = await call(method, path, body.body);
      expect([method, path, stranger.status]).toEqual([method, path, 404]);
      await put(id, { portal_id: given.portalId });
    }
  });
});

describe('enabling a connector again', () => {
  /** Two whose time has passed, one retried by hand, one scheduled and one migrated: all of a connector that is off. */
  async function withHeld() {
    const { id: connectorId } = await created();
    const [old, recent, asked, scheduled, migrated] = await given.submitMany(connectorId, [
      ...[{}, {}, {}],
      { sendAt: new Date(Date.now() + anHour).toISOString() },
      {},
    ]);
    const oldest = new Date(Date.now() - 5 * anHour);
    await given.put(old!, { due_at: oldest });
    await given.put(asked!, { retry_asked: true, send_count: 3, first_failed_at: oldest, lane: 3 });
    await given.database`update outbox_email set state = 'failed', migrated = true where id = ${migrated!}`;
    return {
      connectorId,
      held: [old!, recent!, asked!],
      scheduled: scheduled!,
      migrated: migrated!,
      oldest: oldest.toISOString(),
    };
  }
  const enable = (id: string, body?: object) => call('POST', `/${id}/enable`, body);
  const states = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await given.row(id)).state));

  it('needs no body when nothing is held', async () => {
    const { id } = await created();
    const scheduled = await given.submit(id, { sendAt: new Date(Date.now() + anHour).toISOString() });
    expect((await call('GET', `/${id}/held`)).body).toEqual({ count: 0, oldestDueAt: null });
    expect((await enable(id)).body).toMatchObject({ enabled: true, revision: 2 });
    expect((await given.row(scheduled)).state).toBe('waiting');
  });

  it('asks first: how many are held, and since when the oldest', async () => {
    const { connectorId, held, oldest } = await withHeld();
    const told: HeldEmails = { count: 3, oldestDueAt: oldest };
    expect((await call('GET', `/${connectorId}/held`)).body).toEqual(told);
    for (const body of [undefined, {}]) {
      const { status, body: problem } = await enable(connectorId, body);
      expect([status, problem]).toEqual([
        409,
        expect.objectContaining({ code: 'connector_disabled', held: told }),
      ]);
    }
    expect((await call('GET', `/${connectorId}`)).body).toMatchObject({ enabled: false, revision: 1 });
    expect(await states(held)).toEqual(['waiting', 'waiting', 'waiting']);
    expect((await enable(connectorId, { held: 'all' })).status).toBe(400);
  });

  it('releases them', async () => {
    const { connectorId, held, scheduled, migrated } = await withHeld();
    expect((await enable(connectorId, { held: 'release' })).body).toMatchObject({ enabled: true });
    const dispatched = await given.dispatch(connectorId);
    expect(dispatched.map((it) => it.emailId).toSorted()).toEqual(held.toSorted());
    expect(await states([scheduled, migrated])).toEqual(['waiting', 'failed']);
  });

  it('leaves them Failed, with a reason, for a Retry; neither scheduled nor migrated ones', async () => {
    const { connectorId, held, scheduled, migrated } = await withHeld();
    const [before, migratedBefore] = [await given.row(held[2]!), await given.row(migrated)];
    expect((await enable(connectorId, { held: 'leave' })).body).toMatchObject({ enabled: true });
    expect(await given.dispatch(connectorId)).toEqual([]);
    expect(await states([...held, scheduled])).toEqual(['failed', 'failed', 'failed', 'waiting']);
    expect(await given.row(migrated)).toEqual(migratedBefore);
    expect(await given.row(held[2]!)).toMatchObject({
      retry_asked: false,
      listed: true,
      last_cause: 'left_on_enable',
      first_failed_at: before.first_failed_at,
      send_count: 3,
      version: before.version + 1,
      may_have_been_sent: false,
    });
    const { body } = await api.call('ada', 'GET', `/v1/emails/${held[0]!}`);
    expect(body).toMatchObject({
      email: {
        status: 'failed',
        sendCount: 0,
        nextAttemptAt: null,
        lastFailure: { cause: 'left_on_enable', reply: '' },
        can: { retry: true, cancel: true },
      },
    });
    await api.call('ada', 'POST', `/v1/emails/${held[0]!}/retry`);
    expect((await given.dispatch(connectorId)).map((it) => it.emailId)).toEqual([held[0]]);
  });

  it('asks again before it sends twice what may have been sent and was left', async () => {
    const { connectorId, held } = await withHeld();
    await given.put(held[0]!, { send_count: 1, last_cause: 'may_have_been_sent' });
    await enable(connectorId, { held: 'leave' });
    const { status, body } = await api.call('ada', 'POST', `/v1/emails/${held[0]!}/retry`);
    expect([status, (body as Problem).code]).toEqual([409, 'may_have_been_sent']);
  });

  it('is decided by the first of two administrators', async () => {
    const { connectorId, held } = await withHeld();
    const answers = await Promise.all(
      [{ held: 'release' }, { held: 'leave' }].map((body) => enable(connectorId, body)),
    );
    expect(answers.map((it) => it.status)).toEqual([200, 200]);
    expect(new Set(await states(held)).size).toBe(1);
  });

  it('holds nothing back and leaves nothing when it was enabled already', async () => {
    const { connectorId, held } = await withHeld();
    await enable(connectorId, { held: 'release' });
    expect((await enable(connectorId)).status).toBe(200);
    expect((await enable(connectorId, { held: 'leave' })).status).toBe(200);
    expect(await states(held)).toEqual(['waiting', 'waiting', 'waiting']);
  });
});
