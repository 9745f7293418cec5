import type { AttemptOutcome, DeliveryCause, RecipientState } from '@portal-outbox/contracts';
import { settle, type Settlement } from '../outbox/settlement.ts';
import type { Sql } from './database.ts';
import { readManySettings } from './settings.ts';
import { storableText } from './storable-text.ts';

interface UnsettledRow {
  id: string;
  portal_id: string;
  connector_id: string;
  state: 'dispatched' | 'claimed' | 'failed';
  attempt_id: string;
  nonce: string;
  claim_token: string | null;
  may_have_been_sent: boolean;
  series_position: number;
  recipients: { position: number; address: string; state: RecipientState; reply: string }[];
}

/** One outcome as it was applied to its email. */
interface Applied {
  row: UnsettledRow;
  outcome: AttemptOutcome;
  settlement: Settlement;
}

/**
 * Applies outcomes to their emails, each at most once: the rows are locked in id order, decided on, and updated from
 * the state they were decided on. An outcome that is not (or no longer) the row's is left out of the answer. Run it in a
 * transaction. Returns the attempts that were applied.
 */
export async function settleAttempts(
  tx: Sql,
  outcomes: readonly AttemptOutcome[],
  random: () => number,
): Promise<string[]> {
  const byEmail = new Map(outcomes.map((outcome) => [outcome.emailId, outcome]));
  const rows = await tx<UnsettledRow[]>`
    select e.id, e.portal_id, e.connector_id, e.state, e.attempt_id, e.nonce, e.claim_token, e.may_have_been_sent,
           e.series_position,
           (select json_agg(json_build_object('position', r.position, 'address', r.address, 'state', r.state,
                                              'reply', r.reply) order by r.position)
            from email_recipient r where r.email_id = e.id) as recipients
    from outbox_email e
    where e.id = any(${[...byEmail.keys()]}::uuid[]) and e.state in ('dispatched', 'claimed', 'failed')
    order by e.id
    for no key update of e`;
  const settings = await readManySettings(tx, [...new Set(rows.map((row) => row.portal_id))]);
  const applied: Applied[] = [];
  for (const row of rows) {
    const outcome = byEmail.get(row.id);
    if (outcome === undefined || !belongsTo(outcome, row)) continue;
    const delays = settings.get(row.portal_id)?.retryDelaysSeconds ?? [];
    const email = { seriesPosition: row.series_position, recipients: row.recipients };
    applied.push({ row, outcome, settlement: settle(email, outcome, delays, random()) });
  }
  if (applied.length > 0) await write(tx, applied);
  return applied.map(({ outcome }) => outcome.attemptId);
}

/**
 * The outcomes' attempts that their emails still wait for, from somebody who has read the message. Others, such as one
 * that is repeated because the notice of its settling was lost, say nothing of their connector as it is now.
 */
export async function findCurrentAttempts(
  tx: Sql,
  outcomes: readonly AttemptOutcome[],
): Promise<Set<string>> {
  const rows = await tx<{ attemptId: string }[]>`
    select e.attempt_id as "attemptId"
    from outbox_email e
    join unnest(
      ${outcomes.map((it) => it.emailId)}::uuid[], ${outcomes.map((it) => it.attemptId)}::uuid[],
      ${outcomes.map((it) => it.nonce)}::uuid[], ${outcomes.map((it) => it.connectorId)}::uuid[]
    ) as o (email_id, attempt_id, nonce, connector_id)
      on (o.email_id, o.attempt_id, o.nonce, o.connector_id) = (e.id, e.attempt_id, e.nonce, e.connector_id)
    where e.state in ('dispatched', 'claimed')`;
  return new Set(rows.map((row) => row.attemptId));
}

/** Whether the outcome is of the attempt that the row waits for, from somebody who can prove it. */
function belongsTo(outcome: AttemptOutcome, row: UnsettledRow): boolean {
  if (outcome.attemptId !== row.attempt_id || outcome.connectorId !== row.connector_id) return false;
  if (outcome.nonce !== row.nonce) return false;
  switch (row.state) {
    case 'dispatched':
      // Not claimed, so nothing was handed over, whatever the worker says.
      return (
        outcome.result !== 'uncertain' &&
        [outcome, ...outcome.recipients].every(({ result }) => result !== 'accepted')
      );
    case 'claimed':
      return outcome.claimToken === row.claim_token;
    case 'failed':
      // A late real outcome replaces "may have been sent".
      return (
        row.may_have_been_sent && outcome.claimToken === row.claim_token && outcome.result !== 'uncertain'
      );
  }
}

async function write(tx: Sql, applied: readonly Applied[]): Promise<void> {
  const sent = applied.filter(({ settlement }) => settlement.next.state === 'sent');
  const open = applied.filter(({ settlement }) => settlement.next.state !== 'sent');
  await updateRecipients(tx, applied);
  await updateAttempts(tx, applied);
  if (open.length > 0) await updateEmails(tx, open);
  if (sent.length > 0) await archiveSent(tx, sent);
}

