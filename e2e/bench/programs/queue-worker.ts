import { createTransport } from 'nodemailer';
import { openQueue, type EmailQueue, type QueueName } from './queues/email-queue.ts';
import { serveParent } from './serve-parent.ts';

/** Takes jobs from the queue and sends them through nodemailer's pool. */

export interface QueueWork {
  name: QueueName;
  url: string;
  mailPort: number;
  connections: number;
}

export type QueueWorkerMethods = typeof methods;

let queue: EmailQueue;

const methods = {
  start: async ({ name, url, mailPort, connections }: QueueWork): Promise<void> => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: mailPort,
      secure: false,
      ignoreTLS: true,
      pool: true,
      maxConnections: connections,
      maxMessages: Infinity,
    });
    queue = await openQueue(name, url);
    await queue.work((email) => transport.sendMail(email), connections);
  },
  close: (): Promise<void> => queue.close(),
};

serveParent(methods);
