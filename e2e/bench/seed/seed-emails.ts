import { foldReply, foldText } from '@portal-outbox/contracts';
import type postgres from 'postgres';
import { firstMover, packets, userId } from './organisation.ts';
import type { SeededConnector } from './seed-connectors.ts';
import {
  deferrals,
  domains,
  familyNames,
  givenNames,
  refusals,
  subjectBeginnings,
  subjectEndings,
} from './words.ts';

export interface EmailRange {
  portalId: string;
  connectors: readonly SeededConnector[];
  /** Numbers of the first and the last email. What an email is depends on its number alone. */
  first: number;
  last: number;
  /** The author of every one of them; `null`: by the organisation. */
  authorId: string | null;
}

type Failure = (typeof refusals)[number];
const migrated: Failure = ['migrated', 'Left over in the old system'];
/** Long enough to be left out of a folded reply. */
const firstNumber = 10_000_000;

/** Somebody with this number of emails is moved to another team. */
export const movedEmails = 5000;
export const moverId = userId(firstMover);

/**
 * Writes emails of every state with content and recipients, in one transaction. What the page keeps beside them the
 * product's own function writes, as its triggers would; nobody is told.
 */
export async function seedEmails(sql: postgres.Sql, range: EmailRange): Promise<void> {
  await seedFailureMessages(sql, range.portalId);
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`create temporary table seeded on commit drop as ${emails(tx, range)}`;
    await tx`
      insert into email_content (email_id, portal_id, message_id, date, reference_ids, folded, text)
      select id, portal_id, '<' || id || '@portal.test>', submitted_at, '{}',
             array[folded_subject, folded_recipient || ' ' || recipient_address,
                   coalesce(author_key, 'portal') || ' ' || from_address, coalesce(lower(packet_ref), '')]
               || array(select 'copy' || position || '.' || recipient_address from generate_series(1, recipient_count - 1) position),
             repeat('The order that you placed has left our house. ', 3 + (n % 5)::int)
      from seeded`;
    await tx`
      insert into email_recipient (email_id, position, kind, name, address)
      select id, position, case when position = 0 then 'to' else 'cc' end,
             case when position = 0 then recipient_name else '' end,
             case when position = 0 then recipient_address else 'copy' || position || '.' || recipient_address end
      from seeded, generate_series(0, recipient_count - 1) position`;
    await tx`
      insert into outbox_email (
        id, portal_id, connector_id, state, due_at, lane, listed, list_at, submitted_at, author_id, from_name,
        from_address, first_recipient_name, first_recipient_address, recipient_count, subject, importance, packet_ref,
        packet_type, attachment_count, size, attempt_no, send_count, series_position, retry_asked, first_failed_at,
        last_attempt_at, last_cause, last_reply, failure_key, may_have_been_sent, migrated, cancelled_from, cancelled_by, left_at)
      select id, portal_id, connector_id, state, due_at, importance * 2 + (send_count > 0)::int, true, submitted_at,
             submitted_at, author_id, coalesce(author_name, 'Portal'), from_address, recipient_name, recipient_address, recipient_count, subject,
             (array['high', 'normal', 'low'])[importance + 1], packet_ref, packet_type, attachment_count,
             900 + attachment_count * 120000, send_count, send_count, least(send_count, 9), false,
             case when send_count > 0 then submitted_at + interval '2 seconds' end,
             case when send_count > 0 then least(submitted_at + send_count * interval '17 minutes', base) end,
             cause, reply, coalesce(failure_key(cause, folded_reply), 0), coalesce(cause = 'may_have_been_sent', false), coalesce(cause = 'migrated', false),
             case when state = 'cancelled' then 'waiting' end, case when state = 'cancelled' then author_id end,
             case when state = 'cancelled' then base end
      from seeded`;
    await tx`select enter_list(array(select id from seeded where state <> 'cancelled'))`;
  });
}

/** Each reason once; an email's key refers to it. */
async function seedFailureMessages(sql: postgres.Sql, portalId: string): Promise<void> {
  const failures = [...deferrals, ...refusals, migrated];
  await sql`
    insert into failure_message (portal_id, key, cause, reply)
    select ${portalId}::uuid, failure_key(cause, reply), cause, reply
    from unnest(${failures.map(([cause]) => cause)}::text[], ${failures.map(foldedReply)}::text[]) as it (cause, reply)
    on conflict do nothing`;
}

/** Whatever the recipient and the number. */
function foldedReply([, reply]: Failure): string {
  return foldReply(reply.replace('{to}', 'customer1@customer1.test').replace('{n}', String(firstNumber)));
}

