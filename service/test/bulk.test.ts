import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { portalApi } from './api-fixture.ts';
import { bulkOf } from './bulk-fixture.ts';
import { author, givenOutbox, inOneHour, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);
const bulk = bulkOf(given, api);

const failed = { state: 'failed', send_count: 1 } as const;
const query = (filter: object, view = 'mine') => ({ view, filter });
const ofConnector = async (id: string) => ({ connector: [(await given.row(id)).connector_id] });
const reasonsOf = async (id: string, user = author) =>
  new Map((await bulk.results(id, user)).map((it) => [it.id, it.reason ?? it.result]));

describe('by ids', () => {
  it('retries what can be retried and says of each other email why not', async () => {
    const [yes] = await bulk.emails(1, failed);
    const [planned] = await bulk.emails(1, { state: 'waiting', send_count: 1, due_at: inOneHour() });
    const [onItsWay] = await bulk.emails(1, { retry_asked: true });
    const [scheduled] = await bulk.emails(1, { due_at: inOneHour() });
    const [soon] = await bulk.emails(1);
    const [inHand] = await bulk.emails(1, { state: 'claimed' });
    const [perhaps] = await bulk.emails(1, { ...failed, may_have_been_sent: true });
    const [cancelled] = await bulk.emails(1, { state: 'cancelled', left_at: new Date() });
    const [held] = await bulk.emails(1, failed);
    await given.database`
      update connector set enabled = false where id = ${(await given.row(held!)).connector_id}`;
    const sent = await given.claimed(await given.connector());
    await given.settle(outcomeOf(sent));
    const unknown = randomUUID();
    const expected = {
      [yes!]: 'done',
      [planned!]: 'done',
      [onItsWay!]: 'retry_on_its_way',
      [scheduled!]: 'not_tried_yet',
      [soon!]: 'about_to_be_sent',
      [inHand!]: 'being_sent',
      [perhaps!]: 'may_have_been_sent',
      [cancelled!]: 'already_cancelled',
      [held!]: 'connector_disabled',
      [sent.id]: 'already_sent',
      [unknown]: 'not_visible',
    };
    const ids = Object.keys(expected);

    const preview = await bulk.ask({ action: 'retry', ids, dryRun: true });
    expect(preview).toMatchObject({ status: 200, matched: 11, eligible: 2 });
    const asked = await bulk.ask({ action: 'retry', ids });
    expect(asked).toMatchObject({ status: 202, action: 'retry', matched: 11, done: 0, endedAt: null });
    const operation = await bulk.carryOut(asked.id!);

    expect(operation).toMatchObject({ state: 'done', matched: 11, done: 2, undoUntil: null });
    expect(operation.skipped).toEqual(preview.skipped);
    expect(Object.fromEntries(await reasonsOf(asked.id!))).toEqual(expected);
    const rows = await bulk.rows([yes!, planned!]);
    for (const row of rows.values()) {
      expect(row).toMatchObject({ state: 'waiting', attempt_no: 1, retry_asked: true });
      expect(row.due_at.getTime()).toBeLessThanOrEqual(Date.now());
    }
  });

  it('puts what it retries behind fresh mail of its importance', async () => {
    const ids = await bulk.emails(3, failed);
    const { id } = await bulk.ask({ action: 'retry', ids });
    await bulk.carryOut(id!);
    for (const row of (await bulk.rows(ids)).values()) expect(row.lane % 2).toBe(1);
  });

  it('retries what may have been sent when a person has said so', async () => {
    const ids = await bulk.emails(2, { ...failed, may_have_been_sent: true });
    const { id } = await bulk.ask({ action: 'retry', ids, acceptDuplicate: true });
    expect(await bulk.carryOut(id!)).toMatchObject({ done: 2, skipped: [] });
  });

  it('counts an email that is named twice once', async () => {
    const [id] = await bulk.emails(1, failed);
    const asked = await bulk.ask({ action: 'cancel', ids: [id, id] });
    expect(await bulk.carryOut(asked.id!)).toMatchObject({ matched: 1, done: 1 });
  });

  it('neither acts on nor shows what the caller does not see', async () => {
    const ids = await bulk.emails(2, failed);
    const asked = await bulk.ask({ action: 'cancel', ids }, 'eve');
    const runner = await bulk.startRunner();
    await expect.poll(async () => (await bulk.call('GET', asked.id!, '', 'eve')).state).toBe('done');
    await runner.stop();
    expect(await bulk.call('GET', asked.id!, '', 'eve')).toMatchObject({
      done: 0,
      skipped: [{ reason: 'not_visible', total: 2 }],
    });
    for (const result of await bulk.results(asked.id!, 'eve')) {
      expect(result).toMatchObject({ result: 'skipped', reason: 'not_visible', email: null });
    }
    for (const row of (await bulk.rows(ids)).values()) expect(row.state).toBe('failed');
  });

  it('tells each email by its first recipient and subject', async () => {
    const ids = await bulk.emails(1, failed, { subject: 'Ünpaid' });
    const { id } = await bulk.ask({ action: 'cancel', ids });
    await bulk.carryOut(id!);
    expect(await bulk.results(id!)).toEqual([
      {
        ...{ id: ids[0], result: 'done', reason: null },
        email: { subject: 'Ünpaid', to: { first: { name: '', address: 'ann@customer.example' }, count: 1 } },
      },
    ]);
  });

  it.each([
    ['neither ids nor query', {}],
    ['both', { ids: [randomUUID()], query: query({}) }],
    ['no id', { ids: [] }],
    ['more than 1,000 ids', { ids: Array.from({ length: 1001 }, () => randomUUID()) }],
    ['an unknown filter', { query: query({ colour: ['red'] }) }],
    ['an unknown view', { query: query({}, 'hers') }],
  ])('is refused with %s', async (_, body) => {
    expect(await bulk.ask({ action: 'retry', ...body })).toMatchObject({ status: 400, code: 'invalid' });
  });
});

