import { streamSSE } from 'hono/streaming';
import { outboxChange } from '@portal-outbox/contracts';
import { now } from '../runtime/clock.ts';
import { openStreams } from '../runtime/metrics.ts';
import type { App, Dependencies, FeedEvent } from './context.ts';
import { operation } from './operation.ts';

const heartbeatMs = 15_000;
/** Events that a slow reader may be behind; beyond, the stream ends and the reader comes back. */
const mostUnsent = 2_000;

/** Server-sent events of what the caller may see, resumable by `Last-Event-ID`; ends with the token. */
export function getChanges(app: App, { feed }: Dependencies): void {
  app.get('/v1/changes', operation({ summary: 'Follow changes', answers: { 200: outboxChange } }), (c) => {
    const { portalId, userId, roles, expiresAt } = c.get('identity');
    const reader = { portalId, userId, administrator: roles.includes('administrator') };
    const lastEventId = c.req.header('last-event-id') ?? null;
    c.header('X-Accel-Buffering', 'no');
    c.header('Cache-Control', 'no-store');
    return streamSSE(c, async (stream) => {
      const unsent: FeedEvent[] = [];
      let wake = (): void => undefined;
      let ended = 'no' as 'no' | 'expired' | 'behind';
      const subscription = await feed.open(reader, lastEventId, (events) => {
        unsent.push(...events);
        if (unsent.length > mostUnsent) ended = 'behind';
        wake();
      });
      openStreams.inc();
      const expiry = setTimeout(
        () => {
          ended = 'expired';
          wake();
        },
        Math.min(expiresAt - now(), 2 ** 31 - 1),
      );
      stream.onAbort(() => wake());
      try {
        while (!stream.aborted && ended === 'no') {
          const heartbeat = await waitForEvents(() => unsent.length > 0 || stream.aborted || ended !== 'no');
          if (heartbeat) await stream.write(': \n\n');
          for (const { id, change } of unsent.splice(0)) {
            await stream.writeSSE({ event: change.type, id, data: JSON.stringify(change) });
          }
        }
        if (ended === 'expired') await stream.writeSSE({ event: 'expired', data: '{"type":"expired"}' });
      } finally {
        clearTimeout(expiry);
        subscription.close();
        openStreams.dec();
      }

      /** Resolves with `true` when nothing came for so long that the reader needs a sign of life. */
      function waitForEvents(ready: () => boolean): Promise<boolean> {
        if (ready()) return Promise.resolve(false);
        return new Promise((resolve) => {
          const timer = setTimeout(() => resolve(true), heartbeatMs);
          wake = () => {
            clearTimeout(timer);
            resolve(false);
          };
        });
      }
    });
  });
}
