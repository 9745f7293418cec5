import { limits } from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { visibleTo } from './visible-emails.ts';

/*
 * What a person does to an email: each one conditional UPDATE of its row, from the states it was decided on, bound to
 * what the reader may see. `true`: it was done. `false` is a normal answer: the row was not, or no longer, in such a
 * state. attempt_no rises, so that whatever is under way for the old number hits nothing.
 */

/**
 * A request that waited long, for a database that was away, must not be carried out after all: its sender has asked
 * again since, and then perhaps for the opposite.
 */
const inTime = (sql: Sql, { actBy }: ReadScope) =>
  actBy === undefined ? sql`true` : sql`clock_timestamp() < ${actBy}`;

/** Another attempt now: of a failed email, or a planned one brought forward. */
export async function retryEmail(
  sql: Sql,
  scope: ReadScope,
  id: string,
  acceptDuplicate: boolean,
): Promise<boolean> {
  const rows = await sql`
    with retried as (
      update outbox_email e
      set state = 'waiting', attempt_no = e.attempt_no + 1, version = e.version + 1, due_at = now(),
          retry_asked = true, may_have_been_sent = false, claim_token = null, listed = true,
          lane = e.lane | 1
      from connector c
      where ${visibleTo(sql, scope)} and ${inTime(sql, scope)} and e.id = ${id}
      and c.id = e.connector_id and c.enabled
        and (e.state = 'failed'
             or (e.state = 'waiting' and e.send_count > 0 and not e.retry_asked and e.due_at > now()))
        and (${acceptDuplicate} or not e.may_have_been_sent)
      returning e.id
    ), reopened as (
      -- B9: only those who have not received it.
      update email_recipient r set state = 'open'
      from retried where r.email_id = retried.id and r.state = 'refused'
    )
    select from retried`;
  return rows.length > 0;
}

/** A scheduled or held email leaves now. */
export async function sendEmailNow(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  const rows = await sql`
    update outbox_email e
    set due_at = now(), held = false, attempt_no = e.attempt_no + 1, version = e.version + 1
    from connector c
    where ${visibleTo(sql, scope)} and ${inTime(sql, scope)} and e.id = ${id}
      and c.id = e.connector_id and c.enabled
      and (c.paused_until is null or c.paused_until <= now())
      and e.state = 'waiting' and e.send_count = 0 and not e.retry_asked
      -- By the clock at this very moment: another click may have been first while this one waited for the row.
      and e.due_at > clock_timestamp()
    returning e.id`;
  return rows.length > 0;
}

/** Never sent; wins until a worker has claimed the email. */
export async function cancelEmail(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  const rows = await sql`
    update outbox_email e
    set state = 'cancelled', attempt_no = e.attempt_no + 1, version = e.version + 1,
        cancelled_from = case when e.state = 'failed' then 'failed' else 'waiting' end,
        cancelled_by = ${scope.userId}, left_at = now()
    where ${visibleTo(sql, scope)} and ${inTime(sql, scope)} and e.id = ${id}
      and e.state in ('waiting', 'dispatched', 'failed')
    returning e.id`;
  return rows.length > 0;
}

/**
 * Back into the outbox within 24 hours. Within a minute as it was, due 10 s later at the earliest; later than that, a
 * waiting email whose time has passed comes back as Failed. So does a migrated one always: the cancel has taken back
 * the Retry that it waited for (M11).
 */
export async function restoreEmail(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  const waited = sql`(e.cancelled_from = 'waiting' and not e.migrated)`;
  const asItWas = sql`(${waited} and (e.due_at > now() or e.left_at > now() - interval '1 minute'))`;
  const timePassed = sql`(${waited} and not ${asItWas})`;
  const rows = await sql`
    update outbox_email e
    set state = case when ${asItWas} then 'waiting' else 'failed' end,
        last_cause = case when ${timePassed} then 'time_passed' else e.last_cause end,
        last_reply = case when ${timePassed} then '' else e.last_reply end,
        first_failed_at = case when ${timePassed} then coalesce(e.first_failed_at, now()) else e.first_failed_at end,
        retry_asked = e.retry_asked and ${asItWas},
        due_at = greatest(e.due_at, now() + make_interval(secs => ${limits.restoreDelaySeconds})),
        attempt_no = e.attempt_no + 1, version = e.version + 1, left_at = null, cancelled_from = null,
        cancelled_by = null, listed = true
    where ${visibleTo(sql, scope)} and ${inTime(sql, scope)} and e.id = ${id}
      and e.state = 'cancelled'
      and e.left_at > now() - make_interval(hours => ${limits.restoreHours})
    returning e.id`;
  return rows.length > 0;
}

/** Where the email stands for this reader, to say why an action was not possible. */
export async function readStanding(
  sql: Sql,
  scope: ReadScope,
  id: string,
): Promise<'in_outbox' | 'cancelled' | 'sent' | 'not_visible'> {
  const [row] = await sql<{ standing: 'in_outbox' | 'cancelled' | 'sent' }[]>`
    select case when e.state = 'cancelled' then 'cancelled' else 'in_outbox' end as standing
    from outbox_email e where ${visibleTo(sql, scope)} and e.id = ${id}
    union all
    select 'sent' from email_archive e where ${visibleTo(sql, scope)} and e.id = ${id}`;
  return row?.standing ?? 'not_visible';
}
