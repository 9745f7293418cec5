import { destination, pino, type Logger } from 'pino';

export type { Logger };

/** JSON lines on standard output. Secrets are never passed to it; the paths below are a second wall. */
export function createLogger(process: string, level: string): Logger {
  // Each write to a pipe costs as much as a command to a mail server.
  const lines = destination({ fd: 1, sync: true, minLength: 4096, periodicFlush: 100 });
  globalThis.process.on('exit', () => lines.flushSync());
  return pino(
    {
      level,
      base: { process },
      redact: ['password', '*.password', 'token', '*.token', 'authorization', '*.authorization'],
    },
    lines,
  );
}
