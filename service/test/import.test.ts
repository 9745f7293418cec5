// Longer than 300 lines: what one operation does, from a line to a lost connection.
import { describe, expect, it } from 'vitest';
import { deliveryCauses, limits, type ImportAnswer, type OutboxPage } from '@portal-outbox/contracts';
import { mintToken } from '../../e2e/stack/portal-client.ts';
import { portalApi } from './api-fixture.ts';
import { author, givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

interface Answered {
  status: number;
  /** A line each, parsed. */
  answers: ImportAnswer[];
  /** The same answer as plain text. */
  text: string;
}

interface Sent {
  roles?: string[];
  contentType?: string;
}

async function send(
  body: BodyInit,
  { roles = ['portal'], contentType = 'application/x-ndjson' }: Sent = {},
): Promise<Response> {
  const token = await mintToken(api.portal, { id: 'back-end', name: 'Back end', roles: roles as ['portal'] });
  return await api.app.request('/v1/import', {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
    body,
    duplex: 'half',
  } as RequestInit);
}

async function importBody(body: BodyInit, sent?: Sent): Promise<Answered> {
  const response = await send(body, sent);
  const text = await response.text();
  const lines = response.status === 200 ? text.split('\n').filter((line) => line !== '') : [];
  return { status: response.status, answers: lines.map((line) => JSON.parse(line) as ImportAnswer), text };
}

let imported = 0;
function lineFor(connectorId: string, changes: object = {}): string {
  imported += 1;
  return JSON.stringify({
    externalId: `old-${imported}`,
    connectorId,
    authorId: author,
    from: { name: 'Ada', address: 'ada@portal.example' },
    to: [{ name: 'Ann', address: 'ann@customer.example' }],
    subject: `Old ${imported}`,
    text: 'Body',
    submittedAt: '2019-03-31T02:30:00+02:00',
    ...changes,
  });
}
const importLines = (...lines: string[]) => importBody(lines.join('\n'));
const importOne = async (connectorId: string, changes: object = {}) =>
  (await importLines(lineFor(connectorId, changes))).answers[0]!;

describe('an imported email', () => {
  it('is Failed, listed at once, with its dates, its count and the words of the older system', async () => {
    await given.directory([{ kind: 'user', id: author, name: 'Ada' }]);
    const { status, id } = await importOne(await given.connector(), {
      failure: { at: '2019-04-01T10:00:00Z', message: '451 4.7.1 Greylisted\r\nsee https://mail.example' },
      attempts: 7,
      subject: 'From long ago',
      packet: { ref: '101342-T', type: 'ticket' },
      cc: [{ address: 'bob@customer.example' }],
    });
    expect(status).toBe('created');
    const { body } = await api.call(author, 'GET', '/v1/outbox?view=mine');
    const row = (body as OutboxPage).items.find((it) => it.id === id);
    expect(row).toMatchObject({
      subject: 'From long ago',
      status: 'failed',
      submittedAt: '2019-03-31T00:30:00.000Z',
      lastAttemptAt: '2019-04-01T10:00:00.000Z',
      firstFailedAt: '2019-04-01T10:00:00.000Z',
      nextAttemptAt: null,
      lastFailure: { cause: 'migrated', reply: '451 4.7.1 Greylisted\r\nsee https://mail.example' },
      sendCount: 7,
      to: { count: 2 },
      author: { name: 'Ada' },
      packet: { ref: '101342-T' },
      can: { retry: true, cancel: true },
    });
  });

  it('says so in these words', () => {
    expect(deliveryCauses.migrated.meaning).toEqual({
      en: 'Migrated from an older system. It goes only by Retry.',
      fr: 'Migré d’une ancienne version. Il ne part que par Nouvel essai.',
    });
  });

  it('needs neither the failure nor the attempts of the older system', async () => {
    const { id } = await importOne(await given.connector());
    expect(await given.row(id!)).toMatchObject({
      ...{ state: 'failed', send_count: 0, last_attempt_at: null, first_failed_at: null, last_reply: '' },
    });
  });

  it('keeps the date of its submission as its own', async () => {
    const { id } = await importOne(await given.connector(), { submittedAt: '2016-02-29T12:00:00-03:30' });
    const [row] = await given.database`select date from email_content where email_id = ${id!}`;
    expect(row!['date']).toEqual(new Date('2016-02-29T15:30:00Z'));
  });
});

describe('answers', () => {
  it('come a line each, in order, with the number of the line', async () => {
    const connectorId = await given.connector();
    const lines = Array.from({ length: 1203 }, () => lineFor(connectorId));
    lines[0] = 'no JSON';
    lines[700] = '';
    lines[1000] = lines[999]!;
    const { answers } = await importLines(...lines);
    const numbers = lines.flatMap((line, index) => (line === '' ? [] : index + 1));
    expect(answers.map((it) => it.line)).toEqual(numbers);
    const unusual = answers.filter((it) => it.status !== 'created');
    expect(unusual.map((it) => [it.line, it.status])).toEqual([
      [1, 'invalid'],
      [1001, 'exists'],
    ]);
    expect(unusual[1]!.id).toBe(answers.find((it) => it.line === 1000)!.id);
    const [row] = await given.database`
      select count(*)::int as count from outbox_email where connector_id = ${connectorId} and migrated`;
    expect(row!['count']).toBe(1200);
  });

  it('come while the next lines are not sent yet', async () => {
    const connectorId = await given.connector();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const sender = writable.getWriter();
    const encoder = new TextEncoder();
    const response = await send(readable);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (const line of [1, 2]) {
      await sender.write(encoder.encode(`${lineFor(connectorId)}\n`));
      const { value } = await reader.read();
      expect(JSON.parse(value!)).toMatchObject({ line, status: 'created' });
    }
    await sender.close();
    expect((await reader.read()).done).toBe(true);
  });

  it('that nobody reads hold up the lines that follow', async () => {
    const connectorId = await given.connector();
    const encoder = new TextEncoder();
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        const lines = Array.from({ length: 500 }, () => `${lineFor(connectorId)}\n`);
        controller.enqueue(encoder.encode(lines.join('')));
      },
    });
    const response = await send(endless);
    await expect.poll(() => chunks).toBeGreaterThan(2);
    // Time enough to read on, had it wanted to.
    for (let times = 0; times < 5; times += 1) await importLines(lineFor(connectorId));
    expect(chunks).toBeLessThan(10);
    const before = chunks;
    const reader = response.body!.getReader();
    for (let times = 0; times < 10; times += 1) await reader.read();
    expect(chunks).toBeGreaterThan(before);
    await reader.cancel();
    await expect.poll(async () => (await importLines('')).status).toBe(200);
  });

  it('of an empty body is empty', async () => {
    expect(await importBody('')).toMatchObject({ status: 200, answers: [] });
    expect(await importBody('\n\r\n\n')).toMatchObject({ status: 200, answers: [] });
  });
});

