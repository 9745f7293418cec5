import type { BulkResult, BulkSkipReason } from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { visibleByDirectory } from './visible-emails.ts';

/** Up to 1,000 results, and the number of the chunk after them; `null`: there is none. */
export interface ResultPage {
  items: BulkResult[];
  nextChunk: number | null;
}

interface ResultRow {
  id: string;
  /** `null`: not reached; '': done. */
  reason: BulkSkipReason | '' | null;
  first_recipient_name: string | null;
  first_recipient_address: string | null;
  recipient_count: number | null;
  subject: string | null;
}

/** What became of each email of one chunk of an operation. Who it belongs to must have been checked. */
export async function readBulkResults(
  sql: Sql,
  scope: ReadScope,
  operationId: string,
  chunk: number,
): Promise<ResultPage> {
  const columns = sql`
    e.id, e.subject, e.first_recipient_name, e.first_recipient_address, e.recipient_count`;
  const ids = sql`
    select unnest(email_ids) from bulk_chunk where operation_id = ${operationId} and no = ${chunk}`;
  const [rows, [after]] = await Promise.all([
    sql<ResultRow[]>`
      with seen as (
        select ${columns} from outbox_email e where e.id in (${ids}) and ${visibleByDirectory(sql, scope)}
        union all
        select ${columns} from email_archive e where e.id in (${ids}) and ${visibleByDirectory(sql, scope)}
      )
      select r.id, r.reason, s.subject, s.first_recipient_name, s.first_recipient_address, s.recipient_count
      from bulk_chunk c
      cross join lateral unnest(c.email_ids, c.results) with ordinality as r (id, reason, place)
      left join seen s on s.id = r.id
      where c.operation_id = ${operationId} and c.no = ${chunk}
      order by r.place`,
    sql<{ no: number | null }[]>`
      select min(no) as no from bulk_chunk where operation_id = ${operationId} and no > ${chunk}`,
  ]);
  return { items: rows.map(toResult), nextChunk: after?.no ?? null };
}

function toResult(row: ResultRow): BulkResult {
  const { id, reason, subject } = row;
  const result = reason === null ? 'not_reached' : reason === '' ? 'done' : 'skipped';
  const first = { name: row.first_recipient_name ?? '', address: row.first_recipient_address ?? '' };
  return {
    id,
    result,
    reason: reason === '' ? null : reason,
    email: subject === null ? null : { subject, to: { first, count: row.recipient_count ?? 0 } },
  };
}
