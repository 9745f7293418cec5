import { outboxChange } from '@portal-outbox/contracts';
import { now } from '../runtime/clock.ts';
import { openStreams } from '../runtime/metrics.ts';
import type { App, ChangeStreams, Dependencies } from './context.ts';
import { operation } from './operation.ts';

const heartbeatMs = 15_000;
const heartbeat = Buffer.from(': \n\n');
const expired = Buffer.from('event: expired\ndata: {"type":"expired"}\n\n');
/** A reader that has not read so much is not written to. */
const mostUnread = 16 * 1024;

type Reader = Parameters<ChangeStreams['open']>[0];

/** Server-sent events of what the caller may see, resumable by `Last-Event-ID`; ends with the token. */
export function getChanges(app: App, { feed }: Dependencies): void {
  app.get(
    '/v1/changes',
    operation({ summary: 'Follow changes', answers: { 200: outboxChange } }),
    async (c) => {
      const { portalId, userId, roles, expiresAt } = c.get('identity');
      const reader = { portalId, userId, administrator: roles.includes('administrator') };
      const headers = { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' };
      if (c.req.method === 'HEAD') return c.body(null, 200, headers);
      return c.body(
        await streamOf(feed, reader, c.req.header('last-event-id') ?? null, expiresAt - now()),
        200,
        headers,
      );
    },
  );
}

/** One plain stream for each reader, and nothing between it and the socket: a thousand of them must stay small. */
async function streamOf(
  feed: ChangeStreams,
  reader: Reader,
  lastEventId: string | null,
  lifeMs: number,
): Promise<ReadableStream<Uint8Array>> {
  let out: ReadableStreamDefaultController<Uint8Array>;
  let drained = (): void => undefined;
  let close = (): void => undefined;
  const body = new ReadableStream<Uint8Array>(
    { start: (controller) => void (out = controller), pull: () => drained(), cancel: () => close() },
    new ByteLengthQueuingStrategy({ highWaterMark: mostUnread }),
  );
  let silence: NodeJS.Timeout | null = null;
  const write = (bytes: Uint8Array): boolean => {
    out.enqueue(bytes);
    silence?.refresh();
    return (out.desiredSize ?? 0) > 0;
  };
  const stream = await feed.open(reader, lastEventId, { write });
  openStreams.inc();
  silence = setTimeout(() => write(heartbeat), heartbeatMs);
  const expiry = setTimeout(
    () => {
      out.enqueue(expired);
      out.close();
      close();
    },
    Math.min(lifeMs, 2 ** 31 - 1),
  );
  drained = () => stream.drained();
  close = () => {
    close = () => undefined;
    if (silence !== null) clearTimeout(silence);
    clearTimeout(expiry);
    stream.close();
    openStreams.dec();
  };
  return body;
}
