/*
 * What we use of the packages of `package.json` beside this file. They are installed by the bench alone, so the type
 * check must do without them.
 */

declare module 'pg-boss' {
  export interface Job<Data> {
    id: string;
    data: Data;
  }
  export default class PgBoss {
    constructor(options: { connectionString: string; max?: number; supervise?: boolean; schedule?: boolean });
    on(event: 'error', heard: (error: Error) => void): this;
    start(): Promise<this>;
    stop(options?: { graceful?: boolean }): Promise<void>;
    createQueue(name: string): Promise<void>;
    send(name: string, data: object): Promise<string | null>;
    insert(jobs: { name: string; data: object }[]): Promise<void>;
    work<Data>(
      name: string,
      options: { batchSize?: number; pollingIntervalSeconds?: number; priority?: boolean },
      work: (jobs: Job<Data>[]) => Promise<unknown>,
    ): Promise<string>;
    notifyWorker(id: string): void;
    getQueueSize(name: string, options: { before: 'completed' }): Promise<number>;
  }
}

declare module 'graphile-worker' {
  interface Preset {
    worker: {
      connectionString: string;
      maxPoolSize?: number;
      concurrentJobs?: number;
      localQueue?: { size: number };
      completeJobBatchDelay?: number;
      failJobBatchDelay?: number;
      logger?: Logger;
    };
  }
  interface WorkerUtils {
    migrate(): Promise<void>;
    addJob(task: string, payload: object): Promise<unknown>;
    addJobs(jobs: { identifier: string; payload: object }[]): Promise<unknown>;
    withPgClient<Result>(
      run: (client: { query(text: string): Promise<{ rows: { count: number }[] }> }) => Promise<Result>,
    ): Promise<Result>;
    release(): Promise<void>;
  }
  export class Logger {
    constructor(make: () => (level: string, message: string) => void);
    error(message: string): void;
  }
  export function makeWorkerUtils(options: { preset: Preset }): Promise<WorkerUtils>;
  export function run(options: {
    preset: Preset;
    noHandleSignals?: boolean;
    taskList: Record<string, (payload: unknown) => Promise<void>>;
  }): Promise<{ stop(): Promise<void> }>;
}

declare module 'bullmq' {
  interface Connection {
    host: string;
    port: number;
    maxRetriesPerRequest?: null;
  }
  export class Queue {
    constructor(name: string, options: { connection: Connection; defaultJobOptions?: object });
    add(name: string, data: object): Promise<unknown>;
    addBulk(jobs: { name: string; data: object }[]): Promise<unknown>;
    getJobCounts(...states: string[]): Promise<Record<string, number>>;
    obliterate(options: { force: boolean }): Promise<void>;
    close(): Promise<void>;
  }
  export class Worker<Data> {
    constructor(
      name: string,
      work: (job: { data: Data }) => Promise<unknown>,
      options: { connection: Connection; concurrency?: number },
    );
    on(event: 'error', heard: (error: Error) => void): this;
    close(): Promise<void>;
  }
}
