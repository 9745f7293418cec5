import postgres from 'postgres';
import { say } from '../report.ts';
import { organisationFunctions } from './organisation.ts';
import { seedConnectors, type SeededConnector } from './seed-connectors.ts';
import { seedDirectory } from './seed-directory.ts';
import { seedEmails } from './seed-emails.ts';

export interface SeededPortal {
  portalId: string;
  connectors: SeededConnector[];
  /** Emails in `outbox_email`. */
  rows: number;
}

const chunk = 25_000;
/** As many as have a processor to themselves. */
const writers = 2;
/** Tables whose indexes are made once all rows are there. */
const loaded = ['outbox_email', 'email_team', 'listed_email', 'email_search'];

/**
 * Fills a database of the present schema with an organisation and `rows` emails, the same each time apart from the hour
 * they are dated from. A million takes about two minutes on two processors.
 */
export async function seedPortal(databaseUrl: string, portalId: string, rows: number): Promise<SeededPortal> {
  const sql = postgres(databaseUrl, {
    max: writers,
    connection: { application_name: 'bench seed', synchronous_commit: 'off', maintenance_work_mem: '512MB' },
    onnotice: () => undefined,
  });
  try {
    const started = performance.now();
    const took = (what: string) =>
      say(`  ${what}: ${((performance.now() - started) / 1000).toFixed(1)} s since the beginning`);
    await sql.unsafe(organisationFunctions);
    await seedDirectory(sql, portalId);
    const connectors = await seedConnectors(sql, portalId);
    took('directory');
    const indexes = await dropIndexes(sql);
    await seedInChunks(sql, { portalId, connectors, rows });
    took(`${rows.toLocaleString('en')} emails`);
    for (const { definition } of indexes) await sql.unsafe(definition);
    took('indexes');
    await sql`vacuum (analyze, parallel 2)`;
    took('statistics');
    await sql`checkpoint`;
    return { portalId, connectors, rows };
  } finally {
    await sql.end();
  }
}

async function seedInChunks(sql: postgres.Sql, { portalId, connectors, rows }: SeededPortal): Promise<void> {
  let next = 0;
  const write = async () => {
    while (next < rows) {
      const first = next;
      next = Math.min(rows, first + chunk);
      await seedEmails(sql, { portalId, connectors, first, last: next - 1, authorId: null });
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
}

/** Those that are no constraint; a row is written several times as fast without. */
async function dropIndexes(sql: postgres.Sql): Promise<{ definition: string }[]> {
  const indexes = await sql<{ name: string; definition: string }[]>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i
    where i.indrelid::regclass::text = any(${loaded})
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`;
  for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
  return indexes;
}
