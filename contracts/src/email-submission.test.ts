import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { connectorDraft } from './connector.ts';
import { directoryPacket, directoryTeam, directoryUser } from './directory.ts';
import { emailSubmission, emailSubmissions, idempotencyKey } from './email-submission.ts';
import { limits } from './limits.ts';

const id = '7a5f4b1e-64f4-4b44-9d6e-0a4f2f3f7c11';
const mailbox = (address = 'ann@customer.example') => ({ name: 'Ann', address });
const email = {
  connectorId: id,
  authorId: 'ada',
  from: mailbox('ada@portal.example'),
  to: [mailbox()],
  subject: 'Hello',
  text: 'Body',
};
/** Every field of a submission that may be given. */
const complete = {
  ...email,
  replyTo: mailbox(),
  cc: [mailbox()],
  bcc: [mailbox()],
  html: '<p>Body</p>',
  attachments: [{ id, fileName: 'a.pdf', contentType: 'application/pdf', contentId: 'logo' }],
  importance: 'high',
  packet: { ref: '101342-T', type: 'ticket' },
  sendAt: '2026-11-12T14:05:00Z',
  inReplyTo: '<1@customer.example>',
  references: ['<0@customer.example>'],
};

const problemsOf = (schema: v.GenericSchema, value: unknown): string[] =>
  (v.safeParse(schema, value).issues ?? []).map((issue) => v.getDotPath(issue) ?? '');
const problems = (changes: Record<string, unknown>) => problemsOf(emailSubmission, { ...email, ...changes });

it('takes an email with every field, and fills in what was left out', () => {
  expect(problemsOf(emailSubmission, complete)).toEqual([]);
  expect(v.parse(emailSubmission, { ...email, to: [{ address: 'a@b.example' }] })).toMatchObject({
    to: [{ name: '', address: 'a@b.example' }],
    cc: [],
    bcc: [],
    attachments: [],
    importance: 'normal',
    references: [],
  });
});

/** C0, DEL, C1, the two Unicode line separators, and half a character. */
const forbidden = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, index) => 0x7f + index),
  ...[0x2028, 0x2029, 0xd800, 0xdfff],
].map((code) => String.fromCharCode(code));

describe('a control character or half a character is refused', () => {
  const bodies = new Set(['text', 'html']);
  const values: [string, v.GenericSchema, object][] = [
    ['an email', emailSubmission, complete],
    ['a connector', connectorDraft, { name: 'a', host: 'b', port: 25, security: 'tls', username: 'c' }],
    ['a user', directoryUser, { name: 'a', access: 'own' }],
    ['a team', directoryTeam, { name: 'a', parentId: 'b', leaderId: 'c', memberIds: ['d'] }],
    [
      'a packet',
      directoryPacket,
      { type: 'case', title: 'a', url: '/b', workerIds: ['c'], accessIds: ['d'] },
    ],
  ];
  const fields = values.flatMap(([of, schema, value]) =>
    textPaths(value)
      .filter((path) => !bodies.has(path.join('.')))
      .map((path) => [of, path.join('.'), schema, value, path] as const),
  );

  it('wherever a text goes into a header, an envelope or the page', () => {
    expect(fields.length).toBeGreaterThan(30);
  });

  it.each(fields)('in %s: %s', (_, field, schema, value, path) => {
    for (const character of forbidden) {
      const places = '\r\n'.includes(character) ? [0, 1, Infinity] : [1];
      for (const place of places) {
        const changed = withText(value, path, (text) => {
          const at = Math.min(place, text.length);
          return text.slice(0, at) + character + text.slice(at);
        });
        expect(problemsOf(schema, changed), JSON.stringify(character)).toContain(field);
      }
    }
  });
});

describe('the number', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => mailbox(`r${index}@x.example`));

  it.each([
    [0, false],
    [1, true],
    [limits.emailsPerSubmission, true],
    [limits.emailsPerSubmission + 1, false],
  ])('of emails in one submission: %d', (count, taken) => {
    const emails = Array.from({ length: count }, () => email);
    expect(v.safeParse(emailSubmissions, { emails }).success).toBe(taken);
  });

  it.each([
    ['characters of a subject', (n: number) => ({ subject: 'é'.repeat(n) }), 998],
    ['recipients, To alone', (n: number) => ({ to: many(n) }), 500],
    ['recipients, To, Cc and Bcc together', (n: number) => ({ cc: many(200), bcc: many(n - 201) }), 500],
    ['attachments', (n: number) => ({ attachments: many(n).map(() => ({ id, fileName: 'a' })) }), 100],
    ['characters of a text', (n: number) => ({ text: 'x'.repeat(n) }), 2_000_000],
    ['references', (n: number) => ({ references: many(n).map(() => '<a@b>') }), 50],
    ['characters of a file name', (n: number) => ({ attachments: [{ id, fileName: 'x'.repeat(n) }] }), 255],
    ['characters of a name', (n: number) => ({ from: { ...email.from, name: 'x'.repeat(n) } }), 200],
  ])('of %s is bounded', (_, changes, most) => {
    expect(problems(changes(most))).toEqual([]);
    expect(problems(changes(most + 1))).toHaveLength(1);
  });
});

it.each([
  ['no recipient in To', { to: [], cc: [mailbox()] }, 'to'],
  ['neither text nor HTML', { text: undefined }, 'text'],
  ['an unknown field', { colour: 'red' }, 'colour'],
  ['an unknown field of a mailbox', { from: { ...email.from, kind: 'x' } }, 'from.kind'],
  ['an unknown importance', { importance: 'urgent' }, 'importance'],
  ['an author left out', { authorId: undefined }, 'authorId'],
  [
    'a media type with a parameter',
    { attachments: [{ id, fileName: 'a', contentType: 'a/b; c=d' }] },
    'attachments.0.contentType',
  ],
  [
    'a content id in brackets',
    { attachments: [{ id, fileName: 'a', contentId: '<a>' }] },
    'attachments.0.contentId',
  ],
  ['a message id without brackets', { inReplyTo: 'a@b' }, 'inReplyTo'],
])('refuses %s', (_, changes, field) => {
  expect(problems(changes)).toContain(field);
});

it('takes system-generated emails and empty subjects', () => {
  expect(problems({ authorId: null, subject: '' })).toEqual([]);
});

it('takes idempotency keys of 1 to 200 printable ASCII characters', () => {
  const keys = ['', 'k', 'x'.repeat(200), 'x'.repeat(201), 'a b', 'é', 'a\n'];
  expect(keys.map((key) => v.safeParse(idempotencyKey, key).success)).toEqual([
    false,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

function textPaths(value: object): string[][] {
  return Object.entries(value).flatMap(([key, it]: [string, unknown]) =>
    typeof it === 'string' ? [[key]] : isObject(it) ? textPaths(it).map((path) => [key, ...path]) : [],
  );
}

function withText(value: object, [key = '', ...rest]: string[], change: (text: string) => string): unknown {
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  const it = copy[key];
  copy[key] = isObject(it) ? withText(it, rest, change) : change(String(it));
  return copy;
}

function isObject(it: unknown): it is object {
  return typeof it === 'object' && it !== null;
}
