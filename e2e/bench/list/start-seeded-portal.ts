import postgres from 'postgres';
import { eventually } from '../../stack/eventually.ts';
import { startStack, type Stack } from '../../stack/stack.ts';
import { StartProblem } from '../../stack/start-problem.ts';
import { seedPortal, type SeededPortal } from '../seed/seed-portal.ts';
import { say } from '../report.ts';

export interface RunningPortal extends SeededPortal {
  stack: Stack;
  sql: postgres.Sql;
  stop(): Promise<void>;
}

export interface PortalOptions {
  rows: number;
  /** Text of each notice that PostgreSQL sends to the service. */
  onNotice?: (text: string) => void;
}

/**
 * A server of our own is set up as PostgreSQL's documentation recommends for a machine of 4 GB that does nothing else; as it
 * comes it would use 128 MB. Another one is used as it is.
 */
const settings = { shared_buffers: '1GB', effective_cache_size: '3GB', max_wal_size: '4GB' } as const;

/** Of pino. */
const errorLevel = 50;

/**
 * A seeded portal, and what `npm run build` made as its service: one api. Nothing is sent meanwhile, so there is no
 * dispatcher and no worker. Throws StartProblem when the database may lose commits.
 */
export async function startSeededPortal({ rows, onNotice }: PortalOptions): Promise<RunningPortal> {
  const stack = await startStack({
    built: true,
    fsync: true,
    widget: false,
    workers: 0,
    dispatchers: 0,
    // At this level the api says what PostgreSQL notices, and no more than that.
    environment: { api: { REQUESTS_PER_MINUTE: '86400', LOG_LEVEL: 'debug' } },
    onLog: (process, line) => {
      if (typeof line['notice'] === 'string') onNotice?.(line['notice']);
      else if (Number(line.level) >= errorLevel) say(`  ${process}: ${JSON.stringify(line)}`);
    },
  });
  const sql = postgres(stack.databaseUrl, {
    max: 2,
    connection: { application_name: 'bench' },
    onnotice: () => undefined,
  });
  try {
    const answer = await fetch(new URL('/readyz', stack.serviceUrl));
    if (!answer.ok) throw new StartProblem(`Nothing is measured: ${await answer.text()}`);
    // It would see the tables empty.
    await stack.api.stop();
    await setUp(stack, sql);
    const seeded = await seedPortal(stack.databaseUrl, stack.portal.id, rows);
    await stack.api.restart();
    return {
      ...seeded,
      stack,
      sql,
      stop: async () => {
        await sql.end({ timeout: 1 });
        await stack.stop();
      },
    };
  } catch (error) {
    await sql.end({ timeout: 1 });
    await stack.stop();
    throw error;
  }
}

async function setUp({ postgres: server }: Stack, sql: postgres.Sql): Promise<void> {
  if (server === null) return;
  for (const [name, value] of Object.entries(settings))
    await sql.unsafe(`alter system set ${name} = '${value}'`);
  await server.restart();
  await eventually('PostgreSQL', () => sql`select`);
}
