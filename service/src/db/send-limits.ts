import { throttleAfter, type SendLimits } from '../outbox/send-rate.ts';
import { inTransaction, type Database, type Sql } from './database.ts';

/** Columns of a connector `c` that `planRelease` decides on; read them under the lock of its row. */
export const sendLimitColumns = (sql: Sql) => sql`
  c.trouble_count > 0 as probing, c.messages_per_minute as "messagesPerMinute",
  c.concurrent_sends as "concurrentSends", c.max_connections as "maxConnections", c.rate_credit as credit,
  extract(epoch from now() - c.rate_at)::float8 as "creditAge", c.throttle_per_minute as "throttlePerMinute",
  coalesce(extract(epoch from now() - c.throttled_at), 0)::float8 as "throttleAge"`;

/** Keeps what is left of the credit after publishing, in the transaction that read it. */
export async function keepCredit(tx: Sql, connectorId: string, credit: number): Promise<void> {
  // Transactions that began earlier may come later: what was counted once is not counted again.
  await tx`
    update connector set rate_credit = ${credit}, rate_at = greatest(rate_at, now()) where id = ${connectorId}`;
}

/**
 * The mail servers of these connectors asked to slow down. Run it when their emails are settled: connectors are locked
 * before emails, and each has a transaction of its own. Returns the rates that changed, messages a minute.
 */
export async function noteSlowDown(
  database: Database,
  connectorIds: readonly string[],
): Promise<Map<string, number>> {
  const rates = new Map<string, number>();
  for (const id of connectorIds) {
    const rate = await inTransaction(database, (tx) => slowDown(tx, id));
    if (rate !== null) rates.set(id, rate);
  }
  return rates;
}

async function slowDown(tx: Sql, id: string): Promise<number | null> {
  const [limits] = await tx<SendLimits[]>`
    select ${sendLimitColumns(tx)} from connector c where c.id = ${id} for no key update`;
  const rate = limits === undefined ? null : throttleAfter(limits);
  if (rate !== null) {
    // What was saved up at the old rate is not spent at the new one.
    await tx`
      update connector
      set throttle_per_minute = ${rate}, throttled_at = now(), rate_credit = least(rate_credit, 1),
          rate_at = greatest(rate_at, now())
      where id = ${id}`;
  }
  return rate;
}
