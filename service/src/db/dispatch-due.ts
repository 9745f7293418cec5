import type { SendAttempt } from '@portal-outbox/contracts';
import { lanes, noEmails, type Lane, type LaneCounts } from '../outbox/lanes.ts';
import type { SendLimits } from '../outbox/send-rate.ts';
import type { Sql } from './database.ts';
import { sendLimitColumns } from './send-limits.ts';

/** A connector row, locked by this transaction: window, rate, pause and fairness are decided under the lock. */
export interface LockedConnector extends SendLimits {
  id: string;
}

const dueNow = (sql: Sql, connectorId: ReturnType<Sql>) => sql`
  exists (
    select from unnest(${[...lanes]}::smallint[]) as l (lane), lateral (
      select from outbox_email e
      where e.connector_id = ${connectorId} and e.state = 'waiting' and e.lane = l.lane and e.due_at <= now()
      limit 1
    ) due
  )`;

/** Locks a connector that has due mail and that no other dispatcher is looking at; `null` when there is none. */
export async function lockDueConnector(tx: Sql, except: readonly string[]): Promise<LockedConnector | null> {
  const [row] = await tx<LockedConnector[]>`
    select c.id, ${sendLimitColumns(tx)}
    from connector c
    where c.enabled and (c.paused_until is null or c.paused_until <= now())
      and c.id <> all(${[...except]}::uuid[]) and ${dueNow(tx, tx`c.id`)}
    order by c.id
    limit 1
    for no key update of c skip locked`;
  return row ?? null;
}

/** Emails of a connector that were published and are not settled, in each lane. */
export async function countInFlight(tx: Sql, connectorId: string): Promise<LaneCounts> {
  const rows = await tx<{ lane: Lane; count: number }[]>`
    select lane, count(*)::int as count from outbox_email
    where connector_id = ${connectorId} and state in ('dispatched', 'claimed')
    group by lane`;
  const inFlight = noEmails();
  for (const row of rows) inFlight[row.lane] = row.count;
  return inFlight;
}

/** How many emails are due in each lane, counting to `most`. */
export async function countDue(tx: Sql, connectorId: string, most: number): Promise<LaneCounts> {
  const rows = await tx<{ lane: Lane; due: number }[]>`
    select l.lane, (
      select count(*)::int from (
        select from outbox_email e
        where e.connector_id = ${connectorId} and e.state = 'waiting' and e.lane = l.lane and e.due_at <= now()
        limit ${most}
      ) counted
    ) as due
    from unnest(${[...lanes]}::smallint[]) as l (lane)`;
  const due = noEmails();
  for (const row of rows) due[row.lane] = row.due;
  return due;
}

/** The lane whose first email is due longest: probes take turns through all that waits. */
export async function findLongestDueLane(tx: Sql, connectorId: string): Promise<Lane | null> {
  const [row] = await tx<{ lane: Lane }[]>`
    select l.lane
    from unnest(${[...lanes]}::smallint[]) as l (lane), lateral (
      select e.due_at, e.id from outbox_email e
      where e.connector_id = ${connectorId} and e.state = 'waiting' and e.lane = l.lane and e.due_at <= now()
      order by e.due_at, e.id limit 1
    ) due
    order by due.due_at, due.id limit 1`;
  return row?.lane ?? null;
}

/**
 * Moves the first due emails of each lane to `dispatched`, each with a new attempt; to be published after commit. Run it
 * in a transaction: who is still to get them is read by a statement of its own, sent right behind. The first one sees
 * other tables as they were when it began, and a late outcome may have been settled before it came to the row.
 */
export async function dispatchDue(
  tx: Sql,
  connectorId: string,
  share: Readonly<LaneCounts>,
): Promise<SendAttempt[]> {
  const [attempts, recipients] = await Promise.all([
    moveDue(tx, connectorId, share),
    readOpenRecipients(tx, connectorId),
  ]);
  return attempts.map(({ from, ...attempt }) => ({
    ...attempt,
    envelope: { from, to: recipients.get(attempt.emailId) ?? [] },
  }));
}

