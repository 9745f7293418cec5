import type { BatchReceived } from '../programs/mail-server.ts';
import type { Load, LoadGeneratorMethods } from '../programs/load-generator.ts';
import type { Program } from '../programs/start-program.ts';
import type { Contender, SendBatch, Sent } from './contender.ts';
import type { MailTarget } from './mail-target.ts';

/** What every contender sends to, and what submits to those that have HTTP. */
export interface Ends {
  target: MailTarget;
  load: Program<LoadGeneratorMethods>;
}

/** A contender that is driven over HTTP, one submit an email. */
export interface HttpContender extends Contender {
  /** The submission of emails with this text to the recipients of this batch. */
  loadOf(batch: string, text: string): Promise<Load>;
  /** Resolves when every outcome is recorded. */
  untilRecorded(): Promise<void>;
}

/** Submits all emails, many requests at a time, and waits for mail server and records. */
export async function sendOverHttp(
  { target, load }: Ends,
  contender: Pick<HttpContender, 'loadOf' | 'untilRecorded'>,
  { count, text }: SendBatch,
): Promise<Sent> {
  const batch = await target.expect(count);
  const { firstMs } = await load.call('submit', { ...(await contender.loadOf(batch, text)), count });
  const received: BatchReceived = await target.received(batch, text.length);
  await contender.untilRecorded();
  return { milliseconds: received.lastMs - firstMs };
}