async function updateEmails(tx: Sql, open: readonly Applied[]): Promise<void> {
  const rows = open.map(({ row, outcome, settlement: { next, ...settlement } }) => ({
    id: row.id,
    from_state: row.state,
    state: next.state,
    may_have_been_sent: next.state === 'failed' && next.mayHaveBeenSent,
    delay: next.state === 'waiting' ? next.delaySeconds : 0,
    // The attempt took place and failed; otherwise the email goes on as if nothing was tried.
    failed: next.state === 'failed' || (next.state === 'waiting' && next.failed),
    counted: settlement.counted && !(row.state === 'failed' && row.may_have_been_sent),
    series_position: settlement.seriesPosition,
    cause: settlement.cause satisfies DeliveryCause | null,
    reply: storableText(settlement.reply),
    attempt_id: outcome.attemptId,
  }));
  await tx`
    update outbox_email e
    set state = n.state, may_have_been_sent = n.may_have_been_sent,
        due_at = case when n.state = 'waiting' then now() + make_interval(secs => n.delay) else e.due_at end,
        series_position = n.series_position,
        send_count = e.send_count + case when n.counted then 1 else 0 end,
        retry_asked = e.retry_asked and not n.failed,
        lane = case when n.failed then (e.lane | 1)::smallint else e.lane end,
        listed = e.listed or n.failed,
        first_failed_at = case when n.failed then coalesce(e.first_failed_at, now()) else e.first_failed_at end,
        last_attempt_at = case when n.cause is null then e.last_attempt_at else now() end,
        last_cause = coalesce(n.cause, e.last_cause),
        last_reply = case when n.cause is null then e.last_reply else n.reply end,
        lease_until = null,
        claim_token = case when n.may_have_been_sent then e.claim_token end,
        version = e.version + 1
    from jsonb_to_recordset(${tx.json(rows)}) as n (
      id uuid, from_state text, state text, may_have_been_sent boolean, delay float8, failed boolean,
      counted boolean, series_position smallint, cause text, reply text, attempt_id uuid)
    where e.id = n.id and e.state = n.from_state and e.attempt_id = n.attempt_id`;
}

/** Sent emails leave the hot table. The archive has the same columns in the same order. */
async function archiveSent(tx: Sql, sent: readonly Applied[]): Promise<void> {
  await tx`
    with gone as (
      delete from outbox_email e where e.id = any(${sent.map(({ row }) => row.id)}::uuid[]) returning e.*
    ), archived as (
      insert into email_archive select * from gone returning id
    )
    select from archived`;
  const counted = sent.filter(({ row }) => !(row.state === 'failed' && row.may_have_been_sent));
  await tx`
    update email_archive
    set state = 'sent', left_at = now(), may_have_been_sent = false, retry_asked = false, lease_until = null,
        send_count = send_count + case when id = any(${counted.map(({ row }) => row.id)}::uuid[]) then 1 else 0 end
    where id = any(${sent.map(({ row }) => row.id)}::uuid[])`;
}

async function updateRecipients(tx: Sql, applied: readonly Applied[]): Promise<void> {
  const changes = applied.flatMap(({ row, settlement }) =>
    settlement.recipients.map((change) => ({
      email_id: row.id,
      ...change,
      reply: storableText(change.reply),
    })),
  );
  if (changes.length === 0) return;
  await tx`
    update email_recipient r set state = n.state, reply = n.reply
    from jsonb_to_recordset(${tx.json(changes)}) as n (email_id uuid, position smallint, state text, reply text)
    where r.email_id = n.email_id and r.position = n.position`;
}

async function updateAttempts(tx: Sql, applied: readonly Applied[]): Promise<void> {
  const attempts = applied.map(({ outcome, settlement }) => ({
    id: outcome.attemptId,
    worker_id: outcome.workerId,
    duration_ms: Math.round(outcome.durationMs),
    result: outcome.result,
    phase: outcome.phase,
    code: outcome.code,
    enhanced_code: outcome.enhancedCode,
    // What did not reach every recipient shows the words of one that it did not reach.
    reply: storableText(settlement.next.state === 'sent' ? outcome.reply : settlement.reply || outcome.reply),
    cause: settlement.cause,
  }));
  await tx`
    update send_attempt s
    set ended_at = now(), worker_id = n.worker_id, duration_ms = n.duration_ms, result = n.result, phase = n.phase,
        code = n.code, enhanced_code = n.enhanced_code, reply = n.reply, cause = n.cause
    from jsonb_to_recordset(${tx.json(attempts)}) as n (
      id uuid, worker_id uuid, duration_ms integer, result text, phase text, code integer, enhanced_code text,
      reply text, cause text)
    where s.id = n.id`;
}
