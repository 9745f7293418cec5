import type { ClaimRequest, ClaimReply } from '@portal-outbox/contracts';
import { contentColumns, type ClaimedContentRow } from './claimed-content.ts';
import type { Sql } from './database.ts';

export type ClaimRefusal = Extract<ClaimReply, { granted: false }>['reason'];
/** Granted, it brings the email's content, as of the claim. */
export type ClaimDecision =
  | { granted: true; emailId: string; content: ClaimedContentRow }
  | { granted: false; emailId: string; reason: ClaimRefusal };

export interface AskedClaim extends ClaimRequest {
  /** From the subject the request came on: a worker is permitted its connectors' subjects only. */
  connectorId: string;
}

export interface LeaseTimes {
  leaseSeconds: number;
  /** Where an email of unknown fate is sent again, its worker gets longer to report. */
  resendLeaseSeconds: number;
}

/**
 * Grants or refuses claims in one statement, in the order asked. Granted only while the row is dispatched for this very
 * attempt and its connector enabled and not paused; the same token asked again is granted again, whatever the connector
 * has become, so that a lost answer loses nothing.
 */
export async function claimAttempts(
  sql: Sql,
  claims: readonly AskedClaim[],
  { leaseSeconds, resendLeaseSeconds }: LeaseTimes,
): Promise<ClaimDecision[]> {
  const rows = await sql<(ClaimedContentRow & { granted: boolean; reason: ClaimRefusal })[]>`
    with asked as (
      select * from unnest(
        ${claims.map((it) => it.emailId)}::uuid[], ${claims.map((it) => it.attemptId)}::uuid[],
        ${claims.map((it) => it.attemptNo)}::int[], ${claims.map((it) => it.nonce)}::text[],
        ${claims.map((it) => it.claimToken)}::uuid[], ${claims.map((it) => it.workerId)}::uuid[],
        ${claims.map((it) => it.connectorId)}::uuid[]
      ) with ordinality as a (email_id, attempt_id, attempt_no, nonce, token, worker_id, connector_id, place)
    ), locked as (
      select e.id, e.state, e.attempt_no, e.attempt_id, e.nonce, e.claim_token, e.connector_id, c.enabled,
             coalesce(c.paused_until > now(), false) as paused,
             case c.on_uncertain when 'resend' then ${resendLeaseSeconds}::int else ${leaseSeconds}::int end as lease_seconds
      from outbox_email e join connector c on c.id = e.connector_id
      where e.id in (select email_id from asked)
      order by e.id
      for no key update of e
    ), judged as (
      select a.*, l.id is not null as known, l.enabled, l.paused, l.lease_seconds, l.state, l.claim_token,
             l.connector_id = a.connector_id and l.attempt_no = a.attempt_no and l.attempt_id = a.attempt_id
               and l.nonce::text = a.nonce as current
      from asked a left join locked l on l.id = a.email_id
    ), decided as (
      -- Of several tokens for one attempt in one batch, the first wins.
      select *, first_value(token) over (partition by email_id, current order by place) as first_token
      from judged
    ), granted as (
      select * from decided
      where current
        and ((state = 'dispatched' and token = first_token and enabled and not paused)
             -- Whatever has changed since: the first answer may be lost, and the email is in this worker's hands.
             or (state = 'claimed' and claim_token = token))
    ), claimed as (
      update outbox_email e
      set state = 'claimed', claim_token = g.token, worker_id = g.worker_id,
          -- Asked again it is still the first answer that counts.
          last_attempt_at = case when e.state = 'dispatched' then now() else e.last_attempt_at end,
          lease_until = now() + make_interval(secs => g.lease_seconds),
          version = e.version + case when e.state = 'dispatched' then 1 else 0 end
      from granted g
      where e.id = g.email_id and e.attempt_no = g.attempt_no and e.state in ('dispatched', 'claimed')
      returning e.*
    )
    select d.email_id as "emailId", e.id is not null as granted,
           case when not d.known then 'unknown'
                when d.state = 'cancelled' then 'cancelled'
                when not d.current then 'superseded'
                when not d.enabled then 'connector_disabled'
                when d.state = 'dispatched' and d.paused then 'connector_paused'
                when d.state in ('claimed', 'dispatched') then 'claimed'
                else 'superseded' end as reason,
           ${contentColumns(sql)}
    from decided d
    left join granted g on g.place = d.place
    left join claimed e on e.id = g.email_id
    left join email_content c on c.email_id = e.id
    order by d.place`;
  return rows.map(({ granted, reason, ...content }) =>
    granted ? { granted, emailId: content.emailId, content } : { granted, emailId: content.emailId, reason },
  );
}

/** Extends the leases of claims that a worker says it holds; only ever its own. */
export async function renewLeases(
  sql: Sql,
  workerId: string,
  claimTokens: readonly string[],
  { leaseSeconds, resendLeaseSeconds }: LeaseTimes,
): Promise<void> {
  await sql`
    update outbox_email e
    set lease_until = now() + make_interval(secs => held.lease_seconds)
    from (
      select e.id,
             case c.on_uncertain when 'resend' then ${resendLeaseSeconds}::int else ${leaseSeconds}::int end as lease_seconds
      from outbox_email e join connector c on c.id = e.connector_id
      where e.state = 'claimed' and e.worker_id = ${workerId}
        and e.claim_token = any(${[...claimTokens]}::uuid[])
      order by e.id for no key update of e
    ) held
    where e.id = held.id`;
}
