import { createDatabase, dropDatabase } from '../../stack/postgres.ts';
import type { QueueName } from '../programs/queues/email-queue.ts';
import { say } from '../report.ts';
import type { Contender, ContenderName } from './contender.ts';
import type { Ends, HttpContender } from './http-contender.ts';
import { startOutbox, type Outbox, type OutboxOptions } from './outbox.ts';
import { startPool } from './pool.ts';
import { startQueue, type QueueOptions } from './queue.ts';
import { findRedis } from './redis.ts';

export interface Contenders {
  /** In the order in which they take turns. */
  all: Contender[];
  /** Those that are driven over HTTP. */
  overHttp: HttpContender[];
  /** Whose PostgreSQL server the queues use too, also where it does not take part itself. */
  outbox: Outbox;
  stop(): Promise<void>;
}

/** Starts those that are wanted and can be; says on standard error why another one is left out. */
export async function startContenders(
  ends: Ends,
  wanted: (name: ContenderName) => boolean,
  options: OutboxOptions,
): Promise<Contenders> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.toReversed()) await one().catch(() => undefined);
  };
  try {
    const outbox = await startOutbox(ends, options);
    stops.push(outbox.stop);
    const overHttp: HttpContender[] = wanted('outbox') ? [outbox] : [];
    const pool = wanted('pool') ? await startPool(ends.target, options.connections) : null;
    if (pool !== null) stops.push(pool.stop);
    const startIfWanted = async (name: QueueName, findUrl: () => Promise<string | null>) => {
      if (!wanted(name)) return;
      const queue = await startIfPossible(ends, name, findUrl, options);
      if (queue === null) return;
      stops.push(queue.stop);
      overHttp.push(queue);
    };
    await startIfWanted('pgBoss', () => freshDatabase(outbox, 'bench_pg_boss', stops));
    await startIfWanted('graphileWorker', () => freshDatabase(outbox, 'bench_graphile_worker', stops));
    await startIfWanted('bullmq', async () => {
      const redis = await findRedis();
      if (redis !== null) stops.push(redis.stop);
      return redis?.url ?? null;
    });
    const all = pool === null ? overHttp : [pool, ...overHttp];
    return { all, overHttp, outbox, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startIfPossible(
  ends: Ends,
  name: QueueName,
  findUrl: () => Promise<string | null>,
  options: Omit<QueueOptions, 'url'>,
): Promise<HttpContender | null> {
  try {
    const url = await findUrl();
    if (url !== null) return await startQueue(ends, name, { ...options, url });
    say(`${name} is left out: no Redis. Put redis-server on PATH or set REDIS_URL.`);
  } catch (error) {
    say(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
  }
  return null;
}

/** On the outbox's own server, so that all write to the same disk with the same settings. */
async function freshDatabase(outbox: Outbox, name: string, stops: (() => Promise<void>)[]): Promise<string> {
  const url = new URL(outbox.stack.databaseUrl);
  url.pathname = `/${name}`;
  await dropDatabase(url.href);
  await createDatabase(outbox.stack.databaseUrl, name);
  stops.push(() => dropDatabase(url.href));
  return url.href;
}
