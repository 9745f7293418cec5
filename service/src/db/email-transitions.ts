import { limits } from '@portal-outbox/contracts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { keepMessages } from './failure-messages.ts';
import { visibleByDirectory } from './visible-emails.ts';

/*
 * What a person does to emails, to one or to many: each one conditional UPDATE of their rows, from the states it was
 * decided on, bound to what the reader may see. Answers the ids of those it was not done to, which is normal: their rows
 * were not, or no longer, in such a state. attempt_no rises, so that whatever is under way for the old number hits
 * nothing. Rows are locked in the order of their ids; who runs it repeats it on deadlock.
 */

/**
 * A request that waited long, for a database that was away, must not be carried out after all: its sender has asked
 * again since, and then perhaps for the opposite.
 */
const inTime = (sql: Sql, { actBy }: ReadScope) =>
  actBy === undefined ? sql`true` : sql`clock_timestamp() < ${actBy}`;

/** The emails in the order in which their rows are to be locked. */
const inOrder = (sql: Sql, ids: readonly string[]) => sql`
  given as materialized (
    select id from unnest(${[...ids]}::uuid[]) as it (id) order by id
  )`;

/** Another attempt now: of failed emails, and planned ones brought forward. */
export async function retryEmails(
  sql: Sql,
  scope: ReadScope,
  ids: readonly string[],
  acceptDuplicate: boolean,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with ${inOrder(sql, ids)}, retried as (
      update outbox_email e
      set state = 'waiting', attempt_no = e.attempt_no + 1, version = e.version + 1, due_at = now(),
          retry_asked = true, may_have_been_sent = false, claim_token = null, listed = true,
          lane = e.lane | 1
      from given, connector c
      where e.id = given.id and ${visibleByDirectory(sql, scope)} and ${inTime(sql, scope)}
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
    select id from given where id not in (select id from retried)`;
  return rows.map(({ id }) => id);
}

export async function retryEmail(
  sql: Sql,
  scope: ReadScope,
  id: string,
  acceptDuplicate: boolean,
): Promise<boolean> {
  return (await retryEmails(sql, scope, [id], acceptDuplicate)).length === 0;
}

/** A scheduled or held email leaves now. */
export async function sendEmailNow(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  const rows = await sql`
    update outbox_email e
    set due_at = now(), held = false, attempt_no = e.attempt_no + 1, version = e.version + 1
    from connector c
    where ${visibleByDirectory(sql, scope)} and ${inTime(sql, scope)} and e.id = ${id}
      and c.id = e.connector_id and c.enabled
      and (c.paused_until is null or c.paused_until <= now())
      and e.state = 'waiting' and e.send_count = 0 and not e.retry_asked
      -- By the clock at this very moment: another click may have been first while this one waited for the row.
      and e.due_at > clock_timestamp()
    returning e.id`;
  return rows.length > 0;
}

/** Never sent; wins until a worker has claimed the email. */
export async function cancelEmails(sql: Sql, scope: ReadScope, ids: readonly string[]): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with ${inOrder(sql, ids)}, cancelled as (
      update outbox_email e
      set state = 'cancelled', attempt_no = e.attempt_no + 1, version = e.version + 1,
          cancelled_from = case when e.state = 'failed' then 'failed' else 'waiting' end,
          cancelled_by = ${scope.userId}, left_at = now()
      from given
      where e.id = given.id and ${visibleByDirectory(sql, scope)} and ${inTime(sql, scope)}
        and e.state in ('waiting', 'dispatched', 'failed')
      returning e.id
    )
    select id from given where id not in (select id from cancelled)`;
  return rows.map(({ id }) => id);
}

export async function cancelEmail(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  return (await cancelEmails(sql, scope, [id])).length === 0;
}

/** A cancel of many emails that is taken back. */
export interface CancelInBulk {
  /** When it ran, to the microsecond: PostgreSQL's own text of these instants. */
  from: string;
  to: string;
  /** It was taken back within a minute of its end: all of them come back as they were. */
  soon: boolean;
}

/**
 * Back into the outbox within 24 hours. Within a minute as it was, due 10 s later at the earliest; later than that, a
 * waiting email whose time has passed comes back as Failed. So does a migrated one always: the cancel has taken back
 * the Retry that it waited for (M11).
 *
 * @param ofCancel restores only what the reader has cancelled in that time
 */
export async function restoreEmails(
  sql: Sql,
  scope: ReadScope,
  ids: readonly string[],
  ofCancel: CancelInBulk | null = null,
): Promise<string[]> {
  const waited = sql`(e.cancelled_from = 'waiting' and not e.migrated)`;
  const soon = ofCancel === null ? sql`e.left_at > now() - interval '1 minute'` : sql`${ofCancel.soon}`;
  const itsOwn =
    ofCancel === null
      ? sql`true`
      : sql`(e.cancelled_by = ${scope.userId}
             and e.left_at between ${ofCancel.from}::text::timestamptz and ${ofCancel.to}::text::timestamptz)`;
  const asItWas = sql`(${waited} and (e.due_at > now() or ${soon}))`;
  const timePassed = sql`(${waited} and not ${asItWas})`;
  const rows = await sql<{ id: string }[]>`
    with ${inOrder(sql, ids)}, message as (
      ${keepMessages(sql, sql`(select ${scope.portalId}::uuid as portal_id, 'time_passed' as cause, '' as reply) it`)}
    ), restored as (
      update outbox_email e
      set state = case when ${asItWas} then 'waiting' else 'failed' end,
          last_cause = case when ${timePassed} then 'time_passed' else e.last_cause end,
          last_reply = case when ${timePassed} then '' else e.last_reply end,
          failure_key = case when ${timePassed} then failure_key('time_passed', '') else e.failure_key end,
          first_failed_at = case when ${timePassed} then coalesce(e.first_failed_at, now()) else e.first_failed_at end,
          retry_asked = e.retry_asked and ${asItWas},
          due_at = greatest(e.due_at, now() + make_interval(secs => ${limits.restoreDelaySeconds})),
          attempt_no = e.attempt_no + 1, version = e.version + 1, left_at = null, cancelled_from = null,
          cancelled_by = null, listed = true
      from given
      where e.id = given.id and ${visibleByDirectory(sql, scope)} and ${inTime(sql, scope)}
        and e.state = 'cancelled' and ${itsOwn}
        and e.left_at > now() - make_interval(hours => ${limits.restoreHours})
      returning e.id
    )
    select id from given where id not in (select id from restored)`;
  return rows.map(({ id }) => id);
}

export async function restoreEmail(sql: Sql, scope: ReadScope, id: string): Promise<boolean> {
  return (await restoreEmails(sql, scope, [id])).length === 0;
}

/** Where the email stands for this reader, to say why an action was not possible. */
export async function readStanding(
  sql: Sql,
  scope: ReadScope,
  id: string,
): Promise<'in_outbox' | 'cancelled' | 'sent' | 'not_visible'> {
  const [row] = await sql<{ standing: 'in_outbox' | 'cancelled' | 'sent' }[]>`
    select case when e.state = 'cancelled' then 'cancelled' else 'in_outbox' end as standing
    from outbox_email e where ${visibleByDirectory(sql, scope)} and e.id = ${id}
    union all
    select 'sent' from email_archive e where ${visibleByDirectory(sql, scope)} and e.id = ${id}`;
  return row?.standing ?? 'not_visible';
}