/** A draw for each thing that can differ; the second argument of `bench.draw` says which. */
function emails(sql: postgres.ISql, { portalId, connectors, first, last, authorId }: EmailRange) {
  const shares = connectors.map((_, index) =>
    connectors.slice(0, index + 1).reduce((sum, it) => sum + it.share, 0),
  );
  const ids = connectors.map((it) => it.id);
  const failure = (table: readonly Failure[]) => sql`array[
    bench.part(${table.map(([cause]) => cause)}::text[], cause_draw),
    bench.part(${table.map(([, reply]) => reply)}::text[], cause_draw),
    bench.part(${table.map(foldedReply)}::text[], cause_draw)]`;
  const name = (given: string[], family: string[]) =>
    sql`bench.part(${given}::text[], bench.draw(n, 10)) || ' ' || bench.part(${family}::text[], bench.draw(n, 11))`;
  const subject = (beginnings: string[], endings: string[]) =>
    sql`bench.part(${beginnings}::text[], bench.draw(n, 17)) || ' ' || floor(bench.draw(n, 18) * 300000)::int
        || ' ' || bench.part(${endings}::text[], bench.draw(n, 19))`;
  return sql`
    with drawn as (
      select n, bench.leaf_team(bench.draw(n, 1), bench.draw(n, 2)) as team, bench.draw(n, 3) as about,
             bench.draw(n, 4) as state_draw, floor(bench.draw(n, 5) * 40)::int as domain,
             date_trunc('hour', now()) as base, bench.draw(n, 23) as cause_draw
      from generate_series(${first}::bigint, ${last}::bigint) n
    ), placed as (
      select *,
             -- 15 % are system-generated; of a team's mail the first members send the most.
             coalesce(${authorId}::text,
                      case when about < 0.85 then bench.member(team, power(bench.draw(n, 6), 2)) end) as author_id,
             case
               when bench.draw(n, 7) >= 0.6 then null
               when bench.draw(n, 8) < 0.85 then bench.packet(team, bench.draw(n, 9))
               else floor(bench.draw(n, 9) * ${packets}::int)::int
             end as packet,
             case
               when state_draw < 0.02 then 'cancelled'
               when state_draw < 0.4 then 'failed'
               when state_draw < 0.75 then 'retry'
               when state_draw < 0.92 then 'scheduled'
               else 'due'
             end as kind,
             ${name(givenNames, familyNames)} as recipient_name,
             ${name(givenNames.map(foldText), familyNames.map(foldText))} as folded_recipient,
             ${subject(subjectBeginnings, subjectEndings)} as subject,
             ${subject(subjectBeginnings.map(foldText), subjectEndings.map(foldText))} as folded_subject,
             -- Most of it is of the last days.
             base - power(bench.draw(n, 12), 3) * interval '30 days' as submitted_at
      from drawn
    ), told as (
      select *,
             'customer' || floor(bench.draw(n, 13) * 50000)::int || '@'
               || (${domains}::text[])[domain + 1] as recipient_address,
             case
               when kind = 'failed' and state_draw > 0.37 then ${failure([migrated])}
               when kind = 'failed' then ${failure(refusals)}
               when kind = 'retry' then ${failure(deferrals)}
             end as failure
      from placed
    )
    select n, md5('email ' || n || ' of ' || ${portalId}::text)::uuid as id, ${portalId}::uuid as portal_id,
           (${ids}::uuid[])[1 + width_bucket(bench.draw(n, 14), ${shares.slice(0, -1)}::float8[])] as connector_id,
           case when kind in ('failed', 'cancelled') then kind else 'waiting' end as state,
           case
             when kind = 'retry' then base + bench.draw(n, 15) * interval '8 hours'
             when kind = 'scheduled' then base + interval '2 hours' + bench.draw(n, 15) * interval '60 days'
             else submitted_at
           end as due_at,
           submitted_at, base, told.author_id, u.name as author_name, u.name_key as author_key,
           coalesce(told.author_id, 'no-reply') || '@portal.test' as from_address,
           recipient_name, folded_recipient, recipient_address, subject, folded_subject,
           case when bench.draw(n, 16) < 0.8 then 1 else 2 + floor(bench.draw(n, 16) * 3)::int end as recipient_count,
           case when bench.draw(n, 20) < 0.05 then 0 when bench.draw(n, 20) < 0.15 then 2 else 1 end as importance,
           bench.packet_ref(packet) as packet_ref, bench.packet_type(packet) as packet_type,
           case when bench.draw(n, 21) < 0.25 then 1 + floor(bench.draw(n, 22) * 4)::int else 0 end
             as attachment_count,
           case kind when 'failed' then 1 + floor(bench.draw(n, 24) * 9)::int
                     when 'retry' then 1 + floor(bench.draw(n, 24) * 8)::int else 0 end as send_count,
           failure[1] as cause,
           coalesce(replace(replace(failure[2], '{to}', recipient_address), '{n}', (n + ${firstNumber})::text), '') as reply,
           failure[3] as folded_reply
    from told left join directory_user u on u.portal_id = ${portalId}::uuid and u.id = told.author_id`;
}
