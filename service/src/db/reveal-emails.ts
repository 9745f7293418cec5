import type { Sql } from './database.ts';

const atOnce = 1000;

/**
 * Lists the emails that have waited long enough to be shown (M16). Returns the milliseconds until
 * the next one, `null` when none is hidden.
 */
export async function revealEmails(sql: Sql): Promise<number | null> {
  // Waits for nobody, so the order of locking does not matter.
  await sql`
    update outbox_email set listed = true, version = version + 1
    where id = any(array(
      select id from outbox_email where not listed and list_at <= now() order by list_at limit ${atOnce}
      for no key update skip locked
    ))`;
  const [row] = await sql<{ ms: number | null }[]>`
    select (extract(epoch from min(list_at) - now()) * 1000)::float8 as ms from outbox_email where not listed`;
  return row?.ms ?? null;
}
