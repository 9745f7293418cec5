import { afterEach } from 'vitest';
import { Delivery, settingsFor } from './delivery-fixture.ts';
import { ScriptedSmtpServer, type Script } from './scripted-smtp-server.ts';
import type { ConnectorSettings } from '@portal-outbox/contracts';
import type { PhaseLimits } from '../phase-limits.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A scripted mail server and a worker's inside that talks to it, for one test. */
export async function serve(
  script: Script = {},
  limits: Partial<PhaseLimits> = {},
  settings: Partial<ConnectorSettings> = {},
): Promise<{ server: ScriptedSmtpServer; delivery: Delivery }> {
  const server = await new ScriptedSmtpServer(script).start();
  const delivery = new Delivery(settingsFor(server.port, settings), limits);
  cleanups.push(async () => {
    await delivery.pool.close();
    await server.stop();
  });
  return { server, delivery };
}
