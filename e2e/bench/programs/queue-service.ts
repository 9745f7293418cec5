import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { monotonicMs } from './monotonic-ms.ts';
import { openQueue, type EmailQueue, type QueuedEmail, type QueueName } from './queues/email-queue.ts';
import { serveParent } from './serve-parent.ts';

/** What somebody writes in an hour with a job queue: `POST /emails` keeps the job, then answers 201. */

export type QueueServiceMethods = typeof methods;

let queue: EmailQueue;

const methods = {
  /** Returns the port. */
  start: async ({ name, url }: { name: QueueName; url: string }): Promise<number> => {
    queue = await openQueue(name, url);
    const app = new Hono();
    app.post('/emails', async (c) => {
      const email = readEmail(await c.req.json());
      if (email === null) return c.json({ error: 'from, to, subject and text are needed' }, 400);
      await queue.add(email);
      return c.json({ kept: true }, 201);
    });
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () =>
        resolve((server.address() as AddressInfo).port),
      );
    });
  },
  /** The bare form: all of them put into the queue by this process itself. Returns when it began. */
  addMany: async ({
    batch,
    count,
    text,
  }: {
    batch: string;
    count: number;
    text: string;
  }): Promise<number> => {
    const emails = Array.from({ length: count }, (_, number) => ({
      from: { name: 'Ada', address: 'ada@portal.test' },
      to: `${batch}-${number}@bench.test`,
      subject: `Your order ${number}`,
      text,
    }));
    const firstMs = monotonicMs();
    await queue.addMany(emails);
    return firstMs;
  },
  countUnfinished: (): Promise<number> => queue.countUnfinished(),
  close: (): Promise<void> => queue.close(),
};

serveParent(methods);

function readEmail(body: unknown): QueuedEmail | null {
  const email = body as Partial<QueuedEmail> | null;
  const complete =
    typeof email?.from?.address === 'string' &&
    typeof email.to === 'string' &&
    typeof email.subject === 'string' &&
    typeof email.text === 'string';
  return complete ? (email as QueuedEmail) : null;
}