describe('a line that cannot be taken is answered, and the next ones are:', () => {
  const broken: [string, (connectorId: string) => string | Buffer, string, string][] = [
    ['no JSON', () => '{"externalId":', 'invalid', ''],
    ['not an object', () => '"text"', 'invalid', ''],
    ['null', () => 'null', 'invalid', ''],
    ['no UTF-8', () => Buffer.from([0x22, 0xff, 0xfe, 0x22]), 'invalid', ''],
    ['no external id', (id) => lineFor(id, { externalId: undefined }), 'invalid', '/externalId'],
    ['an empty external id', (id) => lineFor(id, { externalId: '' }), 'invalid', '/externalId'],
    [
      'a date without offset',
      (id) => lineFor(id, { submittedAt: '2019-03-31T02:30:00' }),
      'invalid',
      '/submittedAt',
    ],
    [
      'a date that never was',
      (id) => lineFor(id, { submittedAt: '2019-02-29T02:30:00Z' }),
      'invalid',
      '/submittedAt',
    ],
    [
      'a date to come',
      (id) => lineFor(id, { submittedAt: '2999-01-01T00:00:00Z' }),
      'invalid',
      '/submittedAt',
    ],
    [
      'a date before mail',
      (id) => lineFor(id, { submittedAt: '1900-01-01T00:00:00Z' }),
      'invalid',
      '/submittedAt',
    ],
    [
      'a failure to come',
      (id) => lineFor(id, { failure: { at: '2999-01-01T00:00Z' } }),
      'invalid',
      '/failure/at',
    ],
    ['a date to leave', (id) => lineFor(id, { sendAt: '2019-01-01T00:00:00Z' }), 'invalid', '/sendAt'],
    ['a state of its own', (id) => lineFor(id, { state: 'waiting' }), 'invalid', '/state'],
    ['nobody to send to', (id) => lineFor(id, { to: [] }), 'invalid', '/to'],
    [
      'a header in the subject',
      (id) => lineFor(id, { subject: 'a\r\nBcc: x@y.example' }),
      'invalid',
      '/subject',
    ],
    ['neither text nor HTML', (id) => lineFor(id, { text: undefined }), 'invalid', '/text'],
    ['a negative count', (id) => lineFor(id, { attempts: -1 }), 'invalid', '/attempts'],
    [
      'an unknown connector',
      () => lineFor('00000000-0000-4000-8000-000000000000'),
      'invalid',
      '/connectorId',
    ],
    [
      'an unknown attachment',
      (id) => lineFor(id, { attachments: [{ id: '00000000-0000-4000-8000-000000000000', fileName: 'a' }] }),
      'invalid',
      '/attachments/0/id',
    ],
    ['a body with NUL', (id) => lineFor(id, { text: 'a\u0000b' }), 'invalid', '/text'],
    ['half a character', (id) => lineFor(id, { subject: 'a\ud800' }), 'invalid', '/subject'],
    ['a line that is too long', () => `{"a":"${'x'.repeat(limits.importLineBytes)}"}`, 'too_large', ''],
  ];
  it.each(broken)('%s', async (_, make, code, field) => {
    const connectorId = await given.connector();
    const [before, after] = [lineFor(connectorId), lineFor(connectorId)];
    const made = make(connectorId);
    const body = Buffer.concat([before, '\n', made, '\r\n', after].map((it) => Buffer.from(it as string)));
    const { status, answers } = await importBody(body);
    expect(status).toBe(200);
    expect(answers.map((it) => it.status)).toEqual(['created', 'invalid', 'created']);
    expect(answers[1]).toMatchObject({ line: 2, code, problems: [{ field }] });
    expect(answers[1]!.problems![0]!.detail).not.toBe('');
  });

  it('never with what was in it', async () => {
    const { text } = await importLines(
      lineFor('hunter2'),
      '{"hunter2":1}',
      'hunter2',
      lineFor('x', { to: 'hunter2' }),
    );
    expect(text.replaceAll('/hunter2', '')).not.toContain('hunter2');
  });

  it('of another portal’s connector', async () => {
    const other = await given.connector('11111111-1111-4111-8111-111111111111');
    expect(await importOne(other)).toMatchObject({
      status: 'invalid',
      problems: [{ field: '/connectorId' }],
    });
  });
});

