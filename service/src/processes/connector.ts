import { connectBus } from '../bus/connect.ts';
import { openWorkerBus } from '../bus/worker-bus.ts';
import { connectorConfig } from '../config.ts';
import { ConnectorWorker } from '../deliver/connector-worker.ts';
import { runProcess } from '../runtime/lifecycle.ts';
import { createLogger } from '../runtime/logger.ts';

const config = connectorConfig(process.env);
const logger = createLogger('connector', config.logLevel);
const worker = new ConnectorWorker({
  openBus: async () =>
    openWorkerBus(await connectBus(config.natsUrl, 'connector', logger), logger, {
      connectorIds: config.connectorIds,
      apiPrefix: config.natsApiPrefix,
    }),
  connectorIds: config.connectorIds,
  ...(config.workerId !== null && { workerId: config.workerId }),
  logger,
});
await runProcess(logger, [worker], () => ({ workerId: worker.workerId, connectorIds: config.connectorIds }));
