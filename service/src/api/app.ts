import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { limits } from '@portal-outbox/contracts';
import type { Portal } from '../config.ts';
import { authenticate, TokenChecker } from './authenticate.ts';
import { bulk } from './bulk.ts';
import { getCapabilities, postCapabilities } from './capabilities.ts';
import { connectors } from './connectors.ts';
import type { App, Dependencies, Env } from './context.ts';
import { getChanges } from './get-changes.ts';
import { getAttempts, getEmail } from './get-email.ts';
import { getMe } from './get-me.ts';
import { getOutbox } from './get-outbox.ts';
import { getOutboxCauses } from './get-outbox-causes.ts';
import { getOutboxCount } from './get-outbox-count.ts';
import { operatorRoutes } from './operator-routes.ts';
import { OutboxCounts } from './outbox-counts.ts';
import { limitBody } from './limit-body.ts';
import { patchPreferences } from './patch-preferences.ts';
import { postAttachments } from './post-attachments.ts';
import { postDirectorySync } from './post-directory-sync.ts';
import { postEmailActions } from './post-email-action.ts';
import { postEmails } from './post-emails.ts';
import { postImport } from './post-import.ts';
import { answerProblem, ProblemError, toProblem } from './problem-answer.ts';
import { putDirectory } from './put-directory.ts';
import { limitRate } from './rate-limit.ts';
import { portalSettings } from './settings.ts';

/** Bodies of these may be large; they have limits of their own. */
const largeBodies = new Set(['/v1/emails', '/v1/attachments', '/v1/import']);

/** Builds the HTTP application and starts nothing. */
export function createApp(dependencies: Dependencies, portals: readonly Portal[]): App {
  const app: App = new Hono<Env>();
  const origins = new Set(
    portals.flatMap((portal) => portal.origins.map((origin) => new URL(origin).origin)),
  );

  app.onError((error, c) => {
    const answer = answerProblem(toProblem(error, c, dependencies.logger));
    // Headers set before, CORS among them, belong to the error's answer too.
    c.res.headers.forEach((value, name) => {
      if (name.startsWith('access-control-') || name === 'vary') answer.headers.set(name, value);
    });
    return answer;
  });
  app.notFound(() =>
    answerProblem(new ProblemError('not_found', 'There is no such operation. See /openapi.json.')),
  );

  const crossOrigin = cors({
    origin: (origin) => (origins.has(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'Last-Event-ID'],
    exposeHeaders: ['ETag', 'Retry-After'],
    maxAge: 600,
  });
  // A host's back end sends no Origin.
  app.use('/v1/*', (c, next) => (c.req.header('origin') === undefined ? next() : crossOrigin(c, next)));
  app.use('/v1/*', noStore);
  getCapabilities(app, dependencies);

  app.use('/v1/*', authenticate(new TokenChecker(portals)));
  app.use('/v1/*', limitRate(dependencies.requestsPerMinute));
  app.use('/v1/*', smallBodies());
  getMe(app, dependencies);
  const counts = new OutboxCounts(dependencies);
  getOutbox(app, dependencies, counts);
  getOutboxCount(app, dependencies, counts);
  getOutboxCauses(app, dependencies, counts);
  getEmail(app, dependencies);
  getAttempts(app, dependencies);
  getChanges(app, dependencies);
  postAttachments(app, dependencies);
  postEmails(app, dependencies);
  postImport(app, dependencies);
  postEmailActions(app, dependencies);
  bulk(app, dependencies);
  postCapabilities(app, dependencies);
  connectors(app, dependencies);
  portalSettings(app, dependencies);
  patchPreferences(app, dependencies);
  putDirectory(app, dependencies);
  postDirectorySync(app, dependencies);
  operatorRoutes(app, dependencies);
  return app;
}

/** What people see is not for caches. */
const noStore = createMiddleware(async (c, next) => {
  c.header('Cache-Control', 'no-store');
  await next();
});

function smallBodies() {
  const limit = limitBody(limits.requestBytes, `Send at most ${limits.requestBytes} bytes.`);
  return createMiddleware(async (c, next) => {
    if (largeBodies.has(c.req.path) || c.req.path.startsWith('/v1/directory/')) return await next();
    return await limit(c, next);
  });
}
