import type { WorkerHeartbeat } from '@portal-outbox/contracts';
import { monotonicMs } from '../runtime/clock.ts';

/** A worker that was not heard for so long has no open connections. */
const silenceMs = 15_000;

/** Open SMTP connections of each connector, as its workers' heartbeats tell. */
export class OpenConnections {
  readonly #heard = new Map<string, { connectorId: string; open: number; at: number }>();

  hear(heartbeat: WorkerHeartbeat): void {
    this.#heard.set(`${heartbeat.connectorId} ${heartbeat.workerId}`, {
      connectorId: heartbeat.connectorId,
      open: heartbeat.openConnections,
      at: monotonicMs(),
    });
  }

  /** Of all workers of the connector together. */
  countOf(connectorId: string): number {
    let open = 0;
    for (const [key, worker] of this.#heard) {
      if (monotonicMs() - worker.at > silenceMs) this.#heard.delete(key);
      else if (worker.connectorId === connectorId) open += worker.open;
    }
    return open;
  }
}
