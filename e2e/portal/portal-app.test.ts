import { Hono } from 'hono';
import { decodeJwt, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { ServiceProblem, type EmailDraft, type PortalClient } from '../stack/portal-client.ts';
import type { Stack } from '../stack/stack.ts';
import { DemoControls } from './demo-controls.ts';
import { portalApp } from './portal-app.ts';

const portal = {
  id: '0b8e3c52-3a9f-4a63-9d3b-0c0d0a2d7a10',
  name: 'Meridian',
  issuer: 'http://127.0.0.1:4000',
  audience: 'portal-outbox',
  secret: 'a secret of more than thirty-two characters',
  origin: 'http://127.0.0.1:4000',
};

/** What a browser sends along; `app.request` stands for http://localhost. */
const ownOrigin = { origin: 'http://localhost' };

test('opens on Emails › Outbox, signed in as the team leader', async () => {
  const { app } = newPortal();
  const start = await app.request('/');
  expect(start.headers.get('location')).toBe('/emails/outbox');
  const html = await (await app.request('/emails/outbox')).text();
  expect(html).toContain('Claire Fontaine');
  expect(html).toMatch(
    /<a href="\/emails\/outbox" aria-current="page"\s*>.*Outbox.*<outbox-count><\/outbox-count>/s,
  );
  expect(html).toContain('<outbox-view connector-url="/connectors/{id}"></outbox-view>');
});

test('allows no inline script or style, and only its own and the service’s origin', async () => {
  const { app } = newPortal();
  const response = await app.request('/emails/outbox');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("script-src 'self' http://127.0.0.1:4001");
  expect(policy).toContain("style-src 'self'");
  expect(policy).toContain("require-trusted-types-for 'script'");
  expect(policy).not.toContain('unsafe');
  expect(await response.text()).not.toMatch(/<style| style=|<script(?![^>]*src=)/);
});

test('issues a token of five minutes for the current user, and tells of the visit', async () => {
  const { app, visits } = newPortal();
  const response = await app.request('/session/token', { method: 'POST', headers: ownOrigin });
  const { token } = (await response.json()) as { token: string };
  const { payload } = await jwtVerify(token, new TextEncoder().encode(portal.secret), {
    issuer: portal.issuer,
    audience: portal.audience,
  });
  expect(payload).toMatchObject({ sub: 'claire.fontaine', name: 'Claire Fontaine', roles: [] });
  expect(payload.exp! - Date.now() / 1000).toBeGreaterThan(290);
  expect(payload.exp! - Date.now() / 1000).toBeLessThanOrEqual(300);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(visits()).toBe(1);
});

test('the switcher changes user, language and appearance', async () => {
  const { app } = newPortal();
  const cookies: string[] = [];
  for (const choice of ['part=administrator', 'language=fr', 'theme=dark', 'theme=javascript:']) {
    const response = await app.request('/session', {
      method: 'POST',
      body: new URLSearchParams(choice),
      headers: ownOrigin,
    });
    expect(response.headers.get('location')).toBe('/');
    cookies.push(...response.headers.getSetCookie().map((each) => each.split(';')[0]!));
  }
  const headers = { ...ownOrigin, cookie: cookies.join('; ') };
  const html = await (await app.request('/emails/outbox', { headers })).text();
  expect(html).toContain('lang="fr"');
  expect(html).toContain('data-theme="dark"');
  expect(html).toContain('Rachid Benali');
  const token = (await (await app.request('/session/token', { method: 'POST', headers })).json()) as {
    token: string;
  };
  expect(decodeJwt(token.token)).toMatchObject({ sub: 'rachid.benali', roles: ['administrator'] });
});

test('shows the packet that the Outbox leads to, and says when there is none', async () => {
  const { app } = newPortal();
  const found = await app.request('/packets/101342-T');
  expect(await found.text()).toContain('Replacement filters for the Lyon plant');
  const missing = await app.request('/packets/%3Cscript%3E');
  expect(missing.status).toBe(404);
  expect(await missing.text()).not.toContain('<script>');
});

test('hands a written email to the service in the name of the current user', async () => {
  const { app, submitted } = newPortal();
  const form = new FormData();
  form.set('to', 'one@example.com; two@example.com');
  form.set('subject', 'Hello');
  form.set('text', 'Words');
  form.set('importance', 'high');
  form.set('packet', '101342-T');
  form.set('attachment', new File(['a,b'], 'list.csv', { type: 'text/csv' }));
  const response = await app.request('/emails', {
    method: 'POST',
    body: form,
    headers: ownOrigin,
  });
  expect(response.status).toBe(201);
  expect(submitted).toMatchObject([
    {
      authorId: 'claire.fontaine',
      to: [{ address: 'one@example.com' }, { address: 'two@example.com' }],
      importance: 'high',
      packet: { ref: '101342-T', type: 'ticket' },
      attachments: [{ fileName: 'list.csv', contentType: 'text/csv' }],
    },
  ]);
});

test('passes on what the service says about an email that it does not take', async () => {
  const { app } = newPortal();
  const form = new FormData();
  form.set('to', 'nobody');
  const response = await app.request('/emails', {
    method: 'POST',
    body: form,
    headers: ownOrigin,
  });
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    taken: false,
    problem: expect.stringContaining('Give one address') as string,
  });
});

test('refuses a form that another site sends', async () => {
  const { app } = newPortal();
  const response = await app.request('/session', {
    method: 'POST',
    body: new URLSearchParams('part=administrator'),
    headers: { origin: 'https://elsewhere.example' },
  });
  expect(response.status).toBe(403);
});

function newPortal() {
  let visits = 0;
  const submitted: EmailDraft[] = [];
  const client = {
    uploadAttachment: async () => ({ id: '00000000-0000-4000-8000-000000000001', size: 3, sha256: '' }),
    submit: async (emails: EmailDraft[]) => {
      if (emails.some(({ to }) => to?.some(({ address }) => !address.includes('@')))) throw badAddress();
      submitted.push(...emails);
      return ['id'];
    },
  } as unknown as PortalClient;
  const stack = { serviceUrl: 'http://127.0.0.1:4001', portal, sink: null, workers: [] } as unknown as Stack;
  const backEnd = () => client;
  const app = portalApp({
    stack,
    backEnd,
    controls: new DemoControls(stack, backEnd),
    connectors: { sales: 'sales', support: 'support', legacy: 'legacy' },
    assets: new Hono(),
    onVisit: () => (visits += 1),
  });
  return { app, submitted, visits: () => visits };
}

function badAddress(): ServiceProblem {
  const detail = 'Give one address such as name@example.com.';
  return new ServiceProblem('POST /v1/emails', 400, {
    type: 'about:blank',
    title: 'Invalid request',
    status: 400,
    code: 'invalid',
    detail,
    fields: [{ field: '/emails/0/to/0/address', detail }],
  });
}
