import type postgres from 'postgres';

export interface WaitingEmails {
  portalId: string;
  connectorId: string;
  count: number;
  /** What a bulk retry leaves, or mail of every kind that came while the connector was off. */
  kind: 'retried' | 'mixed';
}

const chunk = 50_000;

/**
 * Writes emails that are due now, with content and recipients, as fast as PostgreSQL takes them. The triggers that tell
 * readers are left out: what is measured begins when all that is over.
 */
export async function insertWaitingEmails(sql: postgres.Sql, waiting: WaitingEmails): Promise<void> {
  for (let first = 0; first < waiting.count; first += chunk) {
    await insertChunk(sql, waiting, first, Math.min(first + chunk, waiting.count) - 1);
  }
  await sql`vacuum analyze outbox_email`;
  await sql`vacuum analyze email_content`;
  await sql`vacuum analyze email_recipient`;
}

async function insertChunk(
  sql: postgres.Sql,
  { portalId, connectorId, kind }: WaitingEmails,
  first: number,
  last: number,
): Promise<void> {
  const retried = kind === 'retried';
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`
      with email as materialized (
        select gen_random_uuid() as id, n,
               ${retried} or n % 3 = 0 as tried,
               now() - make_interval(secs => (n % 7200)) as at
        from generate_series(${first}::int, ${last}::int) n
      ), content as (
        insert into email_content (email_id, portal_id, message_id, date, reference_ids, text)
        select id, ${portalId}, '<' || id || '@portal.test>', at, '{}',
               repeat('The order that you placed has left our house. ', 5 + n % 11)
        from email
      ), recipient as (
        insert into email_recipient (email_id, position, kind, name, address)
        select id, 0, 'to', 'Customer ' || n % 5000, 'customer' || n % 5000 || '@elsewhere.test' from email
      )
      insert into outbox_email (
        id, portal_id, connector_id, state, due_at, lane, listed, list_at, submitted_at, author_id, from_name,
        from_address, first_recipient_name, first_recipient_address, recipient_count, subject, importance, packet_ref,
        packet_type, attachment_count, size, attempt_no, send_count, series_position, retry_asked, first_failed_at,
        last_attempt_at, last_cause, last_reply, failure_key)
      select id, ${portalId}, ${connectorId}, 'waiting', case when ${retried} then now() else at end,
             importance * 2 + tried::int, true, at, at, 'user' || n % 400, 'User ' || n % 400,
             'user' || n % 400 || '@portal.test', 'Customer ' || n % 5000,
             'customer' || n % 5000 || '@elsewhere.test', 1, 'Your order ' || n,
             (array['high', 'normal', 'low'])[importance + 1], case when n % 2 = 0 then 'T-' || n % 20000 end,
             case when n % 2 = 0 then 'Ticket' end, 0, 1200, tried::int * 2, tried::int, tried::int, ${retried},
             case when tried then at end, case when tried then at end, case when tried then 'try_later' end,
             case when tried then '451 4.3.0 Try again later' else '' end,
             case when tried then failure_key('try_later', '451 4.3.0 try again later') else 0 end
      from (select *, case when n % 20 = 0 then 0 when n % 20 = 1 then 2 else 1 end as importance from email) it`;
  });
}
