import type { AttemptOutcome, DeliveryCause } from '@portal-outbox/contracts';
import { settle, type Settlement } from '../outbox/settlement.ts';
import type { Sql } from './database.ts';
import { lockUnsettled, readUncertainAttempts, type UnsettledRow } from './unsettled-emails.ts';
import { storableText } from './storable-text.ts';

/** One outcome as it was applied to its email. */
interface Applied {
  row: UnsettledRow;
  outcome: AttemptOutcome;
  settlement: Settlement;
  /** It replaces an attempt that ended as "may have been sent" and was counted then. */
  late: boolean;
}

export interface SettledAttempts {
  /** Ids of the attempts whose outcome was applied. */
  applied: Set<string>;
  /** Those of them that their emails were waiting for. */
  current: Set<string>;
  /** Connectors whose mail server asked to slow down. */
  throttled: string[];
}

/**
 * Applies outcomes to their emails, each at most once: the rows are locked in id order, decided on, and updated from
 * the state they were decided on. An outcome that is not the row's is left out of the answer. A real outcome of an
 * attempt that ended as "may have been sent" replaces that, and supersedes a retry not yet claimed. One outcome an
 * email; run it in a transaction.
 */
export async function settleAttempts(
  tx: Sql,
  outcomes: readonly AttemptOutcome[],
  random: () => number,
): Promise<SettledAttempts> {
  const byEmail = new Map(outcomes.map((outcome) => [outcome.emailId, outcome]));
  const [rows, uncertain] = await Promise.all([
    lockUnsettled(tx, [...byEmail.keys()]),
    readUncertainAttempts(tx, outcomes),
  ]);
  const applied: Applied[] = [];
  for (const row of rows) {
    const outcome = byEmail.get(row.id);
    if (outcome === undefined || outcome.connectorId !== row.connector_id) continue;
    const late = uncertain.has(outcome.attemptId) && outcome.result !== 'uncertain';
    if (!late && !isAwaited(outcome, row)) continue;
    const email = {
      seriesPosition: row.series_position,
      recipients: row.recipients,
      migrated: row.migrated,
      onUncertain: row.on_uncertain,
    };
    const settlement = settle(email, outcome, row.retry_delays_seconds, random());
    applied.push({ row, outcome, settlement, late });
  }
  if (applied.length > 0) await write(tx, applied);
  return {
    applied: new Set(applied.map(({ outcome }) => outcome.attemptId)),
    current: new Set(applied.filter(({ late }) => !late).map(({ outcome }) => outcome.attemptId)),
    throttled: [...new Set(applied.filter((it) => it.settlement.throttled).map((it) => it.row.connector_id))],
  };
}

/** Whether the row waits for this very outcome, from somebody who can prove that the attempt was theirs. */
function isAwaited(outcome: AttemptOutcome, row: UnsettledRow): boolean {
  if (outcome.attemptId !== row.attempt_id || outcome.nonce !== row.nonce) return false;
  if (row.state === 'claimed') return outcome.claimToken === row.claim_token;
  // Not claimed, so nothing was handed over, whatever the worker says.
  return (
    row.state === 'dispatched' &&
    outcome.result !== 'uncertain' &&
    [outcome, ...outcome.recipients].every(({ result }) => result !== 'accepted')
  );
}

/** Whether the outcome changes where its email stands. */
function moves({ row, outcome, settlement, late }: Applied): boolean {
  if (!late || row.attempt_id === outcome.attemptId) return row.state !== 'cancelled';
  // Somebody has it in hand for a newer attempt, or it was cancelled.
  if (row.state === 'claimed' || row.state === 'cancelled') return false;
  // Of two attempts of unknown fate one is known now: only its success settles the email.
  return settlement.next.state === 'sent' || !row.may_have_been_sent;
}

/** Pipelined: PostgreSQL runs them in this order, and history is written from the rows as they were. */
async function write(tx: Sql, applied: readonly Applied[]): Promise<void> {
  const movable = applied.filter(moves);
  const sent = movable.filter(({ settlement }) => settlement.next.state === 'sent');
  const open = movable.filter(({ settlement }) => settlement.next.state !== 'sent');
  await Promise.all([
    writeHistory(tx, applied),
    updateRecipients(tx, applied),
    open.length === 0 ? null : updateEmails(tx, open),
    sent.length === 0 ? null : archiveSent(tx, sent),
  ]);
}

