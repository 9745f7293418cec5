export const contenderNames = ['outbox', 'pool', 'pgBoss', 'graphileWorker', 'bullmq'] as const;
export type ContenderName = (typeof contenderNames)[number];

/** Something that sends many emails, started once and used for many runs. */
export interface Contender {
  name: ContenderName;
  /** Submits `count` emails at once and resolves when all have reached the mail server and their outcome is kept. */
  send(batch: SendBatch): Promise<Sent>;
  /** Without HTTP: jobs put into the queue directly, as many at once as it takes. Only queues have it. */
  sendBare?(batch: SendBatch): Promise<Sent>;
  /** What a process is called when processor time is printed; `undefined`: not one of its own. */
  processName(pid: number): string | undefined;
  stop(): Promise<void>;
}

export interface SendBatch {
  count: number;
  text: string;
}

export interface Sent {
  /** From the first submit to the mail server's last 250. */
  milliseconds: number;
}
