import type { Consumer, ConsumerMessages, JsMsg, NatsConnection, Subscription } from 'nats';
import { attemptConsumer, sendAttempt, streams, type SendAttempt } from '@portal-outbox/contracts';
import { parseMessage } from './parse-message.ts';

/** An attempt as it came from the stream. */
export interface AttemptMessage {
  attempt: SendAttempt;
  acknowledge(): void;
  /** Gives it back; it is offered again after `delayMs`. */
  giveBack(delayMs: number): void;
  /** Keeps it from being offered to somebody else for another `attemptTimes.ackWait`. */
  keep(): void;
}

export interface AttemptBatch extends AsyncIterable<AttemptMessage> {
  /** Takes no more; what has come already is still given out. */
  stop(): void;
}

export type FetchAttempts = (connectorId: string, most: number, waitMs: number) => Promise<AttemptBatch>;

/** Shortest wait that the client library accepts. */
const shortestWaitMs = 1000;
/** Draining waits for a broker that may not be there. */
const drainLimitMs = 1000;

/** Pulls up to `most` attempts of a connector over `waitMs`. */
export function attemptFetcher(connection: Pick<NatsConnection, 'jetstream'>): FetchAttempts {
  // A consumer is only its name: the same one serves after the broker has lost it and the service has made it again.
  const consumers = new Map<string, Consumer>();
  return async (connectorId, most, waitMs) => {
    const consumer =
      consumers.get(connectorId) ??
      (await connection.jetstream().consumers.get(streams.attempts, attemptConsumer(connectorId)));
    consumers.set(connectorId, consumer);
    const messages = await consumer.fetch({ max_messages: most, expires: Math.max(waitMs, shortestWaitMs) });
    return {
      async *[Symbol.asyncIterator]() {
        for await (const message of messages) {
          const attempt = parseMessage(sendAttempt, message.data);
          // Nobody can use it; the service finds out by its own sweep.
          if (attempt?.connectorId !== connectorId) message.term('malformed');
          else yield wrap(message, attempt);
        }
      },
      stop: () => void stopFetching(messages),
    };
  };
}

/**
 * Takes no more, and everything that is on its way. Closing alone would throw that away: it would be offered again only
 * after `attemptTimes.ackWait`. The library's fetch ends when its subscription, which it does not show, is drained.
 */
async function stopFetching(messages: ConsumerMessages): Promise<void> {
  const { sub } = messages as unknown as { sub?: Subscription };
  const limit = new Promise<void>((resolve) => setTimeout(resolve, drainLimitMs).unref());
  await Promise.race([sub?.drain().catch(() => {}), limit]);
  // What came last is still to be given out, one turn of promises for each; closing would cut that off.
  await new Promise<void>((resolve) => setImmediate(resolve));
  await messages.close();
}

function wrap(message: JsMsg, attempt: SendAttempt): AttemptMessage {
  return {
    attempt,
    acknowledge: () => unlessClosed(() => message.ack()),
    giveBack: (delayMs) => unlessClosed(() => message.nak(delayMs)),
    keep: () => unlessClosed(() => message.working()),
  };
}

/** Once the connection is closed nothing can be said any more; the message is then offered again by itself. */
function unlessClosed(say: () => void): void {
  try {
    say();
  } catch {
    // Closed or draining.
  }
}
