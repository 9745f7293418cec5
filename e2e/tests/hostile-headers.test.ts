import { randomUUID } from 'node:crypto';
import type { Problem } from '@portal-outbox/contracts';
import { describe, expect, it } from 'vitest';
import { draft, givenStack } from './given-stack.ts';

const given = givenStack({ workers: 0 });

const controls = ['\r\nBcc: eve@evil.test', '\n', '\u0000', '\u0085', '\u2028', '\u001b[31m'];
const message = (id: string) => `<${id}@example.test>`;

/** Every value of a submission that ends up in a header or the envelope, with `bad` in it. */
const values: Record<string, (bad: string) => Record<string, unknown>> = {
  '/subject': (bad) => ({ subject: `Hello${bad}` }),
  '/from/name': (bad) => ({ from: { name: `Ann${bad}`, address: 'ann@example.test' } }),
  '/from/address': (bad) => ({ from: { name: 'Ann', address: `ann${bad}@example.test` } }),
  '/replyTo/name': (bad) => ({ replyTo: { name: `Ann${bad}`, address: 'ann@example.test' } }),
  '/replyTo/address': (bad) => ({ replyTo: { name: '', address: `ann@example.test${bad}` } }),
  '/to/0/name': (bad) => ({ to: [{ name: `Bob${bad}`, address: 'bob@example.test' }] }),
  '/to/0/address': (bad) => ({ to: [{ address: `bob@example.test${bad}` }] }),
  '/cc/0/name': (bad) => ({ cc: [{ name: `Bob${bad}`, address: 'bob@example.test' }] }),
  '/bcc/0/address': (bad) => ({ bcc: [{ address: `bob${bad}@example.test` }] }),
  '/inReplyTo': (bad) => ({ inReplyTo: message(`a${bad}`) }),
  '/references/0': (bad) => ({ references: [message(`a${bad}`)] }),
  '/attachments/0/fileName': (bad) => ({ attachments: [{ id: randomUUID(), fileName: `a${bad}.pdf` }] }),
  '/attachments/0/contentType': (bad) => ({
    attachments: [{ id: randomUUID(), fileName: 'a', contentType: `text/plain${bad}` }],
  }),
  '/attachments/0/contentId': (bad) => ({
    attachments: [{ id: randomUUID(), fileName: 'a', contentId: `logo${bad}` }],
  }),
  '/packet/ref': (bad) => ({ packet: { ref: `1${bad}`, type: 'ticket' } }),
};

describe('refuses control characters, naming the field, in', () => {
  it.each(Object.entries(values))('%s', async (field, put) => {
    for (const bad of controls) {
      const { status, headers, body } = await given.backEnd.request('POST', '/v1/emails', {
        body: { emails: [{ ...draft(given.connectorId, 'b@example.test'), ...put(bad) }] },
        headers: { 'idempotency-key': randomUUID() },
      });
      const { code, fields, detail } = body as Problem;
      expect([status, code], JSON.stringify(bad)).toEqual([400, 'invalid']);
      expect(headers.get('content-type')).toBe('application/problem+json');
      expect(fields?.map((it) => it.field)).toContain(`/emails/0${field}`);
      expect(detail).not.toBe('');
      expect(JSON.stringify(body)).not.toContain('evil.test');
    }
  });
});

/** What no operation expects: each must be told so, and none may break. */
const garbage: [string, { body?: Uint8Array; headers?: Record<string, string> }][] = [
  ['no body', {}],
  ['broken JSON', { body: Buffer.from('{"a":'), headers: { 'content-type': 'application/json' } }],
  ['a list', { body: Buffer.from('[[],{}]'), headers: { 'content-type': 'application/json' } }],
  [
    'wrong types',
    {
      body: Buffer.from('{"emails":7,"name":{},"images":3}'),
      headers: { 'content-type': 'application/json' },
    },
  ],
  ['another media type', { body: Buffer.from('a=b'), headers: { 'content-type': 'text/plain' } }],
  [
    'bytes that are no UTF-8',
    { body: Buffer.from([0xff, 0xfe, 0]), headers: { 'content-type': 'application/json' } },
  ],
];

it('answers nonsense to any operation with a problem, never with 500', async () => {
  const { body } = await given.backEnd.request('GET', '/openapi.json');
  const { paths } = body as { paths: Record<string, Record<string, unknown>> };
  let asked = 0;
  for (const [path, operations] of Object.entries(paths)) {
    if (path === '/v1/changes') continue;
    for (const method of Object.keys(operations)) {
      for (const id of [randomUUID(), 'x', '%00', "'--", '..%2f']) {
        for (const [name, request] of method === 'get' ? garbage.slice(0, 1) : garbage) {
          const url = path.replaceAll(/\{\w+\}/g, id);
          const answer = await given.backEnd.request(method.toUpperCase(), url, {
            ...request,
            headers: { ...request.headers, 'idempotency-key': 'x' },
          });
          asked += 1;
          expect(answer.status, `${method} ${url} with ${name}`).toBeLessThan(500);
          if (answer.status < 400) continue;
          const { code, detail } = answer.body as Problem;
          expect([code, detail], `${method} ${url} with ${name}`).toEqual([
            expect.stringMatching(/^[a-z_]+$/),
            expect.stringMatching(/./),
          ]);
        }
        if (!path.includes('{')) break;
      }
    }
  }
  expect(asked).toBeGreaterThan(100);
});
