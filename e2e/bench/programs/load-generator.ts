import { HttpLine, type HttpTarget } from './http-line.ts';
import { monotonicMs } from './monotonic-ms.ts';
import { serveParent } from './serve-parent.ts';

/*
 * Submits emails over HTTP as a host's back end does, one a request, over connections that stay open. Requests are
 * written by hand, because a full HTTP client would take more of the processors than some of the contenders.
 */

export interface Load extends HttpTarget {
  /** Requests under way at a time, each on a connection of its own. */
  inFlight: number;
  count: number;
  /** The status of a kept email. */
  expectedStatus: number;
}

export interface LoadDone {
  /** When the first request was written. */
  firstMs: number;
  /** When the last answer was read. */
  answeredMs: number;
}

export type LoadGeneratorMethods = typeof methods;

const methods = {
  /** Rejects at the first answer that is not the expected one. */
  submit: async (load: Load): Promise<LoadDone> => {
    const lines = Array.from({ length: Math.min(load.inFlight, load.count) }, () => new HttpLine(load));
    await Promise.all(lines.map((line) => line.open()));
    let next = 0;
    const firstMs = monotonicMs();
    await Promise.all(
      lines.map(async (line) => {
        while (next < load.count) {
          const number = next;
          next += 1;
          await post(line, load, number);
        }
      }),
    );
    const answeredMs = monotonicMs();
    for (const line of lines) line.close();
    return { firstMs, answeredMs };
  },
  /** Submits the email `number` alone on a connection that is open already; returns when it was written. */
  submitOne: async ({ load, number }: { load: Load; number: number }): Promise<number> => {
    idleLine ??= new HttpLine(load);
    await idleLine.open();
    const writtenMs = monotonicMs();
    await post(idleLine, load, number);
    return writtenMs;
  },
  /** Ends the connection of `submitOne`. */
  hangUp: (): void => {
    idleLine?.close();
    idleLine = undefined;
  },
};

let idleLine: HttpLine | undefined;

serveParent(methods);

async function post(line: HttpLine, load: Load, number: number): Promise<void> {
  const { status, body } = await line.post(number);
  if (status !== load.expectedStatus) throw new Error(`Email ${number}: ${status} ${body.slice(0, 500)}`);
}
