import { eventually } from '../../stack/eventually.ts';
import type { QueueServiceMethods } from '../programs/queue-service.ts';
import type { QueueWorkerMethods } from '../programs/queue-worker.ts';
import type { QueueName } from '../programs/queues/email-queue.ts';
import { startProgram } from '../programs/start-program.ts';
import type { SendBatch } from './contender.ts';
import { sendOverHttp, type Ends, type HttpContender } from './http-contender.ts';

export interface QueueOptions {
  /** Of its PostgreSQL database, or of Redis. */
  url: string;
  connections: number;
  inFlight: number;
}

/** A job queue driven as the outbox is: a service that takes submissions, and a worker with nodemailer's pool. */
export async function startQueue(
  ends: Ends,
  name: QueueName,
  { url, connections, inFlight }: QueueOptions,
): Promise<HttpContender> {
  const { target } = ends;
  const service = await startProgram<QueueServiceMethods>('queue-service');
  const worker = await startProgram<QueueWorkerMethods>('queue-worker');
  const stop = async () => {
    await Promise.all([worker.call('close'), service.call('close')]).catch(() => undefined);
    await Promise.all([worker.stop(), service.stop()]);
  };
  try {
    const port = await service.call('start', { name, url: named(url, `${name} service`) });
    const workUrl = named(url, `${name} worker`);
    await worker.call('start', { name, url: workUrl, mailPort: target.port, connections });
    const untilRecorded = () =>
      eventually(
        `${name} to record every outcome`,
        async () => ((await service.call('countUnfinished')) === 0 ? true : null),
        120,
      ).then(() => undefined);
    const driven = {
      loadOf: (batch: string, text: string) => Promise.resolve(loadOf(port, inFlight, batch, text)),
      untilRecorded,
    };
    return {
      ...driven,
      name,
      send: (batch) => sendOverHttp(ends, driven, batch),
      sendBare: async ({ count, text }: SendBatch) => {
        const batch = await target.expect(count);
        const firstMs = await service.call('addMany', { batch, count, text });
        const { lastMs } = await target.received(batch, text.length);
        await untilRecorded();
        return { milliseconds: lastMs - firstMs };
      },
      processName: (pid) =>
        pid === service.pid ? `${name} service` : pid === worker.pid ? `${name} worker` : undefined,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** PostgreSQL then says whose connection it is. */
function named(url: string, name: string): string {
  const own = new URL(url);
  if (own.protocol.startsWith('postgres')) own.searchParams.set('application_name', name);
  return own.href;
}

function loadOf(port: number, inFlight: number, batch: string, text: string) {
  const email = {
    from: { name: 'Ada', address: 'ada@portal.test' },
    to: `${batch}-{{n}}@bench.test`,
    subject: 'Your order {{n}}',
    text,
  };
  return {
    host: '127.0.0.1',
    port,
    path: '/emails',
    headers: {},
    body: JSON.stringify(email),
    inFlight,
    count: 0,
    expectedStatus: 201,
  };
}
