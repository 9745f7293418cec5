import { destination, pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output. Secrets are never passed to it; the paths below are a second wall. */
export function createLogger(process: string, level: string): Logger {
  return pino(
    {
      level,
      base: { process },
      redact: ['password', '*.password', 'token', '*.token', 'authorization', '*.authorization'],
    },
    // Synchronous: a killed process has written what it logged.
    destination({ fd: 1, sync: true }),
  );
}