type DueAttempt = Omit<SendAttempt, 'envelope'> & { from: string };

async function moveDue(tx: Sql, connectorId: string, share: Readonly<LaneCounts>): Promise<DueAttempt[]> {
  return await tx<DueAttempt[]>`
    with due as (
      select picked.id
      from unnest(${[...lanes]}::smallint[], ${lanes.map((lane) => share[lane])}::int[]) as l (lane, slots),
      lateral (
        select e.id from outbox_email e
        where e.connector_id = ${connectorId} and e.state = 'waiting' and e.lane = l.lane and e.due_at <= now()
        order by e.due_at, e.id
        limit l.slots
        for update skip locked
      ) picked
    ), dispatched as (
      update outbox_email e
      set state = 'dispatched', attempt_no = e.attempt_no + 1, attempt_id = gen_random_uuid(),
          nonce = gen_random_uuid(), publication = 1, published_at = now(), claim_token = null, worker_id = null,
          version = e.version + 1
      -- Locked above, so still waiting; saying so again would tempt the planner to read all that waits.
      from due where e.id = due.id
      returning e.id, e.attempt_id, e.attempt_no, e.nonce, e.from_address, e.size, e.lane, e.due_at
    )
    select d.attempt_id as "attemptId", d.attempt_no as "attemptNo", d.id as "emailId",
           ${connectorId}::uuid as "connectorId", d.nonce, d.size, d.from_address as "from"
    from dispatched d
    order by d.lane, d.due_at, d.id`;
}

/** Of the emails that this transaction has dispatched. */
async function readOpenRecipients(tx: Sql, connectorId: string): Promise<Map<string, string[]>> {
  const rows = await tx<{ emailId: string; to: string[] }[]>`
    select e.id as "emailId", array(
      select distinct r.address from email_recipient r where r.email_id = e.id and r.state = 'open'
    ) as "to"
    from outbox_email e
    where e.connector_id = ${connectorId} and e.state = 'dispatched' and e.published_at = now()`;
  return new Map(rows.map((row) => [row.emailId, row.to]));
}

/** What is published of an attempt; `d` names its row, locked or updated. */
export function attemptColumns(sql: Sql, d: ReturnType<Sql>) {
  return sql`
    ${d}.attempt_id as "attemptId", ${d}.attempt_no as "attemptNo", ${d}.id as "emailId",
    ${d}.connector_id as "connectorId", ${d}.nonce, ${d}.size,
    json_build_object('from', ${d}.from_address, 'to', array(
      select distinct r.address from email_recipient r where r.email_id = ${d}.id and r.state = 'open'
    )) as envelope`;
}

/** Milliseconds until the next email of any connector is due; `null` when none is waiting. */
export async function untilNextDue(sql: Sql): Promise<number | null> {
  const [row] = await sql<{ ms: number | null }[]>`
    select (extract(epoch from min(greatest(due.due_at, c.paused_until)) - now()) * 1000)::float8 as ms
    from connector c, unnest(${[...lanes]}::smallint[]) as l (lane), lateral (
      select e.due_at from outbox_email e
      where e.connector_id = c.id and e.state = 'waiting' and e.lane = l.lane
      order by e.due_at limit 1
    ) due
    where c.enabled`;
  return row?.ms ?? null;
}

/** Seconds for which the oldest due email of a running connector has waited; 0 when none is due. */
export async function oldestDueSeconds(sql: Sql): Promise<number> {
  const [row] = await sql<{ seconds: number | null }[]>`
    select extract(epoch from now() - min(due.due_at))::float8 as seconds
    from connector c, unnest(${[...lanes]}::smallint[]) as l (lane), lateral (
      select e.due_at from outbox_email e
      where e.connector_id = c.id and e.state = 'waiting' and e.lane = l.lane and e.due_at <= now()
      order by e.due_at limit 1
    ) due
    where c.enabled and (c.paused_until is null or c.paused_until <= now())`;
  return row?.seconds ?? 0;
}
