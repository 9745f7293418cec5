import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { get, type IncomingMessage } from 'node:http';
import { serve, type ServerType } from '@hono/node-server';
import { mintToken, type PortalIdentity } from '../../e2e/stack/portal-client.ts';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { authenticate, TokenChecker } from '../src/api/authenticate.ts';
import type { App, ChangeStreams, Dependencies, Env } from '../src/api/context.ts';
import { getChanges } from '../src/api/get-changes.ts';

const portal: PortalIdentity = {
  ...{ id: '11111111-1111-4111-8111-111111111111', name: 'Meridian', issuer: 'https://portal.example' },
  ...{ audience: 'portal-outbox', secret: randomBytes(32).toString('hex'), origin: 'https://portal.example' },
};

/** A feed that says hello, and remembers the line. */
class FakeFeed implements ChangeStreams {
  write: (text: string) => boolean = () => true;
  readonly asked: unknown[] = [];
  drained = 0;
  closed = 0;
  refuses = false;

  open: ChangeStreams['open'] = (reader, lastEventId, { write }) => {
    if (this.refuses) return Promise.reject(new Error('no database'));
    this.asked.push({ ...reader, lastEventId });
    this.write = (text) => write(Buffer.from(text));
    this.write('event: hello\ndata: {"type":"hello"}\n\n');
    return Promise.resolve({ drained: () => void (this.drained += 1), close: () => void (this.closed += 1) });
  };
}

let feed: FakeFeed;
let server: ServerType;
let url: string;
beforeEach(async () => {
  feed = new FakeFeed();
  const app: App = new Hono<Env>();
  app.use(cors({ origin: portal.origin }));
  app.onError((_, c) => c.body(null, 503));
  const { id, name, issuer, audience, secret, origin } = portal;
  const trusted = { id, name, issuer, audience, secret, algorithms: ['HS256' as const], origins: [origin] };
  app.use('/v1/*', authenticate(new TokenChecker([trusted])));
  getChanges(app, { feed } as unknown as Dependencies);
  await new Promise<void>((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve());
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/changes`;
});
afterEach(() => {
  vi.useRealTimers();
  if ('closeAllConnections' in server) server.closeAllConnections();
  server.close();
});

/** Opens the stream and collects what comes. */
async function connect(lifeSeconds = 3600, headers: Record<string, string> = {}) {
  const token = await mintToken(portal, { id: 'ada', name: 'Ada' }, lifeSeconds);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}`, ...headers } }, resolve).on('error', reject);
  });
  const stream = { response, text: '', ended: false };
  response.setEncoding('utf8');
  response.on('data', (text: string) => (stream.text += text));
  response.on('end', () => (stream.ended = true));
  response.on('error', () => undefined);
  return stream;
}

it('is server-sent events, kept by nobody, for the portal’s origin', async () => {
  const { response } = await connect(3600, { origin: portal.origin, 'last-event-id': 'x' });
  expect(response.statusCode).toBe(200);
  expect(response.headers).toMatchObject({
    ...{ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' },
    'access-control-allow-origin': portal.origin,
  });
  expect(feed.asked).toEqual([
    { portalId: portal.id, userId: 'ada', administrator: false, lastEventId: 'x' },
  ]);
});

it('passes on what the feed writes as it comes', async () => {
  const stream = await connect();
  await expect.poll(() => stream.text).toContain('event: hello');
  expect(feed.write('event: row\ndata: 1\n\n')).toBe(true);
  await expect.poll(() => stream.text).toContain('data: 1');
});

it('tells the feed when the reader is slow, and when it has caught up', async () => {
  const stream = await connect();
  await expect.poll(() => stream.text).toContain('hello');
  stream.response.pause();
  // As much as the buffers between the two take, and a bit more.
  for (let times = 0; feed.write('x'.repeat(256 * 1024)); times += 1) {
    expect(times).toBeLessThan(500);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { drained } = feed;
  stream.response.resume();
  await expect.poll(() => feed.drained, { timeout: 5000 }).toBeGreaterThan(drained);
});

it('closes the feed’s stream once when the reader goes away', async () => {
  const stream = await connect();
  await expect.poll(() => stream.text).toContain('hello');
  stream.response.destroy();
  await expect.poll(() => feed.closed).toBe(1);
});

describe('as time passes', () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true }),
  );

  it('a reader gets a sign of life after 15 s in which nothing happened', async () => {
    const stream = await connect();
    await vi.waitUntil(() => stream.text.includes('hello'));
    vi.advanceTimersByTime(14_000);
    feed.write('event: row\ndata: 1\n\n');
    vi.advanceTimersByTime(14_000);
    expect(stream.text).not.toContain(': \n\n');
    vi.advanceTimersByTime(1_000);
    await vi.waitUntil(() => stream.text.endsWith(': \n\n'));
    vi.advanceTimersByTime(15_000);
    await vi.waitUntil(() => stream.text.endsWith(': \n\n: \n\n'));
  });

  it('the stream ends with its token, and says so', async () => {
    const stream = await connect(60);
    await vi.waitUntil(() => stream.text.includes('hello'));
    vi.advanceTimersByTime(61_000);
    await vi.waitUntil(() => stream.ended);
    expect(stream.text).toMatch(/event: expired\ndata: \{"type":"expired"\}\n\n$/);
    expect(feed.closed).toBe(1);
  });
});

it('is refused while the feed cannot say what the reader may see', async () => {
  feed.refuses = true;
  const { response } = await connect();
  expect(response.statusCode).toBe(503);
});

it('answers HEAD without opening a stream', async () => {
  const token = await mintToken(portal, { id: 'ada', name: 'Ada' });
  const response = await fetch(url, { method: 'HEAD', headers: { authorization: `Bearer ${token}` } });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  expect(feed.asked).toEqual([]);
});
