import {
  defaultRetryDelaysSeconds,
  type AttemptOutcome,
  type EmailState,
  type RecipientState,
} from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

/** What settling needs to know of an email. */
export interface UnsettledRow {
  id: string;
  portal_id: string;
  connector_id: string;
  /** Raised by every change that settling decides on. */
  version: number;
  state: Exclude<EmailState, 'sent'>;
  attempt_no: number;
  attempt_id: string | null;
  nonce: string | null;
  claim_token: string | null;
  published_at: Date | null;
  last_attempt_at: Date | null;
  series_position: number;
  migrated: boolean;
  on_uncertain: 'hold' | 'resend';
  /** The connector is paused or probed. */
  in_trouble: boolean;
  may_have_been_sent: boolean;
  retry_delays_seconds: number[];
  recipients: { position: number; address: string; state: RecipientState; reply: string }[];
}

/** The emails as of one instant; sent ones are not there any more. */
export async function readUnsettled(sql: Sql, ids: readonly string[]): Promise<UnsettledRow[]> {
  return await sql<UnsettledRow[]>`
    select e.id, e.portal_id, e.connector_id, e.version, e.state, e.attempt_no, e.attempt_id, e.nonce, e.claim_token,
           e.published_at, e.last_attempt_at, e.series_position, e.migrated, e.may_have_been_sent, c.on_uncertain,
           c.trouble_count > 0 or c.paused_until is not null as in_trouble,
           coalesce(s.retry_delays_seconds, ${[...defaultRetryDelaysSeconds]}::int[]) as retry_delays_seconds,
           (select json_agg(json_build_object('position', r.position, 'address', r.address, 'state', r.state,
                                              'reply', r.reply) order by r.position)
            from email_recipient r where r.email_id = e.id) as recipients
    from outbox_email e
    join connector c on c.id = e.connector_id
    left join settings s on s.portal_id = e.portal_id
    where e.id = any(${[...ids]}::uuid[])`;
}

/** Of the outcomes' attempts those that ended as "may have been sent", asked by whoever held the claim. */
export async function readUncertainAttempts(
  tx: Sql,
  outcomes: readonly AttemptOutcome[],
): Promise<Set<string>> {
  const rows = await tx<{ id: string }[]>`
    select s.id
    from send_attempt s
    join unnest(
      ${outcomes.map((it) => it.attemptId)}::uuid[], ${outcomes.map((it) => it.emailId)}::uuid[],
      ${outcomes.map((it) => it.nonce)}::text[], ${outcomes.map((it) => it.claimToken)}::text[]
    ) as o (attempt_id, email_id, nonce, claim_token)
      on (o.attempt_id, o.email_id, o.nonce, o.claim_token) = (s.id, s.email_id, s.nonce::text, s.claim_token::text)
    where s.result = 'uncertain'`;
  return new Set(rows.map((row) => row.id));
}
