import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '@portal-outbox/contracts';
import { storeAttachment } from '../src/db/attachments.ts';
import { portalApi } from './api-fixture.ts';
import { author, givenOutbox, outcomeOf } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);
afterEach(() => void vi.useRealTimers());

const png = Buffer.from('89504e470d0a1a0a', 'hex');
const upload = async (bytes: Uint8Array) => {
  async function* body() {
    yield bytes;
  }
  return (await storeAttachment(given.database, given.portalId, randomUUID(), body()))!.id;
};
async function email(fileName = 'report.pdf') {
  const attachments = [
    { id: await upload(Buffer.from('content')), fileName },
    { id: await upload(png), fileName: 'logo.png', contentType: 'image/png', contentId: 'logo@mail' },
    {
      id: await upload(Buffer.from('<svg onload="x"/>')),
      fileName: 'x.svg',
      contentType: 'image/svg+xml',
      contentId: 'svg@mail',
    },
  ];
  const html =
    '<p onclick="x">Hi</p><script>alert(1)</script><img src="cid:logo@mail"><img src="cid:svg@mail">';
  return given.submit(await given.connector(), { html, attachments });
}
async function link(path: string, user = author): Promise<string> {
  const { status, body } = await api.call(user, 'POST', path, { body: {} });
  expect(status).toBe(200);
  const { url } = body as { url: string };
  expect(url).toMatch(/^https:\/\/outbox\.example\/v1\/(preview|attachment)\//);
  return new URL(url).pathname;
}
const get = (path: string) => api.app.request(path);

describe('a preview', () => {
  it('needs no token of its own, and is shut in', async () => {
    const response = await get(await link(`/v1/emails/${await email()}/preview`));
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('<p>Hi</p>');
    expect(html).not.toMatch(/script|onclick|cid:/);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(
        /^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';.*frame-ancestors https:\/\/portal\.example;/,
      ) as string,
    });
  });

  it('shows the images inside the email, but none that may hold a script', async () => {
    const html = await (await get(await link(`/v1/emails/${await email()}/preview`))).text();
    const [logo, svg] = [...html.matchAll(/src="https:\/\/outbox\.example([^"]+)"/g)].map((it) => it[1]!);
    const shown = await get(logo!);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(png);
    expect(shown.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect((await get(svg!)).status).toBe(404);
  });
});

describe('an attachment', () => {
  it.each([
    ['report.pdf', 'attachment; filename="report.pdf"; filename*=UTF-8\'\'report.pdf'],
    ['a"b;c.txt', 'attachment; filename="a_b;c.txt"; filename*=UTF-8\'\'a%22b%3Bc.txt'],
    ['../../etc/passwd', 'attachment; filename=".._.._etc_passwd"; filename*=UTF-8\'\'.._.._etc_passwd'],
    ['Été ✓.txt', 'attachment; filename="_t_ _.txt"; filename*=UTF-8\'\'%C3%89t%C3%A9%20%E2%9C%93.txt'],
    ['gpj.\u202eexe', 'attachment; filename="gpj._exe"; filename*=UTF-8\'\'gpj._exe'],
    ["it's (1)*.txt", "attachment; filename=\"it's (1)*.txt\"; filename*=UTF-8''it%27s%20%281%29%2a.txt"],
  ])('is downloaded, never shown, under a harmless name: %s', async (fileName, disposition) => {
    const response = await get(await link(`/v1/emails/${await email(fileName)}/attachments/0/link`));
    expect(await response.text()).toBe('content');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': disposition,
      'content-length': '7',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each(['3', '999'])('that is not there has no link: %s', async (position) => {
    const { status } = await api.call(
      author,
      'POST',
      `/v1/emails/${await email()}/attachments/${position}/link`,
    );
    expect(status).toBe(404);
  });
});

describe('a link', () => {
  const notFound = async (path: string) => {
    const response = await get(path);
    expect([path.split('/')[2], response.status, ((await response.json()) as Problem).code]).toEqual([
      path.split('/')[2],
      404,
      'not_found',
    ]);
  };

  it('is for one purpose', async () => {
    const id = await email();
    const [preview, attachment] = [
      await link(`/v1/emails/${id}/preview`),
      await link(`/v1/emails/${id}/attachments/0/link`),
    ];
    for (const purpose of ['attachment', 'inline', 'content'])
      await notFound(preview.replace('preview', purpose));
    for (const purpose of ['preview', 'inline', 'content']) {
      await notFound(attachment.replace('/attachment/', `/${purpose}/`));
    }
  });

  it('works for 60 s', async () => {
    const path = await link(`/v1/emails/${await email()}/preview`);
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Date.now() + 55_000);
    expect((await get(path)).status).toBe(200);
    vi.setSystemTime(Date.now() + 10_000);
    await notFound(path);
  });

  it.each(['preview', 'attachments/0/link'])(
    'is given to nobody who may not see the email: %s',
    async (what) => {
      const { status } = await api.call('eve', 'POST', `/v1/emails/${await email()}/${what}`, { body: {} });
      expect(status).toBe(404);
    },
  );

  it('still works for an email that was sent meanwhile', async () => {
    const claimed = await given.claimed(await given.connector(), { html: '<p>Sent</p>' });
    const path = await link(`/v1/emails/${claimed.id}/preview`);
    await given.settle(outcomeOf(claimed));
    expect(await (await get(path)).text()).toContain('<p>Sent</p>');
  });
});
