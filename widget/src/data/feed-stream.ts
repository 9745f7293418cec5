import type { OutboxChange } from '@portal-outbox/contracts';
import { createParser } from 'eventsource-parser';

export interface FeedEvent {
  id: string | undefined;
  change: OutboxChange;
}

/**
 * Reads one stream of server-sent events until it ends; every chunk, heartbeats included, restarts the silence
 * timer. Returns when the service ended it.
 * @throws when the line breaks, when `signal` aborts, and after `silence` milliseconds without a byte.
 */
export async function readFeedStream(
  body: ReadableStream<Uint8Array>,
  silence: number,
  signal: AbortSignal,
  onEvent: (event: FeedEvent) => void,
): Promise<void> {
  const parser = createParser({
    onEvent(message) {
      const change = parseChange(message.data);
      if (change) onEvent({ id: message.id, change });
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), silence, signal);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Later services may send events that this version does not know: they pass by. */
function parseChange(data: string): OutboxChange | null {
  try {
    const change: unknown = JSON.parse(data);
    return typeof change === 'object' && change !== null && 'type' in change
      ? (change as OutboxChange)
      : null;
  } catch {
    return null;
  }
}

function withinSilence<T>(read: Promise<T>, silence: number, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('stopped'));
    const timer = setTimeout(() => reject(new Error('silence')), silence);
    signal.addEventListener('abort', stop, { once: true });
    read.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    });
  });
}
