import type { BatchReceived, MailServerMethods } from '../programs/mail-server.ts';
import { startProgram } from '../programs/start-program.ts';

export interface MailTarget {
  pid: number;
  host: string;
  port: number;
  /** Announces so many emails; the name of the batch is the first part of their recipients' addresses. */
  expect(count: number): Promise<string>;
  /** Resolves when they have come. Throws when it takes too long, or when one came twice or without its text. */
  received(batch: string, textBytes: number): Promise<BatchReceived>;
  /** When one email of the batch came; waits for it. */
  receivedOne(batch: string, number: number): Promise<number>;
  receivedSoFar(batch: string): Promise<number>;
  stop(): Promise<void>;
}

const timeoutSeconds = 300;

/** Starts the mail server that all contenders send to, which holds each reply back for `replyDelayMs`. */
export async function startMailTarget(replyDelayMs = 0): Promise<MailTarget> {
  const program = await startProgram<MailServerMethods>('mail-server');
  const port = await program.call('listen', { replyDelayMs });
  let batches = 0;
  return {
    pid: program.pid,
    host: '127.0.0.1',
    port,
    expect: async (count) => {
      const name = `b${(batches += 1)}`;
      await program.call('expect', { name, count, timeoutSeconds });
      return name;
    },
    received: async (batch, textBytes) => {
      const received = await program.call('received', batch);
      await program.call('forget', batch);
      if (received.doubled > 0) throw new Error(`${received.doubled} emails came twice.`);
      if (received.smallestBytes < textBytes) {
        throw new Error(`An email of ${received.smallestBytes} bytes came, its text has ${textBytes}.`);
      }
      return received;
    },
    receivedOne: (name, number) => program.call('receivedOne', { name, number }),
    receivedSoFar: (batch) => program.call('receivedSoFar', batch),
    stop: () => program.stop(),
  };
}
