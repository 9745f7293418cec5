import type { Logger } from './logger.ts';

/** Something that runs in the background. `stop` before `start` and a second `stop` are harmless. */
export interface Service {
  start(): Promise<void>;
  /** Resolves when nothing of it is left running; finishes what it holds. */
  stop(): Promise<void>;
}

const stopLimitMs = 10_000;

/**
 * Starts services in order, logs `ready`, and on SIGTERM or SIGINT stops them in reverse order and exits 0;
 * exits 1 if that takes longer than 10 s or something breaks that nothing caught.
 */
export async function runProcess(
  logger: Logger,
  services: readonly Service[],
  ready: () => Record<string, unknown> = () => ({}),
): Promise<void> {
  let stopping = false;
  const stop = async (code: number, reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error('not stopped in time');
      process.exit(1);
    }, stopLimitMs).unref();
    for (const service of services.toReversed()) {
      await service.stop().catch((error: unknown) => logger.error({ err: error }, 'failed to stop'));
    }
    logger.info('stopped');
    process.exit(code);
  };
  process.once('SIGTERM', () => void stop(0, 'SIGTERM'));
  process.once('SIGINT', () => void stop(0, 'SIGINT'));
  process.once('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    void stop(1, 'uncaughtException');
  });
  process.once('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    void stop(1, 'unhandledRejection');
  });
  for (const service of services) {
    if (!stopping) await service.start();
  }
  if (!stopping) logger.info(ready(), 'ready');
}