describe('asked again with its key', () => {
  it('is the same operation, also at the same time', async () => {
    const body = { action: 'cancel', ids: await bulk.emails(1, failed) };
    const key = randomUUID();
    const asked = await Promise.all([bulk.ask(body, author, key), bulk.ask(body, author, key)]);
    expect(asked[0]).toMatchObject({ status: 202, matched: 1 });
    expect(asked[1]).toEqual(asked[0]);
    await bulk.carryOut(asked[0].id!);
    expect(await bulk.ask(body, author, key)).toMatchObject({ status: 202, id: asked[0].id, state: 'done' });
    // A key is one user's own.
    const hers = await bulk.ask(body, 'kim', key);
    expect(hers).toMatchObject({ status: 202 });
    expect(hers.id).not.toBe(asked[0].id);
    expect(await bulk.ask({ ...body, action: 'retry' }, author, key)).toMatchObject({
      ...{ status: 422, code: 'idempotency_key_reused' },
    });
    expect(await bulk.ask(body, author, 'a key')).toMatchObject({ status: 400, code: 'invalid' });
  });
});

describe('by query', () => {
  it('acts on everything of the view that matches, and on nothing else', async () => {
    const connector = await ofConnector((await bulk.emails(1, failed))[0]!);
    const ids = await given.submitMany(
      connector.connector[0]!,
      Array.from({ length: 6 }, (_, index) => ({
        importance: index % 2 === 0 ? 'high' : 'low',
        authorId: index < 4 ? author : 'zoe',
      })),
    );
    await given.database`update outbox_email set state = 'failed', listed = true where id = any(${ids}::uuid[])`;
    const body = { action: 'cancel', query: query({ ...connector, importance: ['high'] }) };
    expect(await bulk.ask({ ...body, dryRun: true })).toMatchObject({ matched: 2, eligible: 2, skipped: [] });
    const asked = await bulk.ask(body);
    expect(asked).toMatchObject({ status: 202, state: 'gathering', matched: null });
    expect(await bulk.carryOut(asked.id!)).toMatchObject({ matched: 2, done: 2 });
    const rows = await bulk.rows(ids);
    expect(ids.map((id) => rows.get(id)!.state)).toEqual([
      ...['cancelled', 'failed', 'cancelled', 'failed'],
      ...['failed', 'failed'],
    ]);
  });

  it('is over at once when nothing matches', async () => {
    const asked = await bulk.ask({ action: 'retry', query: query({ connector: [randomUUID()] }) });
    expect(await bulk.carryOut(asked.id!)).toMatchObject({ state: 'done', matched: 0, done: 0, skipped: [] });
    expect(await bulk.results(asked.id!)).toEqual([]);
  });

  it('leaves out what was submitted or has changed since it was asked for, however late it is gathered', async () => {
    const ids = await bulk.emails(5, failed);
    const filter = await ofConnector(ids[0]!);
    const asked = await bulk.ask({ action: 'cancel', query: query({ ...filter, status: ['failed'] }) });
    // Nobody gathers for a while: its process has died.
    await given.database`
      update bulk_operation set asked_at = asked_at - interval '10 seconds' where id = ${asked.id!}`;
    await given.database`
      update outbox_email set submitted_at = submitted_at - interval '20 seconds' where id = any(${ids.slice(0, 2)}::uuid[])`;
    const [late] = await given.submitMany(filter.connector[0]!, [{}]);
    await given.database`update outbox_email set listed = true, state = 'failed' where id = ${late!}`;
    await given.database`
      update outbox_email set submitted_at = submitted_at - interval '20 seconds' where id = any(${ids.slice(2)}::uuid[])`;
    expect(await bulk.carryOut(asked.id!)).toMatchObject({ matched: 0 });

    const again = await bulk.ask({ action: 'cancel', query: query({ ...filter, status: ['failed'] }) });
    await given.database`
      update bulk_operation set asked_at = asked_at - interval '10 seconds' where id = ${again.id!}`;
    await given.database`
      update outbox_email set version = version + 1 where id = ${ids[4]!}`;
    expect(await bulk.carryOut(again.id!)).toMatchObject({ matched: 4, done: 4 });
    expect((await given.row(ids[4]!)).state).toBe('failed');
  });

  it('checks at each row whether its owner still sees it', async () => {
    const ids = await bulk.emails(3, failed, { authorId: 'zoe', packet: { ref: 'P-7', type: 'ticket' } });
    await given.database`
      insert into packet_user (portal_id, packet_ref, user_id, relation) values (${given.portalId}, 'P-7', ${author}, 'reads')`;
    const asked = await bulk.ask({ action: 'cancel', query: query(await ofConnector(ids[0]!), 'all') });
    await given.database`
      update bulk_operation set state = 'running', matched = 3 where id = ${asked.id!}`;
    await given.database`
      insert into bulk_chunk (operation_id, no, email_ids) values (${asked.id!}, 1, ${ids}::uuid[])`;
    await given.database`delete from packet_user where packet_ref = 'P-7'`;
    expect(await bulk.carryOut(asked.id!)).toMatchObject({
      done: 0,
      skipped: [{ reason: 'not_visible', total: 3 }],
    });
  });

  it('decides on an email by what it is when its turn comes', async () => {
    const ids = await bulk.emails(2, failed);
    const asked = await bulk.ask({ action: 'retry', ids });
    await given.put(ids[1]!, { state: 'claimed' });
    await bulk.carryOut(asked.id!);
    expect(Object.fromEntries(await reasonsOf(asked.id!))).toEqual({
      [ids[0]!]: 'done',
      [ids[1]!]: 'being_sent',
    });
  });
});

