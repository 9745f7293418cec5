import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import type { EmailQueue, QueuedEmail } from './email-queue.ts';

const task = 'email';

/** With the batching that its page on performance recommends: https://worker.graphile.org/docs/performance */
export async function openGraphileWorker(url: string): Promise<EmailQueue> {
  const quiet = new Logger(() => (level, message) => {
    if (level === 'error') process.stderr.write(`graphile-worker: ${message}\n`);
  });
  const preset = (concurrentJobs: number) => ({
    worker: {
      connectionString: url,
      concurrentJobs,
      maxPoolSize: Math.max(10, concurrentJobs + 2),
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
      logger: quiet,
    },
  });
  const jobs = await makeWorkerUtils({ preset: preset(1) });
  await jobs.migrate();
  let runner: Awaited<ReturnType<typeof run>> | undefined;
  return {
    add: async (email) => void (await jobs.addJob(task, email)),
    addMany: async (emails) =>
      void (await jobs.addJobs(emails.map((payload) => ({ identifier: task, payload })))),
    work: async (send, connections) => {
      runner = await run({
        // Some more than connections, so that the next email is at hand when one is free.
        preset: preset(connections + 4),
        noHandleSignals: true,
        taskList: { [task]: async (payload) => void (await send(payload as QueuedEmail)) },
      });
    },
    countUnfinished: () =>
      jobs.withPgClient(async (client) => {
        const { rows } = await client.query('select count(*)::int as count from graphile_worker.jobs');
        return rows[0]?.count ?? 0;
      }),
    close: async () => {
      await runner?.stop();
      await jobs.release();
    },
  };
}
