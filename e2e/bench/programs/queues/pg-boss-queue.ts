import PgBoss from 'pg-boss';
import type { EmailQueue, QueuedEmail } from './email-queue.ts';

const queue = 'email';
/** Fetched at a time; the shortest interval that pg-boss allows. */
const batchSize = 50;
const pollingIntervalSeconds = 0.5;
/** Each is a loop of its own, so that the mail server is busy while another one fetches. */
const loops = 4;

/** A batch is completed as a whole, and asks for the next at once (`notifyWorker`): only an empty one waits. */
export async function openPgBoss(url: string): Promise<EmailQueue> {
  const boss = new PgBoss({ connectionString: url, max: 20, schedule: false });
  boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
  await boss.start();
  await boss.createQueue(queue);
  return {
    add: async (email) => void (await boss.send(queue, email)),
    addMany: (emails) => boss.insert(emails.map((data) => ({ name: queue, data }))),
    work: async (send) => {
      for (let loop = 0; loop < loops; loop += 1) {
        const id: string = await boss.work<QueuedEmail>(
          queue,
          { batchSize, pollingIntervalSeconds, priority: false },
          async (jobs) => {
            await Promise.all(jobs.map((job) => send(job.data)));
            boss.notifyWorker(id);
          },
        );
      }
    },
    countUnfinished: () => boss.getQueueSize(queue, { before: 'completed' }),
    close: () => boss.stop({ graceful: false }),
  };
}
