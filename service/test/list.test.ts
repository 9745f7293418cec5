import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  deliveryCauses,
  matchesFilter,
  outboxSorts,
  outboxViews,
  sendStatuses,
  type DeliveryCause,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxSort,
  type OutboxView,
} from '@portal-outbox/contracts';
import { disableConnector } from '../src/db/connectors.ts';
import { readTotal } from '../src/db/email-counts.ts';
import { listEmails, type ListQuestion } from '../src/db/list-emails.ts';
import type { ListReading } from '../src/db/list-places.ts';
import { outboxRows, toOutboxEmail, type OutboxRow } from '../src/db/outbox-rows.ts';
import { listBounds, type ListBounds } from '../src/outbox/list-way.ts';
import { sees, sightOf, type ReadScope } from '../src/outbox/visibility.ts';
import { inPromisedOrder, putListedEmails } from './list-fixture.ts';
import { givenOutbox } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
const random = seededRandom(20_261_124);
const packets = ['T-1', 'C-2', 'é-3'];
const readers = ['lea', 'max', 'ina', 'boss', 'everyone'];

/** Everything in the list as its rows show it, and whose it is. */
let emails: (OutboxEmail & { due: Date; teamKeys: number[] })[];
let scopes: ReadScope[];

beforeAll(async () => {
  await given.directory([
    { kind: 'team', id: 'north', name: 'North', leaderId: 'lea', memberIds: ['max'] },
    { kind: 'team', id: 'south', name: 'South', parentId: 'north', memberIds: ['ina', 'max'] },
    { kind: 'user', id: 'lea', name: 'Léa' },
    { kind: 'user', id: 'max', name: 'max' },
    { kind: 'user', id: 'ina', name: 'Ina' },
    { kind: 'user', id: 'everyone', name: 'Everyone', access: 'all' },
    { kind: 'user', id: 'boss', name: 'Boss', accessUserIds: ['ina'], accessTeamIds: ['south'] },
    { kind: 'packet', id: 'T-1', type: 'ticket', title: 'One', workerIds: ['ina'] },
    { kind: 'packet', id: 'C-2', type: 'case', title: 'Two', accessIds: ['lea'] },
  ]);
  const connectors = await Promise.all(Array.from({ length: 4 }, () => given.connector()));
  await given.database`
    update connector set paused_until = now() + interval '20 minutes', name = 'same name' where id = ${connectors[0]!}`;
  await given.database`update connector set name = 'SAME NAME' where id = ${connectors[1]!}`;
  await disableConnector(given.database, given.portalId, connectors[2]!, 'administrator');
  const authors = ['lea', 'max', 'ina', 'stranger', null, null];
  await putListedEmails(given, random, connectors, 140, { authors, packets });
  const other = randomUUID();
  const elsewhere = await given.connector(other);
  const ids = await given.submitMany(elsewhere, [{ authorId: 'lea' }, { authorId: 'max' }], other);
  await given.database`update outbox_email set listed = true where id = any(${ids}::uuid[])`;

  const rows = await given.database<(OutboxRow & { team_keys: number[] })[]>`
    select it.*, array(select team_key from email_team where email_id = it.id) as team_keys
    from (${outboxRows(given.database)}
          where e.portal_id = ${given.portalId} and e.listed and e.state <> 'cancelled') it`;
  emails = rows.map((row) => ({ ...toOutboxEmail(row), due: row.due_at, teamKeys: row.team_keys }));
  scopes = await Promise.all(readers.map((reader) => given.scopeOf(reader)));
});

/** Everything that should be listed, in order. `null`: the rows cannot tell. */
function expected(
  scope: ReadScope,
  view: OutboxView,
  filter: OutboxFilter,
  sort: OutboxSort,
): string[] | null {
  const seen = emails.filter(({ author, packet, teamKeys }) =>
    sees(sightOf(scope, view), { authorId: author?.id ?? null, packetRef: packet?.ref ?? null, teamKeys }),
  );
  const matching = seen.map((email) => [email, matchesFilter(filter, email)] as const);
  if (matching.some(([, matches]) => matches === null)) return null;
  const due = new Map(emails.map((email) => [email.id, email.due]));
  const listed = matching.flatMap(([email, matches]) => (matches ? [email] : []));
  return inPromisedOrder(listed, sort, (id) => due.get(id)!).map(({ id }) => id);
}

/** All ids, page by page. */
async function listAll(
  question: ListQuestion,
  limit: number,
  bounds: ListBounds,
  backwards = false,
): Promise<string[]> {
  const ids: string[] = [];
  let reading: ListReading = { backwards, from: null };
  for (;;) {
    const page = await listEmails(given.database, question, reading, limit, bounds);
    const ofPage = page.items.map(({ id }) => id);
    if (backwards) ids.unshift(...ofPage);
    else ids.push(...ofPage);
    if (!page.more) return ids;
    reading = { backwards, from: backwards ? page.first : page.last };
  }
}

const question = (
  scope: ReadScope,
  view: OutboxView,
  sort: OutboxSort,
  filter: OutboxFilter = {},
): ListQuestion => ({
  ...{ portalId: given.portalId, sight: sightOf(scope, view), filter, sort, language: 'en' },
});

