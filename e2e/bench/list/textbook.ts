import type postgres from 'postgres';
import { say } from '../report.ts';
import { latencyOf, type Latency } from './latency.ts';
import { queryOf, type ListCase, type ListQuery } from './list-cases.ts';
import { readerAt } from './readers.ts';

/*
 * The list as textbooks have it: tables joined, who may see what as conditions joined by OR, OFFSET for pages, and
 * everything counted for each page. Plain SQL without a service around it, on a copy of the same emails with an index
 * on each column that is looked up.
 */

const timeoutSeconds = 10;
const samples = 3;

const columns: Record<string, string> = {
  to: 'lower(e.first_recipient_name)',
  subject: 'lower(e.subject)',
  connector: 'lower(c.name)',
  importance: `array_position(array['high', 'normal', 'low'], e.importance)`,
  systemGenerated: '(e.author_id is null)',
  lastAttemptAt: 'e.last_attempt_at',
  failureMessage: 'e.last_cause',
  firstFailedAt: 'e.first_failed_at',
  nextAttemptAt: `case when e.state <> 'failed' and c.enabled then greatest(e.due_at, c.paused_until) end`,
  packet: 'e.packet_ref',
  packetType: 'e.packet_type',
  sendCount: 'e.send_count',
  status: `(case when e.state = 'failed' then 0 when not c.enabled then 1 when e.send_count > 0 then 2 else 3 end)`,
  attachmentCount: 'e.attachment_count',
  author: 'lower(u.name)',
  from: 'lower(e.from_name)',
  submittedAt: 'e.submitted_at',
};

const statuses: Record<string, string> = {
  failed: `e.state = 'failed'`,
  connector_disabled: `(e.state <> 'failed' and not c.enabled)`,
  pending_retry: `(e.state <> 'failed' and c.enabled and e.send_count > 0)`,
  queued: `(e.state <> 'failed' and c.enabled and e.send_count = 0)`,
};

export async function createTextbook(sql: postgres.Sql): Promise<void> {
  say('  the textbook way: a copy of the emails with an index on each column that is looked up');
  await sql.unsafe(`
    create schema textbook;
    create table textbook.email as
      select id, portal_id, connector_id, state, due_at, send_count, retry_asked, submitted_at, first_failed_at,
             last_attempt_at, last_cause, last_reply, author_id, from_name, from_address, first_recipient_name,
             first_recipient_address, recipient_count, subject, importance, packet_ref, packet_type, attachment_count
      from outbox_email where listed and state <> 'cancelled';
    alter table textbook.email add primary key (id);`);
  const looked = ['author_id', 'packet_ref', 'submitted_at', 'connector_id', 'state', 'subject', 'due_at'];
  for (const column of looked) await sql.unsafe(`create index on textbook.email (${column})`);
  await sql`analyze textbook.email`;
}

/** Pages by OFFSET; the hundredth where there are so many. */
const page100: ListCase = {
  name: 'page100.team',
  operation: 'list',
  query: () => ({ view: 'team', offset: '4950' }),
  readers: ['departmentLeader', 'largeTeamLeader', 'divisionLeader'],
  wide: [],
  weight: 1,
};

/** A few requests of each case, each within ten seconds; a percentile that was not reached is `null`. */
export async function measureTextbook(
  sql: postgres.Sql,
  portalId: string,
  cases: readonly ListCase[],
): Promise<Record<string, Latency>> {
  const measured: Record<string, Latency> = {};
  for (const listCase of [...cases, page100]) {
    const times: number[] = [];
    for (let turn = 0; turn < Math.max(samples, listCase.readers.length); turn += 1) {
      const reader = readerAt(listCase.readers, turn);
      times.push(await time(sql, portalId, reader.id, listCase, queryOf(listCase, reader.kind, turn)));
    }
    measured[listCase.name] = latencyOf(times);
    say(
      `  textbook ${listCase.name.padEnd(24)} ${measured[listCase.name]?.p50Ms} ${measured[listCase.name]?.p95Ms}`,
    );
  }
  return measured;
}

/** Membership is looked up at each reading, so that a move is one row; the readers pay for it. */
export async function measureTextbookMove(sql: postgres.Sql, portalId: string): Promise<Latency> {
  const times: number[] = [];
  for (let n = 0; n < 10; n += 1) {
    const [left, joined] = n % 2 === 0 ? ['team-20', 'team-21'] : ['team-21', 'team-20'];
    const started = performance.now();
    await sql`
      with gone as (
        delete from directory_member where portal_id = ${portalId} and user_id = 'user-9191' and team_id = ${left})
      insert into directory_member (portal_id, team_id, user_id) values (${portalId}, ${joined}, 'user-9191')
      on conflict do nothing`;
    times.push(performance.now() - started);
  }
  return latencyOf(times);
}