async function updateEmails(tx: Sql, open: readonly Applied[]): Promise<void> {
  const rows = open.map(({ row, outcome, late, settlement: { next, ...settlement } }) => ({
    id: row.id,
    from_state: row.state,
    attempt_no: row.attempt_no,
    // What is published for a newer attempt names recipients that have it already: it must hit nothing.
    superseded: row.attempt_id !== outcome.attemptId,
    state: next.state,
    may_have_been_sent: next.state === 'failed' && next.mayHaveBeenSent,
    delay: next.state === 'waiting' ? next.delaySeconds : 0,
    // The attempt took place and failed; otherwise the email goes on as if nothing was tried.
    failed: next.state === 'failed' || (next.state === 'waiting' && next.failed),
    counted: settlement.counted && !late,
    series_position: settlement.seriesPosition,
    cause: settlement.cause satisfies DeliveryCause | null,
    reply: storableText(settlement.reply),
  }));
  await tx`
    update outbox_email e
    set state = n.state, may_have_been_sent = n.may_have_been_sent,
        attempt_no = e.attempt_no + case when n.superseded then 1 else 0 end,
        due_at = case when n.state <> 'waiting' or (n.superseded and e.retry_asked) then e.due_at
                      else now() + make_interval(secs => n.delay) end,
        series_position = n.series_position,
        send_count = e.send_count + case when n.counted then 1 else 0 end,
        retry_asked = e.retry_asked and (not n.failed or (n.superseded and n.state = 'waiting')),
        lane = case when n.failed then (e.lane | 1)::smallint else e.lane end,
        listed = e.listed or n.failed,
        first_failed_at = case when n.failed then coalesce(e.first_failed_at, now()) else e.first_failed_at end,
        last_attempt_at = case when n.cause is null then e.last_attempt_at else now() end,
        last_cause = coalesce(n.cause, e.last_cause),
        last_reply = case when n.cause is null then e.last_reply else n.reply end,
        lease_until = null, claim_token = null,
        version = e.version + 1
    from jsonb_to_recordset(${tx.json(rows)}) as n (
      id uuid, from_state text, attempt_no integer, superseded boolean, state text, may_have_been_sent boolean,
      delay float8, failed boolean, counted boolean, series_position smallint, cause text, reply text)
    where e.id = n.id and e.state = n.from_state and e.attempt_no = n.attempt_no`;
}

/** Sent emails leave the hot table. The archive has the same columns in the same order. */
async function archiveSent(tx: Sql, sent: readonly Applied[]): Promise<void> {
  const ids = sent.map(({ row }) => row.id);
  const counted = sent.filter(({ late }) => !late).map(({ row }) => row.id);
  await tx`
    with gone as (
      delete from outbox_email e where e.id = any(${ids}::uuid[]) returning e as email
    )
    insert into email_archive
    select archived.*
    from gone, jsonb_populate_record(gone.email, jsonb_build_object(
      'state', 'sent', 'left_at', now(), 'may_have_been_sent', false, 'retry_asked', false, 'lease_until', null,
      'send_count', (gone.email).send_count + case when (gone.email).id = any(${counted}::uuid[]) then 1 else 0 end
    )) as archived`;
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

/** An attempt enters the history when it has ended. One that ended as uncertain keeps what proves a late outcome. */
async function writeHistory(tx: Sql, applied: readonly Applied[]): Promise<void> {
  const attempts = applied.map(({ row, outcome, settlement }) => ({
    id: outcome.attemptId,
    email_id: row.id,
    portal_id: row.portal_id,
    connector_id: row.connector_id,
    attempt_no: outcome.attemptNo,
    started_at: row.published_at,
    claimed_at: row.state === 'claimed' ? row.last_attempt_at : null,
    worker_id: outcome.workerId,
    duration_ms: Math.round(outcome.durationMs),
    result: outcome.result,
    phase: outcome.phase,
    code: outcome.code,
    enhanced_code: outcome.enhancedCode,
    // What did not reach every recipient shows the words of one that it did not reach.
    reply: storableText(settlement.next.state === 'sent' ? outcome.reply : settlement.reply || outcome.reply),
    cause: settlement.cause,
    nonce: outcome.result === 'uncertain' ? outcome.nonce : null,
    claim_token: outcome.result === 'uncertain' ? outcome.claimToken : null,
  }));
  await tx`
    insert into send_attempt (id, email_id, portal_id, connector_id, attempt_no, started_at, claimed_at, ended_at,
                              worker_id, duration_ms, result, phase, code, enhanced_code, reply, cause, nonce,
                              claim_token)
    select id, email_id, portal_id, connector_id, attempt_no, coalesce(started_at, now()), claimed_at, now(), worker_id, duration_ms,
           result, phase, code, enhanced_code, reply, cause, nonce, claim_token
    from jsonb_to_recordset(${tx.json(attempts)}) as n (
      id uuid, email_id uuid, portal_id uuid, connector_id uuid, attempt_no integer, started_at timestamptz,
      claimed_at timestamptz, worker_id uuid, duration_ms integer, result text, phase text, code integer,
      enhanced_code text, reply text, cause text, nonce uuid, claim_token uuid)
    on conflict (id) do update
    set ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, result = excluded.result,
        phase = excluded.phase, code = excluded.code, enhanced_code = excluded.enhanced_code,
        reply = excluded.reply, cause = excluded.cause, nonce = excluded.nonce, claim_token = excluded.claim_token`;
}
