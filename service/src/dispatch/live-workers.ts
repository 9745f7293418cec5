import type { WorkerHeartbeat } from '@portal-outbox/contracts';
import { monotonicMs } from '../runtime/clock.ts';

/** A worker that was not heard for so long is gone. */
const silenceMs = 15_000;

/** The workers of each connector, as their heartbeats tell. */
export class LiveWorkers {
  readonly #heard = new Map<string, { connectorId: string; at: number }>();

  hear({ connectorId, workerId }: Pick<WorkerHeartbeat, 'connectorId' | 'workerId'>): void {
    this.#heard.set(`${connectorId} ${workerId}`, { connectorId, at: monotonicMs() });
  }

  countOf(connectorId: string): number {
    let count = 0;
    for (const [key, worker] of this.#heard) {
      if (monotonicMs() - worker.at > silenceMs) this.#heard.delete(key);
      else if (worker.connectorId === connectorId) count += 1;
    }
    return count;
  }
}
