import { serve, type ServerType } from '@hono/node-server';
import type { Stack } from '../stack/stack.ts';
import { loadAssets } from './assets.ts';
import { backEndOf } from './back-end.ts';
import { DemoControls } from './demo-controls.ts';
import { EverydayMail } from './everyday-mail.ts';
import { StartProblem } from '../stack/start-problem.ts';
import { importMail, type ImportedFile } from './mail-import.ts';
import { portalApp } from './portal-app.ts';
import { visitors } from './seed/people.ts';
import { seedPortal } from './seed/seed-portal.ts';

export interface PortalOptions {
  stack: Stack;
  /** Port of the portal's origin, as the stack was told. */
  port: number;
  /** A folder of .eml files or one mbox file, to be submitted as outgoing emails. */
  mail?: string;
  /** What became of each message of `mail`; printed when not given. */
  onImported?: (file: ImportedFile) => void;
}

export interface RunningPortal {
  url: string;
  /** Subjects of seeded emails that did not settle as expected; empty when all is well. */
  unsettled: readonly string[];
  /** Settles when all of `mail` is handed over; `null` without it. The portal serves meanwhile. */
  imported: Promise<{ done: number; skipped: number }> | null;
  stop(): Promise<void>;
}

/** Fills the service with the demo's people and emails, then serves the portal on 127.0.0.1. */
export async function startPortal(options: PortalOptions): Promise<RunningPortal> {
  const { stack } = options;
  refuseStrangersMail(options);
  const backEnd = backEndOf(stack);
  // Before the seed, so that the panel lists what the seed's emails met with.
  const controls = new DemoControls(stack, backEnd);
  const [{ connectors, unsettled }, assets] = await Promise.all([seedPortal(stack, backEnd), loadAssets()]);
  const everyday = stack.sink && new EverydayMail(backEnd, connectors, stack.sink);
  const app = portalApp({
    stack,
    backEnd,
    connectors,
    controls,
    assets,
    onVisit: () => everyday?.begin(),
  });
  const server = await listen(app.fetch, options.port);
  const stopping = new AbortController();
  const imported =
    options.mail === undefined
      ? null
      : importMail({
          path: options.mail,
          backEnd,
          connectorId: connectors.sales,
          authorId: visitors[0].personId,
          onFile: options.onImported ?? printImported,
          signal: stopping.signal,
        });
  // Whoever waits for it hears of a failure; nobody else must.
  imported?.catch(() => undefined);
  return {
    url: `http://127.0.0.1:${options.port}/`,
    unsettled,
    imported,
    stop: async () => {
      stopping.abort();
      await imported?.catch(() => undefined);
      everyday?.stop();
      controls.stop();
      await close(server);
    },
  };
}

function printImported(file: ImportedFile): void {
  console.log(file.done ? `handed over  ${file.name}` : `left out     ${file.name}: ${file.reason}`);
}

/** Imported emails name real people: they go to a mail server on this machine or nowhere. */
function refuseStrangersMail({ mail, stack }: PortalOptions): void {
  if (mail === undefined || stack.sink !== null) return;
  if (['localhost', '127.0.0.1', '::1', '[::1]'].includes(stack.mailServer.host)) return;
  throw new StartProblem(
    '--mail would send real emails to real people through SMTP_URL. Unset SMTP_URL: the demo brings its own mail server.',
  );
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  port: number,
): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server));
    server.once('error', reject);
  });
}

/** Cuts the streams that pages hold open; they would keep it listening for ever. */
function close(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