/** `Infinity` when it does not come to an end in time. */
async function time(
  sql: postgres.Sql,
  portalId: string,
  userId: string,
  { operation }: Pick<ListCase, 'operation'>,
  query: ListQuery,
): Promise<number> {
  const { led, from, values } = parts(portalId, userId, query);
  const sort = query['sort'] ?? '-submittedAt';
  const descending = sort.startsWith('-');
  const order = `${columns[sort.replace(/^-/, '')]} ${descending ? 'desc' : 'asc'} nulls last, e.id desc`;
  const page = `
    ${led} select e.*, c.name as connector_name, c.enabled, u.name as author_name, p.title, p.url
    ${from} order by ${order} limit 50 offset ${query['offset'] ?? '0'}`;
  const count = `${led} select count(*) ${from}`;
  return sql
    .begin(async (tx) => {
      await tx.unsafe(`set local statement_timeout = '${timeoutSeconds}s'`);
      const started = performance.now();
      try {
        if (operation === 'list') await tx.unsafe(page, values);
        await tx.unsafe(count, values);
      } catch (error) {
        if ((error as { code?: unknown }).code === '57014') return await endedEarly();
        throw error;
      }
      return performance.now() - started;
    })
    .catch((error: unknown) => {
      if (error === tooLate) return Infinity;
      throw error;
    });
}

const tooLate = new Error('It took too long.');
const endedEarly = () => Promise.reject<number>(tooLate);

function parts(portalId: string, userId: string, query: ListQuery) {
  const values: string[] = [portalId, userId];
  const given = (value: string) => `$${values.push(value)}`;
  const among = (name: string) => `= any(string_to_array(${given(query[name] ?? '')}, ','))`;
  const conditions = [`e.portal_id = $1`, sight(query['view'] ?? 'all')];
  if ('status' in query)
    conditions.push(
      `(${(query['status'] ?? '')
        .split(',')
        .map((it) => statuses[it])
        .join(' or ')})`,
    );
  if ('cause' in query) conditions.push(`e.last_cause ${among('cause')}`);
  if ('connector' in query) conditions.push(`e.connector_id::text ${among('connector')}`);
  if ('author' in query) conditions.push(`e.author_id ${among('author')}`);
  if ('packetType' in query) conditions.push(`e.packet_type ${among('packetType')}`);
  if ('importance' in query) conditions.push(`e.importance ${among('importance')}`);
  if ('systemGenerated' in query) conditions.push(`(e.author_id is null) = ${query['systemGenerated']}`);
  if ('hasAttachments' in query) conditions.push(`(e.attachment_count > 0) = ${query['hasAttachments']}`);
  if ('submittedFrom' in query) conditions.push(`e.submitted_at >= ${given(query['submittedFrom'] ?? '')}`);
  if ('submittedTo' in query) conditions.push(`e.submitted_at < ${given(query['submittedTo'] ?? '')}`);
  if ('search' in query) {
    const like = `ilike ${given(`%${query['search']}%`)}`;
    const searched = [
      'e.subject',
      'e.first_recipient_name',
      'e.first_recipient_address',
      'e.packet_ref',
      'e.last_reply',
      'u.name',
    ];
    conditions.push(`(${searched.map((column) => `${column} ${like}`).join(' or ')})`);
  }
  const led = `
    with recursive led as (
      select id from directory_team where portal_id = $1 and leader_id = $2
      union
      select t.id from directory_team t join led on t.parent_id = led.id where t.portal_id = $1
    )`;
  const from = `
    from textbook.email e
    join connector c on c.id = e.connector_id
    left join directory_user u on u.portal_id = e.portal_id and u.id = e.author_id
    left join packet p on p.portal_id = e.portal_id and p.ref = e.packet_ref
    where ${conditions.join(' and ')}`;
  return { led, from, values };
}

function sight(view: string): string {
  const mates = `
    select m.user_id from directory_member m
    where m.portal_id = $1 and (m.team_id in (select id from led) or m.team_id in (
      select o.team_id from directory_member o where o.portal_id = $1 and o.user_id = $2))`;
  const team = `(
    e.author_id = $2 or e.author_id in (${mates})
    or exists (
      select from packet_user w
      where w.portal_id = e.portal_id and w.packet_ref = e.packet_ref and w.relation = 'works'
        and (w.user_id = $2 or w.user_id in (${mates}))))`;
  const all = `(
    ${team}
    or exists (select from directory_user a where a.portal_id = $1 and a.id = $2 and a.access = 'all')
    or exists (
      select from packet_user w
      where w.portal_id = e.portal_id and w.packet_ref = e.packet_ref and w.relation = 'reads' and w.user_id = $2)
    or (e.author_id is null and e.packet_ref is null and exists (select from led)))`;
  if (view === 'mine') return 'e.author_id = $2';
  if (view === 'team') return team;
  return view === 'system' ? `e.author_id is null and ${all}` : all;
}
