import { createHmac, randomBytes, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import type { Problem } from '@portal-outbox/contracts';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Portal } from '../config.ts';
import { authenticate, demandRole, TokenChecker } from './authenticate.ts';
import type { Env } from './context.ts';
import { answerProblem, toProblem } from './problem-answer.ts';

const secret = randomBytes(32).toString('hex');
const shared: Portal = {
  id: '00000000-0000-4000-8000-000000000001',
  name: 'Meridian',
  issuer: 'https://meridian.example',
  audience: 'portal-outbox',
  algorithms: ['HS256'],
  secret,
  origins: ['https://meridian.example/'],
};
const otherSecret = randomBytes(32).toString('hex');
const other: Portal = {
  ...shared,
  id: '00000000-0000-4000-8000-000000000002',
  issuer: 'https://other.example',
  secret: otherSecret,
  origins: ['https://other.example'],
};

let keys: Server;
let keysAnswer: { status: number; body: string };
let withKeys: Portal;
let privateKey: CryptoKey | KeyObject;
let publicPem: string;
let app: Hono<Env>;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  privateKey = pair.privateKey;
  publicPem = await exportSPKI(pair.publicKey);
  const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' }] };
  keysAnswer = { status: 200, body: JSON.stringify(jwks) };
  keys = createServer((_, response) => {
    response.writeHead(keysAnswer.status, { 'content-type': 'application/json' }).end(keysAnswer.body);
  });
  await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
  const { secret: _, ...rest } = shared;
  withKeys = {
    ...rest,
    id: '00000000-0000-4000-8000-000000000003',
    issuer: 'https://keys.example',
    algorithms: ['RS256'],
    jwksUrl: `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks.json`,
  };
});
afterAll(() => keys.close());
beforeEach(() => {
  app = appOf([shared, other, withKeys]);
});

function appOf(portals: Portal[]): Hono<Env> {
  const made = new Hono<Env>();
  made.onError((error, c) => answerProblem(toProblem(error, c, pino({ level: 'silent' }))));
  made.use(authenticate(new TokenChecker(portals)));
  made.get('/', (c) => c.json(c.get('identity')));
  made.get('/administrator', demandRole('administrator'), (c) => c.text('ok'));
  return made;
}

const inAMinute = () => Math.floor(Date.now() / 1000) + 60;
/** An `undefined` claim is left out of the token. */
const claims = (changes: Record<string, unknown> = {}): JWTPayload => {
  const whole: JWTPayload = {
    iss: shared.issuer,
    aud: shared.audience,
    sub: 'ada',
    name: 'Ada',
    exp: inAMinute(),
  };
  return Object.assign(whole, changes);
};
const sign = (payload: JWTPayload, key = secret, alg = 'HS256') =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(Buffer.from(key));
const signWithKey = (payload: JWTPayload, alg = 'RS256', kid = 'k1') =>
  new SignJWT({ ...payload, iss: withKeys.issuer }).setProtectedHeader({ alg, kid }).sign(privateKey);

async function ask(token: string | null, headers: Record<string, string> = {}, path = '/') {
  const response = await app.request(path, {
    headers: { ...(token !== null && { authorization: `Bearer ${token}` }), ...headers },
  });
  const body = (await response.json().catch(() => null)) as Record<string, unknown> & Partial<Problem>;
  return { status: response.status, body, headers: response.headers };
}

describe('a token is taken', () => {
  it('with issuer, audience, signature and time in order: it says who is calling, and from which portal', async () => {
    const { status, body } = await ask(await sign(claims({ roles: ['administrator'] })));
    expect([status, body]).toEqual([
      200,
      {
        ...{ portalId: shared.id, userId: 'ada', name: 'Ada', roles: ['administrator'] },
        ...{ origins: ['https://meridian.example'], expiresAt: expect.any(Number) as number },
      },
    ]);
  });

  it('of an issuer with public keys', async () => {
    expect((await ask(await signWithKey(claims()))).body).toMatchObject({ portalId: withKeys.id });
  });

  it('for several audiences, ours among them, without name and roles', async () => {
    const token = await sign(claims({ aud: ['a', shared.audience], name: undefined }));
    expect((await ask(token)).body).toMatchObject({ name: 'ada', roles: [] });
  });

  it('from a page of its portal, and from a program that names no page', async () => {
    const token = await sign(claims());
    expect((await ask(token, { origin: 'https://meridian.example' })).status).toBe(200);
    expect((await ask(token)).status).toBe(200);
  });

  it('of either of two portals with one issuer: the signature tells which', async () => {
    app = appOf([shared, { ...other, issuer: shared.issuer }]);
    expect((await ask(await sign(claims(), otherSecret))).body).toMatchObject({ portalId: other.id });
    expect((await ask(await sign(claims()))).body).toMatchObject({ portalId: shared.id });
  });
});

