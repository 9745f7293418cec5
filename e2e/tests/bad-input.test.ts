import { randomUUID } from 'node:crypto';
import type { Problem } from '@portal-outbox/contracts';
import { describe, expect, it } from 'vitest';
import { mintToken, portalClient } from '../stack/portal-client.ts';
import { draft, givenStack } from './given-stack.ts';

const given = givenStack({ workers: 1 });

/** Submits one email with some fields replaced. */
async function submitting(more: Record<string, unknown>): Promise<{ status: number; problem: Problem }> {
  const email = { ...draft(given.connectorId, 'b@example.test'), ...more };
  const { status, body, headers } = await given.backEnd.request('POST', '/v1/emails', {
    body: { emails: [email] },
    headers: { 'idempotency-key': randomUUID() },
  });
  if (status >= 400) expect(headers.get('content-type')).toContain('application/problem+json');
  return { status, problem: body as Problem };
}

describe('a submission is refused, naming the field, for', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown field', { colour: 'red' }, '/emails/0/colour'],
    ['a wrong type', { subject: 7 }, '/emails/0/subject'],
    ['an over-long subject', { subject: 'x'.repeat(999) }, '/emails/0/subject'],
    ['a line break in the subject', { subject: 'a\r\nBcc: x@example.test' }, '/emails/0/subject'],
    ['a bad address', { to: [{ address: 'not an address' }] }, '/emails/0/to/0/address'],
    ['no recipient', { to: [] }, '/emails/0/to'],
    [
      'a control character in a name',
      { from: { name: 'A\u0000', address: 'a@b.test' } },
      '/emails/0/from/name',
    ],
    ['a date without an offset', { sendAt: '2030-01-01T00:00:00' }, '/emails/0/sendAt'],
    ['neither text nor HTML', { text: undefined }, '/emails/0/text'],
    ['an unknown connector', { connectorId: randomUUID() }, '/emails/0/connectorId'],
    [
      'an unknown attachment',
      { attachments: [{ id: randomUUID(), fileName: 'a' }] },
      '/emails/0/attachments/0/id',
    ],
  ])('%s', async (_, more, field) => {
    const { status, problem } = await submitting(more);
    expect(status).toBe(400);
    expect(problem.code).toBe('invalid');
    expect(problem.detail).not.toBe('');
    expect(problem.fields?.map((it) => it.field)).toContain(field);
    expect(problem.fields?.every((it) => it.detail !== '')).toBe(true);
  });

  it('malformed JSON', async () => {
    const { status, body } = await given.backEnd.request('POST', '/v1/emails', {
      body: Buffer.from('{"emails": ['),
      headers: { 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
    });
    expect([status, (body as Problem).code]).toEqual([400, 'invalid']);
  });

  it('a missing idempotency key', async () => {
    const { status, body } = await given.backEnd.request('POST', '/v1/emails', {
      body: { emails: [draft(given.connectorId, 'b@example.test')] },
    });
    expect([status, (body as Problem).code]).toEqual([400, 'invalid']);
    expect((body as Problem).fields?.map((it) => it.field.toLowerCase())).toContain('idempotency-key');
  });

  it('a key that was used for other emails', async () => {
    await given.backEnd.submit([draft(given.connectorId, 'b@example.test')], 'used');
    const { status, body } = await given.backEnd.request('POST', '/v1/emails', {
      body: { emails: [draft(given.connectorId, 'c@example.test')] },
      headers: { 'idempotency-key': 'used' },
    });
    expect([status, (body as Problem).code]).toEqual([422, 'idempotency_key_reused']);
  });
});

describe('a token is refused', () => {
  const ask = async (token: string | null, path = '/v1/me') => {
    const response = await fetch(new URL(path, given.stack.serviceUrl), {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
    return { status: response.status, problem: (await response.json()) as Problem };
  };
  const ada = { id: 'ada', name: 'Ada' };

  it.each<[string, () => Promise<string | null>]>([
    ['that is missing', () => Promise.resolve(null)],
    ['that is none', () => Promise.resolve('abc.def.ghi')],
    ['that has expired', () => mintToken(given.stack.portal, ada, -120)],
    ['of another issuer', () => mintToken({ ...given.stack.portal, issuer: 'https://evil.test' }, ada)],
    ['for another audience', () => mintToken({ ...given.stack.portal, audience: 'other' }, ada)],
    ['signed with another secret', () => mintToken({ ...given.stack.portal, secret: 'x'.repeat(40) }, ada)],
  ])('%s', async (_, token) => {
    const { status, problem } = await ask(await token());
    expect([status, problem.code]).toEqual([401, 'unauthenticated']);
    expect(problem.fields).toEqual([{ field: 'Authorization', detail: expect.stringMatching(/\.$/) }]);
    expect(problem.detail).toContain('Send a valid token');
  });

  it('that may not submit', async () => {
    const { status, body } = await given.author.request('POST', '/v1/emails', {
      body: { emails: [draft(given.connectorId, 'b@example.test')] },
      headers: { 'idempotency-key': randomUUID() },
    });
    expect([status, (body as Problem).code]).toEqual([403, 'forbidden']);
  });
});

it('hides an email from a user who may not see it', async () => {
  const id = await given.submit('later@example.test', {
    sendAt: new Date(Date.now() + 3600_000).toISOString(),
  });
  const stranger = portalClient(given.stack.serviceUrl, given.stack.portal, { id: 'eve', name: 'Eve' });
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/attempts'],
    ['POST', '/cancel'],
    ['POST', '/retry'],
  ] as const) {
    const { status } = await stranger.request(method, `/v1/emails/${id}${path}`, {
      ...(method === 'POST' && { body: {} }),
    });
    expect(status).toBe(404);
  }
  expect((await given.author.detail(id)).email.status).toBe('queued');
});

it('answers 404 for what does not exist and 400 for what cannot exist, never 500', async () => {
  for (const path of [`/v1/emails/${randomUUID()}`, '/v1/nothing', '/nothing']) {
    expect((await given.author.request('GET', path)).status).toBe(404);
  }
  for (const path of [
    '/v1/emails/not-an-id',
    '/v1/outbox?view=other',
    '/v1/outbox?limit=x',
    '/v1/outbox?cursor=x',
  ]) {
    const { status, body } = await given.author.request('GET', path);
    expect([status, (body as Problem).title], path).toEqual([400, expect.stringMatching(/./)]);
  }
});
