import { foldReply, type AttemptOutcome, type DeliveryCause } from '@portal-outbox/contracts';
import type { Settlement } from '../outbox/settlement.ts';
import type { Sql } from './database.ts';
import { keepMessages } from './failure-messages.ts';
import { storableText } from './storable-text.ts';
import type { UnsettledRow } from './unsettled-emails.ts';

/** What an outcome means for its email, decided on the row as it was read. */
export interface Applied {
  row: UnsettledRow;
  outcome: AttemptOutcome;
  settlement: Settlement;
  /** It replaces an attempt that ended as "may have been sent" and was counted then. */
  late: boolean;
}

/**
 * Writes settlements where the row still is what was decided on: state, recipients and history in one statement. Sent
 * emails leave the hot table for the archive, which has the same columns in the same order. Returns the ids of the
 * emails that were written.
 */
export async function writeSettlements(sql: Sql, decided: readonly Applied[]): Promise<Set<string>> {
  const rows = await sql<{ id: string }[]>`
    with n as materialized (
      select * from jsonb_to_recordset(${sql.json(decided.map(toRow))}) as n (
        id uuid, version bigint, step text, superseded boolean, may_have_been_sent boolean, delay float8,
        failed boolean, counted integer, series_position smallint, cause text, reply text, folded_reply text,
        recipients jsonb, attempt jsonb)
    ), current as materialized (
      select n.* from outbox_email e join n on n.id = e.id and n.version = e.version
      order by e.id for no key update of e
    ), gone as (
      delete from outbox_email e using current n where e.id = n.id and n.step = 'sent'
      returning e as email, n.counted
    ), archived as (
      insert into email_archive
      select archived.*
      from gone, jsonb_populate_record(gone.email, jsonb_build_object(
        'state', 'sent', 'left_at', now(), 'may_have_been_sent', false, 'retry_asked', false, 'lease_until', null,
        'send_count', (gone.email).send_count + gone.counted
      )) as archived
    ), moved as (
      update outbox_email e
      set state = n.step, may_have_been_sent = n.may_have_been_sent,
          attempt_no = e.attempt_no + case when n.superseded then 1 else 0 end,
          due_at = case when n.step <> 'waiting' or (n.superseded and e.retry_asked) then e.due_at
                        else now() + make_interval(secs => n.delay) end,
          series_position = n.series_position,
          send_count = e.send_count + n.counted,
          retry_asked = e.retry_asked and (not n.failed or (n.superseded and n.step = 'waiting')),
          lane = case when n.failed then (e.lane | 1)::smallint else e.lane end,
          listed = e.listed or n.failed,
          first_failed_at = case when n.failed then coalesce(e.first_failed_at, now()) else e.first_failed_at end,
          last_attempt_at = case when n.cause is null then e.last_attempt_at else now() end,
          last_cause = coalesce(n.cause, e.last_cause),
          last_reply = case when n.cause is null then e.last_reply else n.reply end,
          failure_key = coalesce(failure_key(n.cause, n.folded_reply), e.failure_key),
          lease_until = null, claim_token = null, version = e.version + 1
      from current n
      where e.id = n.id and n.step not in ('sent', 'kept')
      returning e.portal_id, n.cause, n.folded_reply as reply
    ), message as (
      ${keepMessages(sql, sql`moved where cause is not null`)}
    ), kept as (
      update outbox_email e set version = e.version + 1 from current n where e.id = n.id and n.step = 'kept'
    ), recipient as (
      update email_recipient r set state = it.state, reply = it.reply
      from current n, jsonb_to_recordset(n.recipients) as it (position smallint, state text, reply text)
      where r.email_id = n.id and r.position = it.position
    ), history as (
      insert into send_attempt (id, email_id, portal_id, connector_id, attempt_no, started_at, claimed_at, ended_at,
                                worker_id, duration_ms, result, phase, code, enhanced_code, reply, cause, nonce,
                                claim_token)
      select a.id, n.id, a.portal_id, a.connector_id, a.attempt_no, coalesce(a.started_at, now()), a.claimed_at,
             now(), a.worker_id, a.duration_ms, a.result, a.phase, a.code, a.enhanced_code, a.reply, n.cause,
             a.nonce, a.claim_token
      from current n, jsonb_to_record(n.attempt) as a (
        id uuid, portal_id uuid, connector_id uuid, attempt_no integer, started_at timestamptz,
        claimed_at timestamptz, worker_id uuid, duration_ms integer, result text, phase text, code integer,
        enhanced_code text, reply text, nonce uuid, claim_token uuid)
      on conflict (id) do update
      set ended_at = excluded.ended_at, duration_ms = excluded.duration_ms, result = excluded.result,
          phase = excluded.phase, code = excluded.code, enhanced_code = excluded.enhanced_code,
          reply = excluded.reply, cause = excluded.cause, nonce = excluded.nonce,
          claim_token = excluded.claim_token
    )
    select id from current`;
  return new Set(rows.map((row) => row.id));
}

/** Whether the outcome changes where its email stands. */
function moves({ row, outcome, settlement, late }: Applied): boolean {
  if (!late || row.state === 'cancelled' || row.attempt_id === outcome.attemptId) return true;
  // Somebody has it in hand for a newer attempt.
  if (row.state === 'claimed') return false;
  // Of two attempts of unknown fate one is known now: only its success settles the email.
  return settlement.next.state === 'sent' || !row.may_have_been_sent;
}

function toRow(applied: Applied) {
  const { row, outcome, late, settlement } = applied;
  const { next } = settlement;
  // What was cancelled stays so, unless it turns out to have been sent before.
  const state = row.state === 'cancelled' && next.state !== 'sent' ? row.state : next.state;
  return {
    id: row.id,
    version: row.version,
    step: moves(applied) ? state : 'kept',
    // What is published for a newer attempt names recipients that have it already: it must hit nothing.
    superseded: row.attempt_id !== outcome.attemptId,
    may_have_been_sent: next.state === 'failed' && next.mayHaveBeenSent,
    delay: next.state === 'waiting' ? next.delaySeconds : 0,
    // The attempt took place and failed; otherwise the email goes on as if nothing was tried.
    failed: next.state === 'failed' || (next.state === 'waiting' && next.failed),
    // An attempt of unknown fate was counted when it ended so.
    counted: (settlement.counted ? 1 : 0) - (late ? 1 : 0),
    series_position: settlement.seriesPosition,
    cause: settlement.cause satisfies DeliveryCause | null,
    reply: storableText(settlement.reply),
    folded_reply: foldReply(storableText(settlement.reply)),
    recipients: settlement.recipients.map((change) => ({ ...change, reply: storableText(change.reply) })),
    attempt: attemptOf(applied),
  };
}

/** An attempt enters the history when it has ended. One that ended as uncertain keeps what proves a late outcome. */
function attemptOf({ row, outcome, settlement }: Applied) {
  const isUncertain = outcome.result === 'uncertain';
  return {
    id: outcome.attemptId,
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
    nonce: isUncertain ? outcome.nonce : null,
    claim_token: isUncertain ? outcome.claimToken : null,
  };
}
