import type { ClaimRequest, ClaimReply } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

export type ClaimRefusal = Extract<ClaimReply, { granted: false }>['reason'];
export type ClaimDecision = { emailId: string } & (
  { granted: true } | { granted: false; reason: ClaimRefusal }
);

export interface AskedClaim extends ClaimRequest {
  /** From the subject the request came on: a worker is permitted its connectors' subjects only. */
  connectorId: string;
}

/**
 * Grants or refuses claims in one statement, in the order asked. Granted only while the row is dispatched for this very
 * attempt and its connector enabled; the same token asked again is granted again, so that a lost answer loses nothing.
 */
export async function claimAttempts(
  sql: Sql,
  claims: readonly AskedClaim[],
  leaseSeconds: number,
): Promise<ClaimDecision[]> {
  const rows = await sql<{ emailId: string; granted: boolean; reason: ClaimRefusal }[]>`
    with asked as (
      select * from unnest(
        ${claims.map((it) => it.emailId)}::uuid[], ${claims.map((it) => it.attemptId)}::uuid[],
        ${claims.map((it) => it.attemptNo)}::int[], ${claims.map((it) => it.nonce)}::text[],
        ${claims.map((it) => it.claimToken)}::uuid[], ${claims.map((it) => it.workerId)}::uuid[],
        ${claims.map((it) => it.connectorId)}::uuid[]
      ) with ordinality as a (email_id, attempt_id, attempt_no, nonce, token, worker_id, connector_id, place)
    ), locked as (
      select e.id, e.state, e.attempt_no, e.attempt_id, e.nonce, e.claim_token, e.connector_id, c.enabled
      from outbox_email e join connector c on c.id = e.connector_id
      where e.id in (select email_id from asked)
      order by e.id
      for no key update of e
    ), judged as (
      select a.*, l.id is not null as known, l.enabled, l.state, l.claim_token,
             l.connector_id = a.connector_id and l.attempt_no = a.attempt_no and l.attempt_id = a.attempt_id
               and l.nonce::text = a.nonce as current
      from asked a left join locked l on l.id = a.email_id
    ), decided as (
      -- Of several tokens for one attempt in one batch, the first wins.
      select *, first_value(token) over (partition by email_id, current order by place) as first_token
      from judged
    ), granted as (
      select * from decided
      where current and enabled
        and ((state = 'dispatched' and token = first_token) or (state = 'claimed' and claim_token = token))
    ), claimed as (
      update outbox_email e
      set state = 'claimed', claim_token = g.token, worker_id = g.worker_id, last_attempt_at = now(),
          lease_until = now() + make_interval(secs => ${leaseSeconds}),
          version = e.version + case when e.state = 'dispatched' then 1 else 0 end
      from granted g
      where e.id = g.email_id and e.attempt_no = g.attempt_no and e.state in ('dispatched', 'claimed')
      returning e.id, e.attempt_id, g.worker_id
    ), history as (
      update send_attempt s set claimed_at = now(), worker_id = c.worker_id
      from claimed c where s.id = c.attempt_id and s.claimed_at is null
    )
    select d.email_id as "emailId", c.id is not null as granted,
           case when not d.known then 'unknown'
                when d.state = 'cancelled' then 'cancelled'
                when not d.current then 'superseded'
                when not d.enabled then 'connector_disabled'
                when d.state in ('claimed', 'dispatched') then 'claimed'
                else 'superseded' end as reason
    from decided d
    left join granted g on g.place = d.place
    left join claimed c on c.id = g.email_id
    order by d.place`;
  return rows.map((row) =>
    row.granted
      ? { emailId: row.emailId, granted: true }
      : { emailId: row.emailId, granted: false, reason: row.reason },
  );
}

/** Extends the leases of claims that a worker says it holds; only ever its own. */
export async function renewLeases(
  sql: Sql,
  workerId: string,
  claimTokens: readonly string[],
  leaseSeconds: number,
): Promise<void> {
  await sql`
    update outbox_email e set lease_until = now() + make_interval(secs => ${leaseSeconds})
    from (
      select id from outbox_email
      where state = 'claimed' and worker_id = ${workerId} and claim_token = any(${[...claimTokens]}::uuid[])
      order by id for no key update
    ) held
    where e.id = held.id`;
}

/**
 * Claims whose lease ran out: the worker has gone silent and nobody knows (B1). Failed, "may have been sent"; the claim
 * token stays, so that a late real outcome still finds its row. Returns how many.
 */
export async function loseClaims(sql: Sql): Promise<number> {
  const lost = await sql`
    with lost as (
      update outbox_email e
      set state = 'failed', may_have_been_sent = true, last_cause = 'may_have_been_sent', last_reply = '',
          first_failed_at = coalesce(first_failed_at, now()), send_count = send_count + 1, retry_asked = false,
          listed = true, version = version + 1, lease_until = null
      where e.id in (
        select id from outbox_email where state = 'claimed' and lease_until < now() order by id limit 1000
        for no key update skip locked
      )
      returning e.attempt_id
    )
    update send_attempt s
    set ended_at = now(), result = 'uncertain', phase = 'final_dot', cause = 'may_have_been_sent'
    from lost where s.id = lost.attempt_id and s.ended_at is null`;
  return lost.count;
}
