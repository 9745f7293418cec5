import { createServer, type AddressInfo } from 'node:net';
import { monotonicMs } from './monotonic-ms.ts';
import { serveParent } from './serve-parent.ts';
import { SmtpConversation } from './smtp-conversation.ts';

/*
 * The mail server that every contender sends to: RFC 5321 without extensions that would need work, so that it takes as
 * little as possible of the processors that all share. A recipient `<batch>-<number>@…` says which email it is.
 */

export interface Batch {
  name: string;
  count: number;
  timeoutSeconds: number;
}

export interface BatchReceived {
  /** When the 250 for the last of them was written. */
  lastMs: number;
  /** When the 250 for each was written. */
  atMs: number[];
  /** Emails that came more than once. */
  doubled: number;
  smallestBytes: number;
}

interface Open extends Batch {
  atMs: Float64Array;
  received: number;
  doubled: number;
  lastMs: number;
  smallestBytes: number;
  done: () => void;
  /** Called for each email. */
  came: (number: number) => void;
}

export type MailServerMethods = typeof methods;

const batches = new Map<string, Open>();
let server: ReturnType<typeof createServer> | undefined;

const methods = {
  /** Returns the port. Every reply is held back for `replyDelayMs`. */
  listen: ({ replyDelayMs }: { replyDelayMs: number }): Promise<number> => {
    const listening = createServer((socket) => new SmtpConversation(socket, replyDelayMs, receive));
    server = listening;
    return new Promise((resolve) => {
      listening.listen(0, '127.0.0.1', 1024, () => resolve((listening.address() as AddressInfo).port));
    });
  },
  /** Announces a batch; ask before the first email of it is submitted, then `received`. */
  expect: (batch: Batch): void => {
    batches.set(batch.name, {
      ...batch,
      atMs: new Float64Array(batch.count),
      received: 0,
      doubled: 0,
      lastMs: 0,
      smallestBytes: Infinity,
      done: () => undefined,
      came: () => undefined,
    });
  },
  /** Resolves when every email of the batch has come; rejects after its time. */
  received: async (name: string): Promise<BatchReceived> => {
    const batch = batches.get(name);
    if (batch === undefined) throw new Error(`No batch ${name} is expected.`);
    await untilComplete(batch);
    return {
      lastMs: batch.lastMs,
      atMs: [...batch.atMs],
      doubled: batch.doubled,
      smallestBytes: batch.smallestBytes,
    };
  },
  /** When the 250 for one email of the batch was written; waits for it. */
  receivedOne: async ({ name, number }: { name: string; number: number }): Promise<number> => {
    const batch = batches.get(name);
    if (batch === undefined) throw new Error(`No batch ${name} is expected.`);
    if (batch.atMs[number] === 0) await untilReceived(batch, number);
    return batch.atMs[number] ?? 0;
  },
  /** How many of the batch have come by now, doubled ones not counted. */
  receivedSoFar: (name: string): number => batches.get(name)?.received ?? 0,
  forget: (name: string): void => void batches.delete(name),
  close: (): void => void server?.close(),
};

serveParent(methods);

async function untilComplete(batch: Open): Promise<void> {
  if (batch.received < batch.count) await inTime(batch, (done) => (batch.done = done));
}

function untilReceived(batch: Open, awaited: number): Promise<void> {
  return inTime(batch, (done) => {
    batch.came = (number) => number === awaited && done();
  });
}

function inTime(batch: Open, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${batch.received} of ${batch.count} came in ${batch.timeoutSeconds} s.`)),
      batch.timeoutSeconds * 1000,
    );
    start(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function receive(recipients: readonly string[], bytes: number): void {
  const now = monotonicMs();
  for (const recipient of recipients) {
    const dash = recipient.indexOf('-');
    const batch = batches.get(recipient.slice(0, dash));
    if (batch === undefined) continue;
    const number = Number.parseInt(recipient.slice(dash + 1), 10);
    if (batch.atMs[number] !== 0) {
      batch.doubled += 1;
      continue;
    }
    batch.atMs[number] = now;
    batch.received += 1;
    batch.lastMs = now;
    batch.smallestBytes = Math.min(batch.smallestBytes, bytes);
    batch.came(number);
    if (batch.received === batch.count) batch.done();
  }
}
