import { readConnectorHealth } from '../db/connector-health.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../runtime/logger.ts';
import { connectorPaused, connectorRefused, connectorTroubleSince } from '../runtime/metrics.ts';
import { WorkerLoop } from '../runtime/worker-loop.ts';

const everyMs = 5000;

/** Shows what an alarm looks at: which connectors stand still, and since when. */
export function createConnectorGauges(database: Database, logger: Logger): WorkerLoop {
  return new WorkerLoop('connector gauges', logger, async () => {
    const connectors = await readConnectorHealth(database);
    for (const gauge of [connectorPaused, connectorRefused, connectorTroubleSince]) gauge.reset();
    for (const { id, paused, troubleSince, disabledBy } of connectors) {
      connectorPaused.set({ connector: id }, Number(paused));
      connectorRefused.set({ connector: id }, Number(disabledBy === 'credentials_refused'));
      if (troubleSince !== null) connectorTroubleSince.set({ connector: id }, troubleSince);
    }
    return everyMs;
  });
}
