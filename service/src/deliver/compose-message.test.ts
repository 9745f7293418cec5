import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import type { ClaimedMessage } from '@portal-outbox/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeMessage } from './compose-message.ts';
import { atUrl, claimedMessage, Delivery, granted, inline, settingsFor } from './testing/delivery-fixture.ts';
import { ScriptedSmtpServer } from './testing/scripted-smtp-server.ts';

const emailId = '0d8f2f5e-6d5f-4c62-9a0f-0f6a3f1f2b01';
const bytes = randomBytes(1_500_000);
let http: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let url: string;

beforeEach(async () => {
  answer = (_request, response) => response.end(bytes);
  http = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/content`;
});
afterEach(() => {
  http.closeAllConnections();
  http.close();
});

async function compose(message: ClaimedMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of composeMessage(message, emailId, new AbortController().signal))
    chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

const attachment = (fileName: string, content: ClaimedMessage['attachments'][number]['content']) => ({
  fileName,
  contentType: 'application/pdf',
  contentId: null,
  content,
});

/** Bytes of the base64 part that follows a header containing `name`. */
function part(message: string, name: string): Buffer {
  const headerAt = message.indexOf(name);
  const bodyAt = message.indexOf('\r\n\r\n', headerAt) + 4;
  return Buffer.from(message.slice(bodyAt, message.indexOf('\r\n--', bodyAt)), 'base64');
}

describe('composing a message', () => {
  const full = (): ClaimedMessage =>
    claimedMessage({
      subject: 'Été — 🎉',
      importance: 'high',
      cc: [{ name: 'Böb', address: 'bob@customer.example' }],
      replyTo: { name: '', address: 'reply@portal.example' },
      inReplyTo: '<first@customer.example>',
      references: ['<zeroth@customer.example>', '<first@customer.example>'],
      html: inline('<p>Hello <img src="cid:logo"></p>'),
      attachments: [
        attachment('small.pdf', inline(bytes.subarray(0, 1000))),
        attachment('large.pdf', atUrl(bytes, url)),
        {
          fileName: 'logo.png',
          contentType: 'image/png',
          contentId: 'logo',
          content: inline(bytes.subarray(5, 90)),
        },
        { ...attachment('mail.eml', inline('From: a@b\n\nlines\nstay')), contentType: 'message/rfc822' },
        attachment('empty.pdf', inline('')),
      ],
    });

  it('is the same to the byte at every attempt', async () => {
    const first = await compose(full());
    expect((await compose(full())) === first).toBe(true);
    expect(first.slice(0, 2000)).toContain('Message-ID: <0d8f2f5e@portal.example>\r\n');
    expect(first.slice(0, 2000)).toContain('Date: Thu, 12 Nov 2026 14:05:00 +0000\r\n');
  });

  it('keeps every attachment byte by byte, inline and fetched', async () => {
    const message = await compose(full());
    expect(part(message, 'filename=small.pdf').equals(bytes.subarray(0, 1000))).toBe(true);
    expect(part(message, 'filename=large.pdf').equals(bytes)).toBe(true);
    expect(part(message, 'filename=logo.png').equals(bytes.subarray(5, 90))).toBe(true);
    expect(part(message, 'filename=mail.eml').toString()).toBe('From: a@b\n\nlines\nstay');
    expect(message.includes('filename=empty.pdf')).toBe(true);
  });

  it('writes the headers that the email asks for', async () => {
    const message = (await compose(full())).replace(/^[\w+/=]{50,}\r\n/gm, '');
    expect(message).toContain('Importance: high\r\n');
    expect(message).toContain('In-Reply-To: <first@customer.example>\r\n');
    expect(message).toContain('References: <zeroth@customer.example> <first@customer.example>\r\n');
    expect(message).toContain('Content-ID: <logo>\r\n');
    expect(message).toContain('Reply-To: reply@portal.example\r\n');
    expect(message).not.toMatch(/^Bcc/im);
    expect(await compose(claimedMessage())).not.toContain('Importance');
  });

  it.each([
    { subject: 'x\r\nBcc: eve@evil.example' },
    { messageId: '<a@b>\nX: y' },
    { from: { name: 'a\u0000', address: 'a@b.example' } },
    { to: [{ name: '', address: 'a@b.example\r\nX: y' }] },
    { references: ['<a>\u2028'] },
    { attachments: [attachment('a\r\nX: y', inline(''))] },
    { date: 'yesterday' },
  ])('refuses what cannot be a header: %j', async (changes) => {
    await expect(compose(claimedMessage(changes))).rejects.toThrow();
  });

  it('never lets a content type turn an attachment into structure', async () => {
    const message = await compose(
      claimedMessage({
        attachments: ['multipart/mixed; boundary=x', 'text/html\u00a0x', 'nonsense'].map(
          (contentType, index) => ({
            ...attachment(`${index}.bin`, inline(`content ${index}`)),
            contentType: contentType.replace('\u00a0', ' '),
          }),
        ),
      }),
    );
    for (const index of [0, 1, 2])
      expect(part(message, `filename=${index}.bin`).toString()).toBe(`content ${index}`);
  });
});

describe('content that is not what was promised', () => {
  const wrong: [string, () => ClaimedMessage][] = [
    ['has another hash', () => withLarge({ ...atUrl(bytes, url), sha256: '0'.repeat(64) })],
    ['is longer', () => withLarge({ ...atUrl(bytes, url), size: bytes.length - 1 })],
    ['is shorter', () => withLarge({ ...atUrl(bytes, url), size: bytes.length + 1 })],
    ['is not found', () => withLarge(atUrl(bytes, url))],
    ['breaks off', () => withLarge(atUrl(bytes, url))],
    ['is elsewhere', () => withLarge(atUrl(bytes, 'http://127.0.0.1:1/'))],
    ['is redirected', () => withLarge(atUrl(bytes, url))],
    ['has another hash inline', () => claimedMessage({ text: { ...inline('a'), sha256: '0'.repeat(64) } })],
  ];
  const answers: Record<string, typeof answer> = {
    'is not found': (_request, response) => response.writeHead(404).end('gone'),
    'is redirected': (_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    'breaks off': (_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 700_000), () => response.destroy());
    },
  };
  const withLarge = (content: ClaimedMessage['attachments'][number]['content']): ClaimedMessage =>
    claimedMessage({ attachments: [attachment('large.pdf', content)] });

  it.each(wrong)('never ends the data when it %s', async (name, message) => {
    answer = answers[name] ?? answer;
    const server = await new ScriptedSmtpServer().start();
    const delivery = new Delivery(settingsFor(server.port));
    delivery.claim = () => granted(message());
    const outcome = await delivery.send();
    expect(outcome).toMatchObject({
      result: 'deferred',
      cause: 'content_unavailable',
      claimToken: delivery.claims[0]?.claimToken,
    });
    await expect.poll(() => server.sockets.size).toBe(0);
    expect(server.messages).toHaveLength(0);
    await server.stop();
  });
});
