import type { SendAttempt } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import { attemptColumns } from './dispatch-due.ts';
import { keepMessages } from './failure-messages.ts';

/** So many publications are enough: whoever takes this message in hand does not survive it. */
const publicationsUntilParked = 5;
/** Looked at in one statement; fewer: there are no more. */
export const unclaimedAtOnce = 1000;
/** From here on an attempt is published apart from all others of its connector. */
const publicationsUntilSuspect = 2;

/**
 * Attempts that nobody has claimed for `seconds` since they were last published, and how often they were overtaken: by
 * an email of their connector that was published later and claimed. While nobody works for a connector, or its workers
 * are slow, nobody is overtaken. The count of an earlier attempt means nothing.
 */
const unclaimed = (sql: Sql, seconds: number) => sql`
  select e.id, e.connector_id, e.published_at,
         case when e.publication > 1 then e.overtaken else 0 end
         + exists (
             select from send_attempt s
             where s.connector_id = e.connector_id and s.claimed_at is not null and s.started_at > e.published_at
           )::int as overtaken
  from outbox_email e
  where e.state = 'dispatched' and e.published_at < now() - make_interval(secs => ${seconds})
  order by e.id
  limit ${unclaimedAtOnce}
  for no key update of e skip locked`;

/**
 * Gives up attempts that were published 5 times and overtaken each time, so that a message that no worker survives does
 * not take its connector down for ever. They fail with a reason and without counting as tried.
 */
export async function parkUnclaimed(
  sql: Sql,
  seconds: number,
): Promise<{ emailId: string; attemptId: string; connectorId: string }[]> {
  return await sql<{ emailId: string; attemptId: string; connectorId: string }[]>`
    with stale as (${unclaimed(sql, seconds)}),
    parked as (
      update outbox_email e
      set state = 'failed', last_cause = 'never_claimed', last_reply = '',
          failure_key = failure_key('never_claimed', ''), retry_asked = false, listed = true,
          first_failed_at = coalesce(e.first_failed_at, now()), overtaken = stale.overtaken,
          version = e.version + 1
      from stale
      where e.id = stale.id and e.state = 'dispatched' and stale.overtaken >= ${publicationsUntilParked}
      returning e.*
    ), history as (
      insert into send_attempt (id, email_id, portal_id, connector_id, attempt_no, started_at, ended_at, result, cause)
      select attempt_id, id, portal_id, connector_id, attempt_no, published_at, now(), 'not_sent', 'never_claimed'
      from parked
    ), message as (
      ${keepMessages(sql, sql`(select portal_id, last_cause as cause, '' as reply from parked) it`)}
    )
    select id as "emailId", attempt_id as "attemptId", connector_id as "connectorId" from parked`;
}

/**
 * Attempts that nobody has claimed for `seconds` since they were last published; to be published again. Those that were
 * overtaken before go one at a time, so that a worker that does not survive one of them has none of the others in hand.
 */
export async function republishUnclaimed(
  sql: Sql,
  seconds: number,
): Promise<(SendAttempt & { publication: number })[]> {
  return await sql<(SendAttempt & { publication: number })[]>`
    with stale as (${unclaimed(sql, seconds)}),
    ranked as (
      select id, overtaken, overtaken >= ${publicationsUntilSuspect} as suspect,
             bool_and(overtaken >= ${publicationsUntilSuspect}) over (partition by connector_id) as only_suspects,
             row_number() over (partition by connector_id order by published_at, id) as place
      from stale
    ), again as (
      update outbox_email e
      set publication = e.publication + 1, published_at = now(), overtaken = ranked.overtaken
      from ranked
      where e.id = ranked.id and e.state = 'dispatched'
        and (not ranked.suspect or (ranked.only_suspects and ranked.place = 1))
      returning e.*
    )
    select ${attemptColumns(sql, sql`d`)}, d.publication from again d`;
}