const tampered = async (change: (payload: Record<string, unknown>) => Record<string, unknown>) => {
  const [header, payload, signature] = (await sign(claims())).split('.');
  const changed = change(
    JSON.parse(Buffer.from(payload!, 'base64url').toString()) as Record<string, unknown>,
  );
  return `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
};
/** RS256 keys are public: whoever signs with one as if it were a shared secret must not get in. */
const confused = (payload: JWTPayload) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', kid: 'k1' })}.${part({ ...payload, iss: withKeys.issuer })}`;
  return `${signed}.${createHmac('sha256', publicPem).update(signed).digest('base64url')}`;
};

describe('a token is refused as unauthenticated', () => {
  it.each<[string, () => Promise<string | null> | string | null]>([
    ['when there is none', () => null],
    ['when it is none', () => 'abc'],
    ['of an unknown issuer', () => sign(claims({ iss: 'https://evil.example' }))],
    ['without an issuer', () => sign(claims({ iss: undefined }))],
    ['for another audience', () => sign(claims({ aud: 'other' }))],
    ['without an audience', () => sign(claims({ aud: undefined }))],
    ['that has expired', () => sign(claims({ exp: inAMinute() - 120 }))],
    ['without exp', () => sign(claims({ exp: undefined }))],
    ['that begins later', () => sign(claims({ nbf: inAMinute() }))],
    ['without sub', () => sign(claims({ sub: undefined }))],
    ['with an empty sub', () => sign(claims({ sub: '' }))],
    ['with a line break in sub', () => sign(claims({ sub: 'a\nb' }))],
    ['with a sub that is too long', () => sign(claims({ sub: 'x'.repeat(201) }))],
    ['with roles that are no list', () => sign(claims({ roles: 'administrator' }))],
    ['signed with another secret', () => sign(claims(), randomBytes(32).toString('hex'))],
    ['signed with another portal’s secret', () => sign(claims(), otherSecret)],
    ['of an algorithm not agreed on', () => sign(claims(), secret, 'HS512')],
    ['without a signature', () => new UnsecuredJWT(claims()).encode()],
    ['with its signature cut off', async () => (await sign(claims())).replace(/[^.]+$/, '')],
    ['whose user was changed', () => tampered((payload) => ({ ...payload, sub: 'eve' }))],
    ['whose roles were changed', () => tampered((payload) => ({ ...payload, roles: ['administrator'] }))],
    ['whose public key was used as a secret', () => confused(claims())],
    ['of a key that the issuer does not have', () => signWithKey(claims(), 'RS256', 'k2')],
    ['of another algorithm of the same key', () => signWithKey(claims(), 'PS256').catch(() => 'a.b.c')],
  ])('%s', async (_, make) => {
    const token = await make();
    const { status, body, headers } = await ask(token);
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    if (token !== null && token.length > 5) expect(JSON.stringify(body)).not.toContain(token);
  });

  it.each(['Basic dTpw', 'Bearer', 'Bearer a b', 'bearer', ''])('in the header %j', async (authorization) => {
    expect((await ask(null, { authorization })).status).toBe(401);
  });

  it('again once it has expired, though it was taken before', async () => {
    const token = await sign(claims({ exp: Math.floor(Date.now() / 1000) - 2 }));
    // Clocks differ by some seconds.
    expect((await ask(token)).status).toBe(200);
    const old = await sign(claims({ exp: Math.floor(Date.now() / 1000) - 6 }));
    expect((await ask(old)).body.detail).toContain('expired');
  });
});

describe('a request is forbidden', () => {
  it.each(['https://other.example', 'https://evil.example', 'http://meridian.example', 'null'])(
    'from a page of %s',
    async (origin) => {
      const { status, body } = await ask(await sign(claims()), { origin });
      expect([status, body.code]).toEqual([403, 'forbidden']);
    },
  );

  it.each([[undefined], [[]], [['portal']], [['Administrator']]])('without the role: %j', async (roles) => {
    const { status, body } = await ask(await sign(claims({ roles })), {}, '/administrator');
    expect([status, body.code]).toEqual([403, 'forbidden']);
    expect((await ask(await sign(claims({ roles: ['administrator'] })), {}, '/administrator')).status).toBe(
      200,
    );
  });
});

it.each([
  ['fails', { status: 500, body: 'oops' }],
  ['gives no keys', { status: 200, body: '<html>' }],
  ['gives something else', { status: 200, body: '{}' }],
])('is unavailable, not unauthenticated, while the issuer’s key server %s', async (_, answer) => {
  const good = keysAnswer;
  keysAnswer = answer;
  try {
    const { status, body, headers } = await ask(await signWithKey(claims()));
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '5']);
  } finally {
    keysAnswer = good;
  }
  expect((await ask(await signWithKey(claims()))).status).toBe(200);
});