describe('the same external id again', () => {
  it('is the same email, whatever else the line says', async () => {
    const connectorId = await given.connector();
    const first = await importOne(connectorId, { externalId: 'same' });
    const again = await importOne(connectorId, { externalId: 'same', subject: 'Other' });
    expect(again).toEqual({ line: 1, status: 'exists', id: first.id });
    const rows = await given.database`select subject from outbox_email where connector_id = ${connectorId}`;
    expect(rows).toHaveLength(1);
  });

  it('is the same email after it was sent, too', async () => {
    const connectorId = await given.connector();
    const { id } = await importOne(connectorId, { externalId: 'sent long ago' });
    await given.database`delete from outbox_email where id = ${id!}`;
    expect(await importOne(connectorId, { externalId: 'sent long ago' })).toMatchObject({
      status: 'exists',
      id,
    });
  });

  it('is another email in another portal', async () => {
    const connectorId = await given.connector();
    await given.database`
      insert into imported_email values ('11111111-1111-4111-8111-111111111111', 'of both', gen_random_uuid())`;
    expect(await importOne(connectorId, { externalId: 'of both' })).toMatchObject({ status: 'created' });
  });

  it('is one email when two imports of the same file run at once', async () => {
    const connectorId = await given.connector();
    const lines = Array.from({ length: 1500 }, () => lineFor(connectorId));
    const [one, two] = await Promise.all([importLines(...lines), importLines(...lines.toReversed())]);
    expect(one.answers.map((it) => it.id)).toEqual(two.answers.map((it) => it.id).toReversed());
    const created = [...one.answers, ...two.answers].filter((it) => it.status === 'created');
    expect(created).toHaveLength(1500);
    const [row] = await given.database`
      select count(*)::int as count from outbox_email where connector_id = ${connectorId}`;
    expect(row!['count']).toBe(1500);
  });
});

