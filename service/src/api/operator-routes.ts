import { serveStatic } from '@hono/node-server/serve-static';
import { toJsonSchema } from '@valibot/to-json-schema';
import { openAPIRouteHandler } from 'hono-openapi';
import { problem } from '@portal-outbox/contracts';
import { findDatabaseProblem } from '../db/database.ts';
import { metrics } from '../runtime/metrics.ts';
import type { App, Dependencies } from './context.ts';

export const documentation = {
  info: {
    title: 'Portal Outbox',
    version: '1',
    description: 'See, understand, retry and cancel the emails of a portal that have not left yet.',
  },
  components: {
    securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT' } },
    schemas: { Problem: toJsonSchema(problem, { errorMode: 'ignore' }) as never },
  },
  security: [{ bearer: [] }],
};

/** What operators and hosts fetch without a token: health, metrics, the API's description, the widget. */
export function operatorRoutes(app: App, { database, widgetFolder }: Dependencies): void {
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const problem = await findDatabaseProblem(database);
    return problem === null ? c.text('ready') : c.text(problem, 503);
  });
  app.get('/metrics', async (c) =>
    c.body(await metrics.metrics(), 200, { 'Content-Type': metrics.contentType }),
  );
  app.get('/openapi.json', openAPIRouteHandler(app, { documentation }));
  if (widgetFolder === null) return;
  app.use('/widget/*', async (c, next) => {
    await next();
    c.header('Access-Control-Allow-Origin', '*');
    c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    c.header('X-Content-Type-Options', 'nosniff');
    // Chunks carry a hash of their content in their name.
    const immutable = /-[A-Z0-9]{8}\.js$/.test(c.req.path);
    c.header('Cache-Control', immutable ? 'public, max-age=31536000, immutable' : 'public, max-age=60');
  });
  app.use(
    '/widget/*',
    serveStatic({ root: widgetFolder, rewriteRequestPath: (path) => path.slice('/widget'.length) }),
  );
}