const twoOf = <Item>(items: readonly Item[]): Item[] => [random.pick(items), random.pick(items)];

/** Bounds under which every way is taken, as large outboxes and small ones take them. */
const ways: [string, ListBounds][] = [
  ['gathering', { ...listBounds, few: 100_000, parts: 0, filteredParts: 0 }],
  ['walking', { ...listBounds, few: 0, parts: 0, filteredParts: 0 }],
  ['walking and giving up', { ...listBounds, few: 0, walk: 7, glance: 3, parts: 0, filteredParts: 0 }],
  ['merging', { ...listBounds, few: 0, parts: 1000, filteredParts: 1000 }],
  ['finding', { ...listBounds, few: 60, glance: 2, parts: 0, filteredParts: 0 }],
];

describe.each(ways)('by %s, a list', (_, bounds) => {
  it.each(outboxSorts)('is in the promised order, page after page and back: %s', async (sort) => {
    for (const scope of twoOf(scopes)) {
      const view = random.pick(outboxViews);
      const whole = expected(scope, view, {}, sort);
      const limit = 5 + random.below(40);
      const asked = question(scope, view, sort);
      expect(await listAll(asked, limit, bounds), `${scope.userId} ${view}`).toEqual(whole);
      expect(await listAll(asked, limit, bounds, true), `${scope.userId} ${view}, back`).toEqual(whole);
    }
  });

  it.each(filters())('has exactly what matches, as its total says: %s', async (_name, filter) => {
    for (const scope of twoOf(scopes)) {
      for (const view of twoOf(outboxViews)) {
        const sort = random.pick(outboxSorts);
        const whole = expected(scope, view, filter, sort);
        const listed = await listAll(question(scope, view, sort, filter), 5 + random.below(30), bounds);
        if (whole !== null) expect(listed, `${scope.userId} ${view} ${sort}`).toEqual(whole);
        const sight = sightOf(scope, view);
        const total = await readTotal(given.database, { portalId: given.portalId, sight, filter });
        expect(total.value).toBe(listed.length);
      }
    }
  });
});

function filters(): [string, OutboxFilter][] {
  const single: OutboxFilter[] = [
    ...sendStatuses.map((status) => ({ status: [status] })),
    { status: ['failed', 'queued'] },
    { cause: ['unknown_user'] },
    { cause: Object.keys(deliveryCauses) as DeliveryCause[] },
    { author: ['lea', 'stranger'] },
    { packetType: ['ticket'] },
    { importance: ['high', 'low'] },
    { systemGenerated: true },
    { systemGenerated: false },
    { hasAttachments: true },
    { hasAttachments: false },
    { submittedFrom: new Date(Date.now() - 900_000).toISOString() },
    { submittedFrom: new Date(Date.now() - 1_500_000).toISOString(), submittedTo: new Date().toISOString() },
    { search: 'ELODIE' },
    { search: 'elodie durand' },
    { search: 'oeuvre 50%_\\' },
    { search: 'Réponse' },
    { search: 'user unknown 550' },
    { search: 'greylisted' },
    { search: 'é-3' },
    { search: 'nothing like it' },
    { search: '山田太郎' },
    { status: ['failed'], importance: ['normal'], systemGenerated: false },
    {
      search: 'nord',
      cause: ['greylisted', 'mailbox_full'],
      status: ['pending_retry', 'connector_disabled'],
    },
  ];
  return single.map((filter) => [JSON.stringify(filter).replaceAll(/\d{4}-[^"]*/g, '…'), filter]);
}

describe('a search', () => {
  const found = async (search: string) =>
    await listAll(question(scopes[4]!, 'all', '-submittedAt', { search }), 50, listBounds);

  it('finds an email by a recipient that its row does not show', async () => {
    const [row] = await given.database<{ id: string; address: string }[]>`
      select r.email_id as id, r.address from email_recipient r
      join outbox_email e on e.id = r.email_id
      where r.position > 0 and e.portal_id = ${given.portalId} and e.listed and e.state <> 'cancelled'
        and not exists (select from email_recipient f where f.email_id = e.id and f.position = 0 and f.address = r.address)
      limit 1`;
    expect(await found(row!.address.toUpperCase())).toContain(row!.id);
  });

  it('finds what an author sent by the name that the author has now', async () => {
    const before = await found('stranger');
    expect(before.length).toBeGreaterThan(0);
    await given.directory([{ kind: 'user', id: 'stranger', name: 'Zoé Lumière' }]);
    expect(await found('zoe lumiere')).toEqual(before);
    expect(await found('stranger')).toEqual([]);
    const page = await listEmails(
      given.database,
      question(scopes[4]!, 'all', '-author'),
      { backwards: false, from: null },
      1,
    );
    expect(page.items[0]?.author?.name).toBe('Zoé Lumière');
    await given.directory([{ kind: 'user', id: 'stranger', deleted: true }]);
    expect(await found('stranger')).toEqual(before);
  });
});
