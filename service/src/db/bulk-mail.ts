import type { Sql } from './database.ts';

/** Looks are at least so far apart, … */
const leastSeconds = 1;
/** … this many times what a look costs, … */
const costFactor = 20;
/** … and this part of the time since it was asked for: what waits for hours is not looked at each second. */
const agePart = 0.01;

/**
 * Looks what has become of the emails that a bulk retry has retried (B12), of the operation whose turn it is. Each email
 * counts once, for where it went first. Run it in a transaction. `false`: nothing is to be looked at now.
 */
export async function lookAfterRetried(tx: Sql): Promise<boolean> {
  const [operation] = await tx<{ id: string }[]>`
    select id from bulk_operation where look_at <= now() order by look_at limit 1 for no key update skip locked`;
  if (operation === undefined) return false;
  const { id } = operation;
  await tx`
    with moved as (
      -- What is no longer in the hot table was sent.
      select c.no, w.id, coalesce(e.state, 'sent') as state
      from bulk_chunk c cross join lateral unnest(c.waiting_ids) as w (id)
      left join outbox_email e on e.id = w.id
      where c.operation_id = ${id} and c.mail_waiting > 0 and (e.id is null or e.state in ('failed', 'cancelled'))
    ), counted as (
      select no, array_agg(id) as ids, (count(*) filter (where state = 'sent'))::int as sent,
             (count(*) filter (where state = 'failed'))::int as failed,
             (count(*) filter (where state = 'cancelled'))::int as cancelled
      from moved group by no
    )
    update bulk_chunk c
    set waiting_ids = array(select unnest(c.waiting_ids) except select unnest(n.ids)),
        mail_sent = c.mail_sent + n.sent, mail_failed = c.mail_failed + n.failed,
        mail_cancelled = c.mail_cancelled + n.cancelled
    from counted n
    where c.operation_id = ${id} and c.no = n.no`;
  await tx`
    update bulk_operation o
    set look_at = case
      when o.state = 'running' or exists (select from bulk_chunk where operation_id = o.id and mail_waiting > 0)
      then clock_timestamp() + greatest(
        make_interval(secs => ${leastSeconds}), (clock_timestamp() - now()) * ${costFactor}::float8,
        (now() - o.asked_at) * ${agePart}::float8) end
    where o.id = ${id}`;
  return true;
}

/** Milliseconds until some retried mail is to be looked at; `null`: none. */
export async function untilNextLook(sql: Sql): Promise<number | null> {
  const [row] = await sql<{ ms: number | null }[]>`
    select (extract(epoch from min(look_at) - clock_timestamp()) * 1000)::float8 as ms from bulk_operation
    where look_at is not null`;
  return row?.ms ?? null;
}
