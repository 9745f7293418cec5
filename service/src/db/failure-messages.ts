import type { Sql } from './database.ts';

/**
 * Keeps the reasons for which attempts failed, each once: the key of the email's row refers to it.
 *
 * @param failures a FROM with portal_id, cause and reply, folded by `foldReply`
 */
export const keepMessages = (sql: Sql, failures: ReturnType<Sql>) => sql`
  insert into failure_message (portal_id, key, cause, reply)
  -- In order: two statements with the same reasons wait for each other instead of locking each other out.
  select distinct portal_id, failure_key(cause, reply) as key, cause, reply from ${failures} order by portal_id, key
  on conflict do nothing`;
