import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { eventually } from '../../stack/eventually.ts';
import { portalClient, type PortalClient } from '../../stack/portal-client.ts';
import { startStack, type Stack, type StackOptions } from '../../stack/stack.ts';
import { StartProblem } from '../../stack/start-problem.ts';
import type { Load } from '../programs/load-generator.ts';
import { sendOverHttp, type Ends, type HttpContender } from './http-contender.ts';
import { say } from '../report.ts';
import type { MailTarget } from './mail-target.ts';

/** Settings of the connector; `messagesPerMinute` and the like. */
export type ConnectorLimits = Record<string, number>;

export interface OutboxOptions {
  workers: number;
  /** To the mail server, of all workers together. */
  connections: number;
  /** Submissions under way at a time. */
  inFlight: number;
  limits?: ConnectorLimits;
  /** Loaded by Node before each process of the service. */
  preload?: string;
}

/** Of pino. */
const errorLevel = 50;

/** The whole product as production runs it. */
export interface Outbox extends HttpContender {
  stack: Stack;
  sql: postgres.Sql;
  backEnd: PortalClient;
  connectorId: string;
}

/** Starts what `npm run build` made. Throws StartProblem when the database may lose commits. */
export async function startOutbox(ends: Ends, options: OutboxOptions): Promise<Outbox> {
  const stack = await startStack(stackOptions(options));
  try {
    await refuseToForget(stack.serviceUrl);
    const caller = { id: 'back-end', name: 'Back end', roles: ['portal', 'administrator'] as const };
    const backEnd = portalClient(stack.serviceUrl, stack.portal, { ...caller, roles: [...caller.roles] });
    await backEnd.putUser('ada', { name: 'Ada' });
    const connectorId = await createConnector(backEnd, ends.target, options);
    const sql = postgres(stack.databaseUrl, {
      max: 2,
      connection: { application_name: 'bench' },
      onnotice: () => undefined,
    });
    const driven = {
      loadOf: (batch: string, text: string) => loadOf(stack, backEnd, options, connectorId, batch, text),
      untilRecorded: () => untilSettled(sql, connectorId),
    };
    return {
      ...driven,
      name: 'outbox',
      stack,
      sql,
      backEnd,
      connectorId,
      send: (batch) => sendOverHttp(ends, driven, batch),
      processName: (pid) => nameOf(stack, pid),
      stop: async () => {
        await sql.end({ timeout: 1 });
        await stack.stop();
      },
    };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

function stackOptions({ workers, preload }: OutboxOptions): StackOptions {
  const environment = preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload}` };
  return {
    built: true,
    fsync: true,
    widget: false,
    workers,
    onLog: (process, line) => {
      if (Number(line.level) >= errorLevel) say(`  ${process}: ${JSON.stringify(line)}`);
    },
    environment: {
      // The bench is one very busy caller.
      api: { ...environment, REQUESTS_PER_MINUTE: '86400' },
      dispatcher: environment,
      connector: environment,
    },
  };
}

async function refuseToForget(serviceUrl: string): Promise<void> {
  const answer = await fetch(new URL('/readyz', serviceUrl));
  if (!answer.ok) throw new StartProblem(`Nothing is measured: ${await answer.text()}`);
}

async function createConnector(
  backEnd: PortalClient,
  target: MailTarget,
  { workers, connections, limits }: OutboxOptions,
): Promise<string> {
  const { id } = await backEnd.createConnector({
    name: 'Bench',
    host: target.host,
    port: target.port,
    security: 'none',
    maxConnections: Math.ceil(connections / workers),
    messagesPerConnection: 10_000,
    ...limits,
  });
  await backEnd.enableConnector(id);
  return id;
}

async function loadOf(
  stack: Stack,
  backEnd: PortalClient,
  { inFlight }: OutboxOptions,
  connectorId: string,
  batch: string,
  text: string,
): Promise<Load> {
  const email = {
    connectorId,
    authorId: 'ada',
    from: { name: 'Ada', address: 'ada@portal.test' },
    to: [{ address: `${batch}-{{n}}@bench.test` }],
    subject: 'Your order {{n}}',
    text,
  };
  const { hostname, port } = new URL(stack.serviceUrl);
  return {
    host: hostname,
    port: Number(port),
    path: '/v1/emails',
    headers: { Authorization: `Bearer ${await backEnd.token()}`, 'Idempotency-Key': `${randomUUID()}-{{n}}` },
    body: JSON.stringify({ emails: [email] }),
    inFlight,
    count: 0,
    expectedStatus: 201,
  };
}

/** The outcome of every email is committed: none is on its way or waits for its turn. Asked by indexed conditions. */
async function untilSettled(sql: postgres.Sql, connectorId: string): Promise<void> {
  await eventually(
    'every outcome to be settled',
    async () => {
      const rows = await sql`
        (select from outbox_email where connector_id = ${connectorId} and state in ('dispatched', 'claimed') limit 1)
        union all
        (select from unnest('{0,1,2,3,4,5}'::smallint[]) as l (lane), lateral (
           select from outbox_email e
           where e.connector_id = ${connectorId} and e.state = 'waiting' and e.lane = l.lane
           order by e.due_at limit 1
         ) waiting limit 1)`;
      return rows.length === 0 ? true : null;
    },
    120,
  );
}

function nameOf(stack: Stack, pid: number): string | undefined {
  const own = [...stack.apis, ...stack.dispatchers, ...stack.workers];
  return own.find((it) => it.pid === pid)?.name;
}
