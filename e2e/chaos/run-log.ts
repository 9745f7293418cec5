import type { ServiceLogLine } from '../stack/service-process.ts';

/** A worker tells again what it has not been told to be settled (`attemptTimes.outcomeRepeat`). */
const repeatMs = 30_000;

/** A span in which a worker process was alive; a worker has a new id each time it is started. */
interface WorkerLife {
  worker: string;
  killedAt: number | null;
  /** Times in which it could say nothing: frozen, or cut off from the broker. */
  absences: { from: number; until: number }[];
}

/** What the processes logged about each email, and when each worker lived. */
export class RunLog {
  readonly #lines = new Map<string, string[]>();
  readonly #lives = new Map<string, WorkerLife>();
  /** Errors by process and words, with how often they came. */
  readonly errors = new Map<string, number>();

  hear(process: string, line: ServiceLogLine): void {
    const { msg = '', level, time, emailId, workerId } = line;
    if (msg === 'ready' && typeof workerId === 'string') {
      this.#lives.set(workerId, { worker: process, killedAt: null, absences: [] });
    }
    if (typeof level === 'number' && level >= 50) {
      const about = `${process.replace(/ \d+$/, '')}: ${msg}${causeOf(line)}`;
      this.errors.set(about, (this.errors.get(about) ?? 0) + 1);
    }
    if (typeof emailId !== 'string') return;
    const { pid: _, hostname: __, name: ___, connectorId: ____, ...told } = line;
    const at = typeof time === 'number' ? new Date(time).toISOString() : String(time);
    const lines = this.#lines.get(emailId) ?? [];
    lines.push(`${at} ${process}: ${msg} ${JSON.stringify({ ...told, time: undefined, msg: undefined })}`);
    this.#lines.set(emailId, lines);
  }

  /** A worker process was killed without warning: what it had in hand is nobody's any more. */
  noteKill(worker: string): void {
    for (const life of this.#lives.values()) {
      if (life.worker === worker) life.killedAt ??= Date.now();
    }
  }

  /** A worker is frozen or cut off while `absence` lasts. */
  async noteAbsence(worker: string, absence: Promise<void>): Promise<void> {
    const from = Date.now();
    await absence;
    for (const life of this.#lives.values()) {
      if (life.worker === worker && life.killedAt === null) life.absences.push({ from, until: Date.now() });
    }
  }

  /**
   * Whether the worker with this id was killed before it could tell how something ended that it had in hand from
   * `from` until `until`: a worker that was absent tells later, within the time after which it repeats itself. A claim
   * may even be granted after its worker's death, by a database that stood still.
   */
  wasKilled(workerId: string, from: number, until: number): boolean {
    const life = this.#lives.get(workerId);
    if (life === undefined || life.killedAt === null) return false;
    const back = life.absences
      .filter((it) => it.from <= until && it.until >= from)
      .map((it) => it.until + repeatMs);
    return life.killedAt <= Math.max(until, ...back);
  }

  of(emailId: string): readonly string[] {
    return this.#lines.get(emailId) ?? [];
  }
}

function causeOf(line: ServiceLogLine): string {
  const error = line['err'];
  if (typeof error !== 'object' || error === null) return '';
  const { code, message } = error as { code?: unknown; message?: unknown };
  return ` (${String(code ?? message)})`.slice(0, 120);
}
