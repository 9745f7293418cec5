/** An email as the competitors' service takes it. */
export interface QueuedEmail {
  from: { name: string; address: string };
  to: string;
  subject: string;
  text: string;
}

/** One of the job queues, with its documented best settings for mail. */
export interface EmailQueue {
  /** Kept when it resolves. */
  add(email: QueuedEmail): Promise<void>;
  /** As many at once as the queue takes. */
  addMany(emails: QueuedEmail[]): Promise<void>;
  /** Begins to hand jobs out, so many at a time that as many SMTP connections stay busy. */
  work(send: (email: QueuedEmail) => Promise<unknown>, connections: number): Promise<void>;
  /** Jobs whose end is not recorded yet. */
  countUnfinished(): Promise<number>;
  close(): Promise<void>;
}

export type QueueName = 'pgBoss' | 'graphileWorker' | 'bullmq';

/** The queue kept at `url`. Only the package of this one is loaded. */
export async function openQueue(name: QueueName, url: string): Promise<EmailQueue> {
  switch (name) {
    case 'pgBoss':
      return (await import('./pg-boss-queue.ts')).openPgBoss(url);
    case 'graphileWorker':
      return (await import('./graphile-worker-queue.ts')).openGraphileWorker(url);
    case 'bullmq':
      return (await import('./bullmq-queue.ts')).openBullmq(url);
  }
}
