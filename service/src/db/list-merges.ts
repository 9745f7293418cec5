import type { OutboxFilter } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import { allOf, changingConditions, datesOf, lastingConditions } from './filtered-emails.ts';
import type { Fragment } from './list-order.ts';
import type { AskedPage } from './list-pages.ts';
import { beyond, by, placeColumns } from './list-places.ts';

/*
 * Pages by time of submission, from the parts of what is seen: an index holds each part in this order.
 */

/** As many emails of each part as the page holds, merged. Only without a filter. */
export function mergeNewest(sql: Sql, asked: AskedPage): Fragment {
  const { sight, order, reading, limit } = asked;
  const authorIds = authorsOf(asked);
  const newest = (emails: Fragment): Fragment => sql`
    select e.id, e.submitted_at from ${emails} order by ${inOrderOfSubmission(sql, asked)} limit ${limit}`;
  const ofEach = (values: Fragment, emails: Fragment): Fragment => sql`
    select newest.id, newest.submitted_at from unnest(${values}) part (it) cross join lateral (${newest(emails)}) newest`;
  const it = sql`part.it`;
  const parts = [
    sight.teamKeys.length > 0 && ofEach(sql`${[...sight.teamKeys]}::int[]`, ofTeam(sql, asked, it)),
    authorIds.length > 0 && ofEach(sql`${authorIds}::text[]`, ofAuthor(sql, asked, it)),
    sight.packetRefs.length > 0 && ofEach(sql`${[...sight.packetRefs]}::text[]`, ofPacket(sql, asked, it)),
    sight.systemMail && sql`(${newest(ofSystemMail(sql, asked))})`,
  ].filter((part) => part !== false);
  // `union` with nothing, too: an email may be in several teams of the only part.
  const all = parts.reduce((some, part) => sql`${some} union ${part}`, noEmails(sql));
  return sql`
    select ${placeColumns(sql, order)}
    from (${all}) e
    order by ${by(sql, [sql`e.submitted_at`], order.descending === reading.backwards)}
    limit ${limit}`;
}

/**
 * The parts merged as they are read, and each email asked whether it matches, until the page is full.
 *
 * @param most so many emails are asked; `null`: all
 */
export function streamNewest(sql: Sql, asked: AskedPage, most: number | null): Fragment {
  const { portalId, sight, filter, order, reading, limit } = asked;
  const sorted = inOrderOfSubmission(sql, asked);
  const parts = [
    ...sight.teamKeys.map((key) => ofTeam(sql, asked, sql`${key}`)),
    ...authorsOf(asked).map((id) => ofAuthor(sql, asked, sql`${id}`)),
    ...sight.packetRefs.map((ref) => ofPacket(sql, asked, sql`${ref}`)),
    ...(sight.systemMail && mayMatchSystemMail(filter) ? [ofSystemMail(sql, asked)] : []),
  ].map((part) => sql`(select e.id, e.submitted_at from ${part} order by ${sorted})`);
  const [first = noEmails(sql), ...others] = parts;
  const changing = changingConditions(sql, portalId, filter, { of: 'each', row: sql`changing` });
  const joined = changing.length > 0 ? sql`join outbox_email changing on changing.id = e.id` : sql``;
  const up = order.descending === reading.backwards;
  return sql`
    select ${placeColumns(sql, order)}
    from (
      -- An email may be in several parts.
      select distinct on (e.submitted_at, e.id) e.submitted_at, e.id
      from (${others.reduce((some, part) => sql`${some} union all ${part}`, first)}) e
      order by ${sorted}
      limit ${most}
    ) part
    join listed_email e on e.id = part.id ${joined}
    where ${allOf(sql, [...lastingConditions(sql, filter), ...changing])}
    order by ${up ? sql`part.submitted_at, part.id` : sql`part.submitted_at desc, part.id desc`}
    limit ${limit}`;
}

/** What has an author is never system-generated. */
function authorsOf({ sight }: AskedPage): string[] {
  return sight.systemOnly ? [] : [...sight.authorIds];
}

function ofTeam(sql: Sql, asked: AskedPage, key: Fragment): Fragment {
  const ofSystem = asked.sight.systemOnly ? sql`and e.system` : sql``;
  return sql`
    (select portal_id, team_key, submitted_at, email_id as id, system from email_team) e
    where e.portal_id = ${asked.portalId} and e.team_key = ${key} ${ofSystem} and ${inTime(sql, asked)}`;
}

function ofAuthor(sql: Sql, asked: AskedPage, id: Fragment): Fragment {
  return sql`
    listed_email e
    where e.portal_id = ${asked.portalId} and e.author_id = ${id} and ${inTime(sql, asked)}`;
}

function ofPacket(sql: Sql, asked: AskedPage, ref: Fragment): Fragment {
  const ofSystem = asked.sight.systemOnly ? sql`and e.author_id is null` : sql``;
  return sql`
    listed_email e
    where e.portal_id = ${asked.portalId} and e.packet_ref = ${ref} ${ofSystem} and ${inTime(sql, asked)}`;
}

function ofSystemMail(sql: Sql, asked: AskedPage): Fragment {
  return sql`
    listed_email e
    where e.portal_id = ${asked.portalId} and e.author_id is null and e.packet_ref is null and ${inTime(sql, asked)}`;
}

/** Beyond the place that is read from, and within the filter's days. */
function inTime(sql: Sql, { order, reading, filter }: AskedPage): Fragment {
  return allOf(sql, [beyond(sql, order, reading), ...lastingConditions(sql, datesOf(filter))]);
}

function inOrderOfSubmission(sql: Sql, { order, reading }: AskedPage): Fragment {
  return by(sql, [sql`e.submitted_at`], order.descending === reading.backwards);
}

/** System emails without a packet have neither an author nor the type of one. */
function mayMatchSystemMail({ systemGenerated, author, packetType }: OutboxFilter): boolean {
  return systemGenerated !== false && author === undefined && packetType === undefined;
}

function noEmails(sql: Sql): Fragment {
  return sql`(select null::uuid as id, null::timestamptz as submitted_at where false)`;
}
