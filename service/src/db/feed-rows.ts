import type { OutboxEmail } from '@portal-outbox/contracts';
import type { EmailOwnership } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from './outbox-rows.ts';
import { listed } from './visible-emails.ts';

/** A row as it is now, with what decides who may see it at the same moment. */
export interface FeedRow {
  email: OutboxEmail;
  ownership: EmailOwnership;
}

/** Emails of one portal that are in the list now. */
export async function readFeedRows(
  sql: Sql,
  portalId: string,
  ids: readonly string[],
): Promise<Map<string, FeedRow>> {
  const rows = await sql<(OutboxRow & { team_keys: number[] })[]>`
    select r.*, array(select t.team_key from email_team t where t.email_id = r.id) as team_keys
    from (
      ${outboxRows(sql)}
      where e.portal_id = ${portalId} and e.id = any(${[...ids]}::uuid[]) and ${listed(sql)}
    ) r`;
  return new Map(
    rows.map((row) => {
      const ownership = { authorId: row.author_id, packetRef: row.packet_ref, teamKeys: row.team_keys };
      return [row.id, { email: toOutboxEmail(row), ownership }];
    }),
  );
}
