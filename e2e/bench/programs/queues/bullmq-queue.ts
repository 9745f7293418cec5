import { Queue, Worker } from 'bullmq';
import type { EmailQueue, QueuedEmail } from './email-queue.ts';

const name = 'portal-outbox-bench';

/** Completed jobs stay, as an outcome that somebody wants to look at must. */
export async function openBullmq(url: string): Promise<EmailQueue> {
  const { hostname, port } = new URL(url);
  const connection = { host: hostname, port: Number(port || 6379), maxRetriesPerRequest: null };
  const queue = new Queue(name, { connection });
  let worker: Worker<QueuedEmail> | undefined;
  return {
    add: async (email) => void (await queue.add(name, email)),
    addMany: async (emails) => void (await queue.addBulk(emails.map((data) => ({ name, data })))),
    work: async (send, connections) => {
      worker = new Worker<QueuedEmail>(name, (job) => send(job.data), {
        connection: { ...connection },
        concurrency: connections + 4,
      });
      worker.on('error', (error) => process.stderr.write(`bullmq: ${error.message}\n`));
    },
    countUnfinished: async () => {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    },
    close: async () => {
      await worker?.close();
      // It may be somebody's own Redis.
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
