import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { secureHeaders } from 'hono/secure-headers';
import { mintToken } from '../stack/portal-client.ts';
import type { Stack } from '../stack/stack.ts';
import type { DemoControls } from './demo-controls.ts';
import { demoRoutes } from './demo-routes.ts';
import { connectorPage } from './pages/connector-page.ts';
import { homePage, packetListPage, plainPage } from './pages/list-pages.ts';
import { layout } from './pages/layout.ts';
import { outboxPage } from './pages/outbox-page.ts';
import { packetPage } from './pages/packet-page.ts';
import { packetByRef } from './seed/packets.ts';
import { readSession, writeSession, type Session } from './session.ts';
import { submitWritten, type WriteEmailContext } from './write-email.ts';
import { sayIn, type Word } from './words.ts';

export interface PortalParts extends WriteEmailContext {
  stack: Pick<Stack, 'serviceUrl' | 'portal'>;
  controls: DemoControls;
  assets: Hono;
  /** Called when a visitor has the Outbox before them. */
  onVisit: () => void;
}

const tokenSeconds = 5 * 60;
type PageContent = ReturnType<typeof homePage>;

/** The demo's host portal: pages, session, and a back end that hands emails to the service. Starts nothing. */
export function portalApp(parts: PortalParts): Hono {
  const { stack } = parts;
  const app = new Hono();
  app.use(hostPolicy(stack.serviceUrl), csrf());
  app.route('/assets', parts.assets);

  const page = (path: string, title: Word, content: (session: Session) => PageContent) =>
    app.get(path, (context) => {
      const session = readSession(context);
      return context.html(
        layout({
          session,
          serviceUrl: stack.serviceUrl,
          path,
          title: sayIn(session.language)(title),
          content: content(session),
        }),
      );
    });
  app.get('/', (context) => context.redirect('/emails/outbox'));
  page('/home', 'home', homePage);
  page('/tickets', 'tickets', (session) => packetListPage(session, 'ticket', 'tickets'));
  page('/cases', 'cases', (session) => packetListPage(session, 'case', 'cases'));
  page('/actions', 'actions', (session) => packetListPage(session, 'action', 'actions'));
  page('/search', 'home', homePage);
  page('/emails/inbox', 'inbox', (session) => plainPage(session, 'inbox', 'inboxEmpty'));
  page('/emails/outbox', 'outbox', outboxPage);
  app.get('/packets/:ref', (context) => {
    const session = readSession(context);
    const packet = packetByRef(context.req.param('ref'));
    if (!packet) return context.notFound();
    const path = `/${packet.type}s`;
    const content = packetPage(session, packet);
    return context.html(layout({ session, serviceUrl: stack.serviceUrl, path, title: packet.ref, content }));
  });
  app.get('/connectors/:id', async (context) => {
    const session = readSession(context);
    const connectors = await parts.backEnd().connectors();
    const connector = connectors.find(({ id }) => id === context.req.param('id'));
    if (!connector) return context.notFound();
    const content = connectorPage(session, connector);
    const title = connector.name;
    return context.html(layout({ session, serviceUrl: stack.serviceUrl, path: '', title, content }));
  });
  app.post('/connectors/:id/enable', async (context) => {
    const id = context.req.param('id');
    if (!readSession(context).person.roles.includes('administrator')) return context.text('', 403);
    await parts.controls.enableConnector(id);
    return context.redirect(`/connectors/${encodeURIComponent(id)}`, 303);
  });
  app.notFound((context) => {
    const session = readSession(context);
    const content = plainPage(session, 'home', 'notFound');
    return context.html(
      layout({ session, serviceUrl: stack.serviceUrl, path: '', title: '404', content }),
      404,
    );
  });

  app.post('/session', async (context) => {
    writeSession(context, await context.req.parseBody());
    return context.redirect(returnPath(context.req.header('referer')), 303);
  });
  app.post('/session/token', async (context) => {
    parts.onVisit();
    const { person } = readSession(context);
    const roles = person.roles.includes('administrator') ? (['administrator'] as const) : [];
    const token = await mintToken(
      stack.portal,
      { id: person.id, name: person.name, roles: [...roles] },
      tokenSeconds,
    );
    return context.json({ token }, 200, { 'cache-control': 'no-store' });
  });
  app.post('/emails', async (context) => {
    const answer = await submitWritten(parts, readSession(context).person, await context.req.formData());
    return context.json(answer, answer.taken ? 201 : 422);
  });
  app.route('/demo', demoRoutes(parts.controls));
  return app;
}

/** What a strict host allows: its own scripts and styles and the Outbox service's, nothing inline. */
function hostPolicy(serviceUrl: string) {
  const service = new URL(serviceUrl).origin;
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'", service],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'", service],
      frameSrc: [service],
      fontSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
    // The Outbox's preview frame and script come from another origin.
    crossOriginResourcePolicy: 'same-origin',
    referrerPolicy: 'same-origin',
  });
}

/** Back to the page that the switcher was used on; never to another site. */
function returnPath(referer: string | undefined): string {
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).pathname : '/';
}
