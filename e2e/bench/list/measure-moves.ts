import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import { leafLeader, leafTeamId } from '../seed/organisation.ts';
import { movedEmails, moverId, seedEmails } from '../seed/seed-emails.ts';
import type { SeededPortal } from '../seed/seed-portal.ts';
import { eventually } from '../../stack/eventually.ts';
import type { PortalIdentity } from '../../stack/portal-client.ts';
import { say } from '../report.ts';
import { backEnd, HttpReader } from './http-reader.ts';
import { latencyOf, type Latency } from './latency.ts';
import { readerAt } from './readers.ts';

export interface Moves {
  /** Both teams put: the one that is left and the one that is joined. */
  move: Latency;
  /** First pages of a team's view by everybody, asked for without a pause. */
  listIdle: Latency;
  listDuring: Latency;
}

/** How long lists are measured while nobody moves: about as long as the moves take. */
const idleMs = 4000;
/** In different divisions. */
const teams = [11, 14] as const;
const readers = ['member', 'leafLeader', 'departmentLeader', 'largeTeamLeader', 'divisionLeader'] as const;

/** Moves a user who has sent 5,000 emails to and fro between two teams, as the host's back end does. */
export async function measureMoves(
  sql: postgres.Sql,
  service: { serviceUrl: string; portal: PortalIdentity },
  seeded: SeededPortal,
  count: number,
): Promise<Moves> {
  const { portalId, connectors, rows } = seeded;
  const range = { portalId, connectors, first: rows, last: rows + movedEmails - 1, authorId: moverId };
  await seedEmails(sql, range);
  const http = new HttpReader(service.serviceUrl, service.portal);
  const other = new HttpReader(service.serviceUrl, service.portal);
  try {
    const bodies = await Promise.all(teams.map((team) => teamBody(sql, portalId, team)));
    const put = async (place: number, joined: boolean) => {
      const body = bodies[place];
      const memberIds = joined ? [...(body?.memberIds ?? []), moverId] : body?.memberIds;
      const path = `/v1/directory/teams/${leafTeamId(teams[place] ?? 0)}`;
      return (await http.ask(backEnd, 'PUT', path, { ...body, memberIds })).ms;
    };
    await put(0, true);
    const listIdle = await listWhile(other, () => pause(idleMs));
    const times: number[] = [];
    const listDuring = await listWhile(other, async () => {
      for (let n = 0; n < count; n += 1) {
        const leaves = n % 2;
        times.push((await put(leaves, false)) + (await put(1 - leaves, true)));
      }
    });
    await checkMoved(http, count % 2);
    const moves = { move: latencyOf(times), listIdle, listDuring };
    say(
      `  move.user5000            ${moves.move.p50Ms} ${moves.move.p95Ms}   list p95 ${listIdle.p95Ms} idle, ${listDuring.p95Ms} meanwhile`,
    );
    return moves;
  } finally {
    http.close();
    other.close();
  }
}

async function teamBody(sql: postgres.Sql, portalId: string, team: number) {
  const id = leafTeamId(team);
  const [row] = await sql<{ name: string; parentId: string; leaderId: string; memberIds: string[] }[]>`
    select name, parent_id as "parentId", leader_id as "leaderId", array(
      select user_id from directory_member where portal_id = t.portal_id and team_id = t.id order by user_id
    ) as "memberIds"
    from directory_team t where portal_id = ${portalId} and id = ${id}`;
  if (row === undefined) throw new Error(`There is no ${id}.`);
  return row;
}

/** First pages, one at a time, until `work` is done. */
async function listWhile(http: HttpReader, work: () => Promise<void>): Promise<Latency> {
  const times: number[] = [];
  let isOver = false;
  const working = work().finally(() => (isOver = true));
  for (let turn = 0; !isOver; turn += 1) {
    const { id } = readerAt(readers, turn);
    times.push((await http.list(id, { view: 'team' })).ms);
  }
  await working;
  return latencyOf(times);
}

/**
 * What is measured must also have happened: the emails are in the list of the team that was joined last. Of the other
 * team's list are those whose packet somebody of that team works on.
 */
async function checkMoved(http: HttpReader, place: number): Promise<void> {
  await eventually('the moved emails', async () => {
    const seen = await Promise.all(
      teams.map(async (team) => {
        const { body } = await http.list(leafLeader(team), { view: 'team', author: moverId, limit: '1' });
        return (JSON.parse(body) as { total: number }).total;
      }),
    );
    return (seen[place] ?? 0) > movedEmails * 0.95 && (seen[1 - place] ?? 0) < movedEmails * 0.05
      ? true
      : null;
  });
}
