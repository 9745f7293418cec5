import { readFileSync } from 'node:fs';
import postgres from 'postgres';
import { eventually } from '../../stack/eventually.ts';
import { mintToken, portalClient, type EmailDraft, type PortalClient } from '../../stack/portal-client.ts';
import { startStack, type Stack } from '../../stack/stack.ts';
import { StartProblem } from '../../stack/start-problem.ts';
import type { Audience } from '../programs/live-readers.ts';
import { monotonicMs } from '../programs/monotonic-ms.ts';
import { say } from '../report.ts';
import {
  allHands,
  directoryOf,
  leaves,
  maySee,
  peopleOf,
  type Ownership,
  type Person,
} from './live-organisation.ts';

const emailsOfEverybody = 500;
const emailsOfEachLeaf = 5;

export interface LiveEmail {
  id: string;
  version: number;
  ownership: Ownership;
}

/** A portal with a directory, emails that wait, and a token for each of its people. */
export interface LivePortal {
  stack: Stack;
  sql: postgres.Sql;
  backEnd: PortalClient;
  people: Person[];
  tokens: string[];
  emails: LiveEmail[];
  /** Changes these emails in one transaction; returns when its commit was sent. Their versions rise. */
  touch(emails: readonly LiveEmail[]): Promise<number>;
  stop(): Promise<void>;
}

/** Of pino. */
const errorLevel = 50;

/** Starts what `npm run build` made: one api, one dispatcher. Throws StartProblem when the database may lose commits. */
export async function startLivePortal(clients: number): Promise<LivePortal> {
  const stack = await startStack({
    ...{ built: true, fsync: true, widget: false, workers: 0 },
    environment: { api: { REQUESTS_PER_MINUTE: '86400' } },
    onLog: (process, line) => {
      if (Number(line.level) >= errorLevel) say(`  ${process}: ${JSON.stringify(line)}`);
    },
  });
  const sql = postgres(stack.databaseUrl, {
    max: 5,
    connection: { application_name: 'bench' },
    onnotice: () => undefined,
  });
  const stop = async () => {
    await sql.end({ timeout: 1 });
    await stack.stop();
  };
  try {
    const answer = await fetch(new URL('/readyz', stack.serviceUrl));
    if (!answer.ok) throw new StartProblem(`Nothing is measured: ${await answer.text()}`);
    const caller = { id: 'back-end', name: 'Back end', roles: ['portal' as const, 'administrator' as const] };
    const backEnd = portalClient(stack.serviceUrl, stack.portal, caller);
    const people = peopleOf(clients);
    await syncDirectory(backEnd, directoryOf(people));
    const emails = await submitEmails(sql, backEnd, people);
    const tokens = await Promise.all(
      people.map(({ id }) => mintToken(stack.portal, { id, name: id }, 24 * 3600)),
    );
    return { stack, sql, backEnd, people, tokens, emails, touch: (some) => touch(sql, some), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

export async function syncDirectory(backEnd: PortalClient, lines: readonly object[]): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const { status, body } = await backEnd.request('POST', '/v1/directory/sync', {
    body: new TextEncoder().encode(text),
    headers: { 'content-type': 'application/x-ndjson' },
  });
  if (status !== 200 || (body as { invalid: number }).invalid > 0) {
    throw new Error(`The directory was not taken: ${status} ${JSON.stringify(body)}`);
  }
}

/** Who may see each email, by their places among the people. */
export function audiencesOf(people: readonly Person[], emails: readonly LiveEmail[]): Audience[] {
  return emails.map(({ id, ownership }) => ({ id, from: 0, readers: readersOf(people, ownership) }));
}

export function readersOf(people: readonly Person[], ownership: Ownership): number[] {
  return people.flatMap((person, place) => (maySee(person, ownership) ? [place] : []));
}

/** Megabytes of memory that a process has in use; `null` where that is not to be found out. */
export function residentMb(pid: number | undefined): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1]) / 1024;
  } catch {
    return null;
  }
}

/** They wait behind a connector that is switched off, so nothing moves but by us. */
async function submitEmails(
  sql: postgres.Sql,
  backEnd: PortalClient,
  people: readonly Person[],
): Promise<LiveEmail[]> {
  const connector = await backEnd.createConnector({ name: 'Switched off', host: '127.0.0.1', port: 9 });
  const ownerships: Ownership[] = [
    ...Array.from({ length: emailsOfEverybody }, () => ({ kind: 'everybody' as const })),
    ...Array.from({ length: leaves * emailsOfEachLeaf }, (_, at) => {
      const leaf = at % leaves;
      const members = people.filter((person) => person.leaf === leaf);
      // Not all of them: who leaves the team must have something to lose.
      const authorId = members[Math.floor(at / leaves) % 2]!.id;
      return { kind: 'leaf' as const, leaf, authorId };
    }),
    ...people
      .filter(({ role }) => role === 'guest')
      .map(({ id }) => ({ kind: 'guest' as const, authorId: id })),
    ...Array.from({ length: 10 }, () => ({ kind: 'system' as const })),
  ];
  const emails: LiveEmail[] = [];
  for (let from = 0; from < ownerships.length; from += 250) {
    const some = ownerships.slice(from, from + 250);
    const ids = await backEnd.submit(some.map((ownership) => draftOf(connector.id, ownership)));
    emails.push(...ids.map((id, at) => ({ id, version: 0, ownership: some[at]! })));
  }
  const byId = new Map(emails.map((email) => [email.id, email]));
  await eventually('all emails to be listed', async () => {
    const rows = await sql<{ id: string; version: string }[]>`
      select id, version from outbox_email where listed and id = any(${[...byId.keys()]}::uuid[])`;
    for (const { id, version } of rows) byId.get(id)!.version = Number(version);
    return rows.length === emails.length ? true : null;
  });
  return emails;
}

function draftOf(connectorId: string, ownership: Ownership): EmailDraft {
  const { kind } = ownership;
  return {
    ...{ connectorId, authorId: 'authorId' in ownership ? ownership.authorId : null },
    from: { name: 'Portal', address: 'portal@portal.test' },
    to: [{ name: 'Ann Example', address: 'ann@customer.test' }],
    subject: `Your order is on its way (${kind})`,
    text: 'It left our warehouse this morning.',
    ...(kind === 'everybody' && { packet: { ref: allHands, type: 'case' as const } }),
  };
}

async function touch(sql: postgres.Sql, emails: readonly LiveEmail[]): Promise<number> {
  let committedMs = 0;
  const ids = emails.map(({ id }) => id);
  await sql.begin(async (tx) => {
    await tx`
      with locked as (select id from outbox_email where id = any(${ids}::uuid[]) order by id for no key update)
      update outbox_email e set version = version + 1 from locked where e.id = locked.id`;
    committedMs = monotonicMs();
  });
  for (const email of emails) email.version += 1;
  return committedMs;
}
