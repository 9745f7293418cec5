import { startStack } from '../stack/stack.ts';
import type { ChaosOptions } from './chaos-options.ts';
import type { Victims } from './fault-kinds.ts';
import { RecordingMailServer } from './recording-mail-server.ts';
import { RunLog } from './run-log.ts';
import type { SeededRandom } from './seeded-random.ts';
import { TcpProxy, type Target } from './tcp-proxy.ts';

const workers = 2;

/**
 * The product as it is run when it matters: two of each process, PostgreSQL with fsync, a load balancer before the api. The
 * returned function stops everything.
 */
export async function startVictims(
  options: ChaosOptions,
  random: SeededRandom,
): Promise<{ victims: Victims; stop: () => Promise<void> }> {
  refuseForeignServers();
  const log = new RunLog();
  const apis: Target[] = [];
  const nats: Target[] = [];
  const balancer = await TcpProxy.start(apis);
  const workerNetworks = await Promise.all(Array.from({ length: workers }, () => TcpProxy.start(nats)));
  const mailServer = await RecordingMailServer.start(random);
  const stopNetworks = async () => {
    await Promise.all([balancer, mailServer, ...workerNetworks].map((it) => it.stop()));
  };
  try {
    const stack = await startStack({
      apis: 2,
      dispatchers: 2,
      workers,
      fsync: true,
      widget: false,
      leaseSeconds: options.leaseSeconds,
      probeSeconds: 1,
      publicUrl: `http://${balancer.host}:${balancer.port}`,
      mailServer: { address: mailServer.address, sink: null },
      workerNatsUrl: (worker, natsUrl) => {
        const url = new URL(natsUrl);
        nats.splice(0, 1, { host: url.hostname, port: Number(url.port) });
        url.host = `127.0.0.1:${workerNetworks[worker - 1]!.port}`;
        return url.href.replace(/\/$/, '');
      },
      environment: {
        api: { REQUESTS_PER_MINUTE: '6000' },
        dispatcher: { LOG_LEVEL: 'debug', RESEND_LEASE_SECONDS: String(options.leaseSeconds) },
      },
      onLog: (name, line) => log.hear(name, line),
    });
    apis.push(...stack.apiUrls.map((url) => ({ host: '127.0.0.1', port: Number(new URL(url).port) })));
    const stop = async () => {
      await stack.stop();
      await stopNetworks();
    };
    return { victims: { stack, options, mailServer, balancer, workerNetworks, log }, stop };
  } catch (error) {
    await stopNetworks();
    throw error;
  }
}

/** Nobody else's servers are killed, and their records could not be read. */
function refuseForeignServers(): void {
  for (const name of ['DATABASE_URL', 'NATS_URL', 'SMTP_URL']) {
    if (process.env[name]) throw new Error(`Chaos breaks servers, so it uses only its own: unset ${name}.`);
  }
}