describe('an import that breaks off', () => {
  it('keeps what it has answered, and can be repeated whole', async () => {
    const connectorId = await given.connector();
    const lines = Array.from({ length: 1000 }, () => lineFor(connectorId));
    const half = new TextEncoder().encode(lines.slice(0, 600).join('\n'));
    let sent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(new Error('connection lost'));
        else controller.enqueue(half);
        sent = true;
      },
    });
    await expect(importBody(body)).rejects.toThrow();
    const { answers } = await importLines(...lines);
    expect(answers.every((it) => it.status !== 'invalid')).toBe(true);
    const ids = await given.database`select id from outbox_email where connector_id = ${connectorId}`;
    expect(new Set(ids.map((row) => row['id'] as string))).toEqual(new Set(answers.map((it) => it.id)));
    expect(ids).toHaveLength(1000);
  });

  it('leaves no answer that looks whole when the database is gone', async () => {
    const connectorId = await given.connector();
    await given.database`alter table imported_email rename to imported_email_away`;
    try {
      await expect(importLines(lineFor(connectorId))).rejects.toThrow();
    } finally {
      await given.database`alter table imported_email_away rename to imported_email`;
    }
  });

  it('leaves room for the next ones', async () => {
    const never = () =>
      new ReadableStream<Uint8Array>({ pull: (it) => it.error(new Error('connection lost')) });
    for (let times = 0; times < 2 * limits.importsAtOnce; times += 1) {
      await importBody(never()).catch(() => undefined);
    }
    expect(await importOne(await given.connector())).toMatchObject({ status: 'created' });
  });
});

it('tells open pages to reload, not of each email', async () => {
  const connectorId = await given.connector();
  await given.database`delete from outbox_change`;
  await importLines(...Array.from({ length: 1200 }, () => lineFor(connectorId)));
  const changes = await given.database`select portal_id, email_id, connector_id from outbox_change`;
  expect(changes.length).toBeGreaterThan(0);
  expect(changes.length).toBeLessThan(10);
  for (const change of changes) {
    expect(change).toEqual({ portal_id: given.portalId, email_id: null, connector_id: null });
  }
});

describe('is refused', () => {
  it('without the role "portal"', async () => {
    expect(await importBody('', { roles: [] })).toMatchObject({ status: 403 });
    expect(await importBody('', { roles: ['administrator'] })).toMatchObject({ status: 403 });
  });

  it('as another type of body', async () => {
    for (const contentType of ['application/json', 'text/plain']) {
      expect(await importBody('', { contentType })).toMatchObject({ status: 400 });
    }
  });

  it('while as many of the portal are under way as are allowed', async () => {
    const open = Array.from(
      { length: limits.importsAtOnce },
      () => new TransformStream<Uint8Array, Uint8Array>(),
    );
    const running = open.map(({ readable }) => importBody(readable));
    await expect.poll(async () => (await importBody('')).status).toBe(429);
    await Promise.all(open.map(({ writable }) => writable.close()));
    await Promise.all(running);
    expect((await importBody('')).status).toBe(200);
  });
});
