import type { Ends } from '../contenders/http-contender.ts';
import { startMailTarget } from '../contenders/mail-target.ts';
import { startOutbox, type ConnectorLimits, type Outbox } from '../contenders/outbox.ts';
import { say } from '../report.ts';
import { percentile, rounded } from '../summarise.ts';
import { measureOneByOne } from './idle-latency.ts';
import type { SendOptions } from './send-options.ts';
import { insertWaitingEmails } from './waiting-emails.ts';

const retried = 100_000;
const samples = 30;
const pauseMs = 300;

/**
 * How long a fresh email takes while the bulk retry of 100,000 others is under way on its connector: on a mail server
 * that answers each command after 50 ms, and on a connector that is allowed 600 messages a minute.
 */
export async function measureBulkDelay(ends: Ends, options: SendOptions) {
  return {
    retried,
    slowServer: await freshDuringBulk(ends, options, 'slow mail server', 50, {}),
    limitedRate: await freshDuringBulk(ends, options, '600 messages a minute', 0, { messagesPerMinute: 600 }),
  };
}

async function freshDuringBulk(
  ends: Ends,
  options: SendOptions,
  title: string,
  replyDelayMs: number,
  limits: ConnectorLimits,
) {
  const target = await startMailTarget(replyDelayMs);
  let outbox: Outbox | undefined;
  try {
    outbox = await startOutbox({ ...ends, target }, { ...options, limits });
    const { sql, stack, connectorId } = outbox;
    await insertWaitingEmails(sql, {
      portalId: stack.portal.id,
      connectorId,
      count: retried,
      kind: 'retried',
    });
    await sql`select pg_notify('outbox_due', '')`;
    const times = await measureOneByOne({ ...ends, target }, outbox, samples, pauseMs);
    const [left] = await sql<{ count: number }[]>`
      select count(*)::int as count from outbox_email where connector_id = ${connectorId}`;
    const result = {
      p50Ms: rounded(percentile(times, 50)),
      maxMs: rounded(percentile(times, 100)),
      samples,
      retriedSentMeanwhile: retried - (left?.count ?? 0),
    };
    say(`  bulk retry, ${title}: a fresh email takes p50 ${result.p50Ms} ms, at most ${result.maxMs} ms`);
    return result;
  } catch (error) {
    say(`  bulk retry, ${title}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  } finally {
    await outbox?.stop();
    await target.stop();
  }
}
