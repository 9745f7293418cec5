import type { ServiceLogLine } from './service-process.ts';

/** One attempt as a worker logged it when it was over. */
export interface LoggedAttempt {
  /** Name of the process, such as "worker 2". */
  worker: string;
  emailId: string;
  result: string;
  code: number | null;
  durationMs: number;
}

/** Attempts kept, the newest. */
const kept = 20_000;

/** What the workers logged: the only trace of who sent an email that has left the outbox. */
export class WorkerLog {
  private readonly attempts: LoggedAttempt[] = [];

  hear(worker: string, line: ServiceLogLine): void {
    if (line.msg !== 'attempt') return;
    const { emailId, result, code, durationMs } = line as unknown as LoggedAttempt;
    this.attempts.push({ worker, emailId, result, code, durationMs });
    if (this.attempts.length > kept) this.attempts.shift();
  }

  /** Of one email, the oldest first. */
  of(emailId: string): LoggedAttempt[] {
    return this.attempts.filter((it) => it.emailId === emailId);
  }
}
