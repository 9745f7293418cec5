import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { DemoControls } from './demo-controls.ts';

const heartbeatMilliseconds = 15_000;

/** The panel "Mail server": its state as server-sent events, and its switches. */
export function demoRoutes(controls: DemoControls): Hono {
  const app = new Hono();

  app.get('/mail-server', (context) =>
    streamSSE(context, async (stream) => {
      let planned = false;
      // Many answers within a moment are one event.
      const send = () => {
        if (planned) return;
        planned = true;
        setTimeout(() => {
          planned = false;
          void stream.writeSSE({ event: 'state', data: JSON.stringify(controls.state) });
        }, 40);
      };
      const unwatch = controls.watch(send);
      stream.onAbort(unwatch);
      send();
      while (!stream.aborted) {
        await stream.sleep(heartbeatMilliseconds);
        await stream.writeSSE({ event: 'heartbeat', data: '' });
      }
      unwatch();
    }),
  );

  app.post('/switches/down', async (context) => {
    await controls.switchDown((await context.req.json<{ on: unknown }>()).on === true);
    return context.json(controls.state);
  });
  app.post('/switches/refuse-logins', async (context) => {
    controls.refuseLogins((await context.req.json<{ on: unknown }>()).on === true);
    return context.json(controls.state);
  });
  app.post('/workers/kill', async (context) => {
    await controls.killWorker();
    return context.json(controls.state);
  });
  app.post('/connectors/:id/enable', async (context) => {
    await controls.enableConnector(context.req.param('id'));
    return context.json(controls.state);
  });
  return app;
}