describe('a dry run', () => {
  it('says of a query what then happens, and does nothing', async () => {
    const ids = await bulk.emails(9, failed);
    const filter = await ofConnector(ids[0]!);
    await given.put(ids[0]!, { may_have_been_sent: true });
    await given.put(ids[1]!, { state: 'claimed' });
    await given.put(ids[2]!, { state: 'dispatched' });
    await given.put(ids[3]!, { state: 'waiting', due_at: inOneHour() });
    for (const action of ['retry', 'cancel'] as const) {
      const before = [...(await bulk.rows(ids)).values()];
      const preview = await bulk.ask({ action, query: query(filter), dryRun: true });
      expect([...(await bulk.rows(ids)).values()]).toEqual(before);
      const { id } = await bulk.ask({ action, query: query(filter) });
      const { matched, done, skipped } = await bulk.carryOut(id!);
      expect({ matched, eligible: done, skipped }).toEqual({
        ...{ matched: preview.matched, eligible: preview.eligible, skipped: preview.skipped },
      });
    }
  });
});

describe('its owner alone', () => {
  it('sees, stops and undoes it', async () => {
    const { id } = await bulk.ask({ action: 'cancel', ids: await bulk.emails(1, failed) });
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/results'],
      ['POST', '/stop'],
      ['POST', '/undo'],
    ] as const) {
      expect(await bulk.call(method, id!, path, 'eve')).toMatchObject({ status: 404, code: 'not_found' });
    }
    const { body } = await api.call('eve', 'GET', '/v1/bulk');
    expect(body).toEqual({
      items: [expect.objectContaining({ skipped: [{ reason: 'not_visible', total: 2 }] })],
    });
    const own = await api.call(author, 'GET', '/v1/bulk');
    expect((own.body as { items: { id: string }[] }).items[0]).toMatchObject({ id });
    await bulk.carryOut(id!);
  });

  it('may have three under way, and is told to wait with the next', async () => {
    const ids = await bulk.emails(1, failed);
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => bulk.ask({ action: 'cancel', ids }, 'max')),
    );
    expect(asked.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      202, 202, 202, 429, 429, 429,
    ]);
    expect(asked.find(({ status }) => status === 429)).toMatchObject({ code: 'rate_limited' });
    // Somebody else's do not count.
    const other = await bulk.ask({ action: 'cancel', ids });
    expect(other.status).toBe(202);
    await bulk.carryOut(other.id!);
    await expect.poll(async () => (await bulk.ask({ action: 'cancel', ids }, 'max')).status).toBe(202);
  });
});
