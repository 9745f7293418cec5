import { beforeAll, describe, expect, it } from 'vitest';
import {
  matchesFilter,
  outboxViews,
  sendStatuses,
  type OutboxCauses,
  type OutboxCount,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxPage,
  type OutboxView,
} from '@portal-outbox/contracts';
import { disableConnector } from '../src/db/connectors.ts';
import { inTransaction } from '../src/db/database.ts';
import { portalApi } from './api-fixture.ts';
import { givenOutbox, many } from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
const api = portalApi(given);
const users = ['ada', 'bob', 'cy', 'dan', 'eve', 'root', 'nobody'];

async function get(user: string, path: string, query: string[][] | Record<string, string>): Promise<unknown> {
  const { status, body } = await api.call(user, 'GET', `${path}?${new URLSearchParams(query)}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
/** As soon as it is true: until then it says when to ask again. */
async function whenTrue<Answer extends Pick<OutboxCount, 'newerInMs'>>(
  ask: () => Promise<unknown>,
): Promise<Answer> {
  for (;;) {
    const answer = (await ask()) as Answer;
    if (answer.newerInMs == null) return answer;
    await new Promise((resolve) => setTimeout(resolve, answer.newerInMs ?? 0));
  }
}
const count = (user: string, query: Record<string, string> = {}) =>
  whenTrue<OutboxCount>(() => get(user, '/v1/outbox/count', query));
const causes = (user: string, query: Record<string, string> = {}) =>
  whenTrue<OutboxCauses>(() => get(user, '/v1/outbox/causes', query));
const list = async (user: string, view: OutboxView) =>
  (await get(user, '/v1/outbox', { view, limit: '500' })) as OutboxPage;

describe('of a random outbox', () => {
  let off: string;
  const replies = ['450 4.2.0 Greylisted', '550 5.1.1 No such user', ''];

  beforeAll(async () => {
    const random = seededRandom(4);
    const user = (id: string) => ({ kind: 'user' as const, id, name: id });
    await given.directory([
      ...users.map(user),
      { ...user('root'), access: 'all' },
      { kind: 'team', id: 'north', name: 'North', leaderId: 'dan', memberIds: ['ada', 'bob'] },
      {
        kind: 'team',
        id: 'south',
        name: 'South',
        parentId: 'north',
        leaderId: 'eve',
        memberIds: ['bob', 'cy'],
      },
      { kind: 'packet', id: '1-T', type: 'ticket', title: '1', workerIds: ['cy'], accessIds: ['ada'] },
      { kind: 'packet', id: '2-C', type: 'case', title: '2', workerIds: ['ada', 'nobody'] },
      { kind: 'packet', id: '3-A', type: 'action', title: '3', accessIds: ['nobody'] },
    ]);
    const packets = [
      { ref: '1-T', type: 'ticket' as const },
      { ref: '2-C', type: 'case' as const },
      { ref: '3-A', type: 'action' as const },
    ];
    const connectors = [await given.connector(), await given.connector(), await given.connector()];
    for (const connectorId of connectors) {
      const emails = Array.from({ length: 60 }, () => ({
        authorId: random.next() < 0.3 ? null : random.pick(users),
        importance: random.pick(['high', 'normal', 'low'] as const),
        ...(random.next() < 0.6 && { packet: random.pick(packets) }),
      }));
      for (const id of await given.submitMany(connectorId, emails)) {
        const cause = random.pick(['greylisted', 'unknown_user', null]);
        const [state, sendCount] = random.pick([
          ['failed', 2],
          ['waiting', 0],
          ['waiting', 1],
          ['cancelled', 1],
        ] as const);
        await given.put(id, {
          ...{ state, send_count: sendCount, listed: random.next() < 0.9, version: 2 },
          retry_asked: state === 'waiting' && random.next() < 0.2,
          submitted_at: new Date(Date.UTC(2026, 0, 1) + Math.floor(random.next() * 1e10)),
          ...(cause !== null && {
            last_cause: cause,
            last_reply: random.pick(replies),
            last_attempt_at: new Date(Date.UTC(2026, 5, 1) + Math.floor(random.next() * 1e9)),
            first_failed_at: random.next() < 0.8 ? new Date(Date.UTC(2026, 4, 1)) : null,
          }),
        });
      }
    }
    off = connectors[2]!;
    await disableConnector(given.database, given.portalId, off, 'administrator');
  });

  const filters: Record<string, OutboxFilter> = {
    nothing: {},
    status: { status: ['failed', 'connector_disabled'] },
    cause: { cause: ['greylisted'] },
    author: { author: ['ada', 'bob'] },
    importance: { importance: ['high', 'low'] },
    system: { systemGenerated: true },
    several: { packetType: ['ticket', 'action'], status: ['pending_retry'], systemGenerated: false },
    none: { search: 'no such words' },
  };
  const asQuery = (filter: OutboxFilter) =>
    Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, [value].flat().join(',')]));

  it.each(users)('what %s counts is what the list shows, in every view, with every filter', async (user) => {
    for (const view of outboxViews) {
      const page = await list(user, view);
      expect(page.total, view).toBe(page.items.length);
      for (const [name, filter] of Object.entries(filters)) {
        const matching = page.items.filter((email) => matchesFilter(filter, email));
        const counted = await count(user, { view, ...asQuery(filter) });
        expect(counted, `${view}, ${name}`).toMatchObject({
          view,
          ...expectedCount(matching),
          newerInMs: null,
        });
      }
    }
  });

  it.each(users)('what stands still, for %s, is grouped by connector and cause', async (user) => {
    for (const view of outboxViews) {
      const { items } = await list(user, view);
      for (const filter of [filters['nothing']!, filters['status']!]) {
        const groups = await causes(user, { view, ...asQuery(filter) });
        const matching = items.filter((email) => matchesFilter(filter, email) && email.lastFailure !== null);
        const sum = groups.items.reduce((total, group) => total + group.total, 0);
        expect(sum).toBe(matching.length);
        for (const group of groups.items) {
          const its = matching.filter(
            ({ connector, lastFailure }) =>
              connector.id === group.connector.id && lastFailure?.cause === group.cause,
          );
          const failed = its.filter(({ status }) => status === 'failed').length;
          const lastAt = its
            .map((it) => it.lastAttemptAt ?? '')
            .toSorted()
            .at(-1);
          const firstAt = its.map((it) => it.firstFailedAt ?? it.lastAttemptAt ?? '').toSorted()[0];
          expect(group).toMatchObject({
            ...{ total: its.length, failed, waiting: its.length - failed, firstAt, lastAt },
            connector: { name: its[0]?.connector.name },
          });
          const latest = its.filter((it) => it.lastAttemptAt === lastAt);
          expect(latest.map((it) => it.lastFailure?.reply)).toContain(group.exampleReply);
          expect(group.advice.en).not.toBe('');
        }
      }
    }
  });
});

function expectedCount(emails: readonly OutboxEmail[]) {
  const of = (status: string) => emails.filter((email) => email.status === status).length;
  const connectors = new Map<string, { id: string; name: string; total: number }>();
  for (const { connector } of emails) {
    const known = connectors.get(connector.id);
    const total = (known?.total ?? 0) + 1;
    connectors.set(connector.id, { id: connector.id, name: connector.name, total });
  }
  return {
    total: emails.length,
    failed: of('failed'),
    byStatus: Object.fromEntries(sendStatuses.map((status) => [status, of(status)])),
    byConnector: [...connectors.values()].toSorted((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1)),
    oldestWaitingAt: emails.map((it) => it.submittedAt).toSorted()[0] ?? null,
  };
}

describe('counts are true', () => {
  const user = 'zoe';
  const submitted = (number: number, connectorId: string) =>
    given.submitMany(connectorId, many(number, { authorId: user, sendAt: '2027-01-01T00:00:00Z' }));

  it('as soon as something has changed', async () => {
    const connectorId = await given.connector();
    const before = (await count(user)).total;
    const [id] = await submitted(2, connectorId);
    expect((await count(user)).total).toBe(before + 2);
    expect((await api.call(user, 'POST', `/v1/emails/${id}/cancel`, { body: {} })).status).toBe(200);
    expect((await count(user)).total).toBe(before + 1);
  });

  it('of what commits late, after a later transaction was counted', async () => {
    const connectorId = await given.connector();
    const [late, early] = await submitted(2, connectorId);
    let commit = (): void => undefined;
    let written = (): void => undefined;
    const isWritten = new Promise<void>((resolve) => (written = resolve));
    const mayCommit = new Promise<void>((resolve) => (commit = resolve));
    const cancel = (sql: typeof given.database, id: string) =>
      sql`update outbox_email set state = 'cancelled', left_at = now(), version = version + 1 where id = ${id}`;
    const transaction = inTransaction(given.other, async (tx) => {
      await cancel(tx as typeof given.database, late!);
      written();
      await mayCommit;
    });
    await isWritten;
    await cancel(given.database, early!);
    const { total } = await count(user, { view: 'all' });
    commit();
    await transaction;
    expect((await count(user, { view: 'all' })).total).toBe(total - 1);
  });

  it('of a connector that was switched off', async () => {
    const connectorId = await given.connector();
    await submitted(3, connectorId);
    const query = { connector: connectorId };
    expect((await count(user, query)).byStatus).toMatchObject({ queued: 3, connector_disabled: 0 });
    await disableConnector(given.database, given.portalId, connectorId, 'administrator');
    expect((await count(user, query)).byStatus).toMatchObject({ queued: 0, connector_disabled: 3 });
  });

  it('of a team that somebody has joined', async () => {
    const connectorId = await given.connector();
    const query = { view: 'team', connector: connectorId };
    const team = { kind: 'team' as const, id: 'joined', name: 'Joined' };
    await given.directory([{ ...team, memberIds: ['ann'] }]);
    await submitted(3, connectorId);
    expect((await count('ann', query)).total).toBe(0);
    await given.directory([{ ...team, memberIds: ['ann', user] }]);
    expect((await count('ann', query)).total).toBe(3);
    await given.directory([{ ...team, memberIds: ['ann'] }]);
    expect((await count('ann', query)).total).toBe(0);
  });

  it('and never of another portal’s emails', async () => {
    const other = crypto.randomUUID();
    const before = await count('root', { view: 'all' });
    await given.submitMany(await given.connector(other), many(5, { authorId: user }), other);
    await given.database`update outbox_email set listed = true, version = version + 1 where portal_id = ${other}`;
    expect(await count('root', { view: 'all' })).toMatchObject({
      total: before.total,
      byConnector: before.byConnector,
    });
  });
});

describe('a filter in an address', () => {
  it.each([
    ['a status that there is not', { status: 'failed,sent' }, 'query/status/1'],
    ['a flag that is neither', { systemGenerated: 'yes' }, 'query/systemGenerated'],
    ['a date without an offset', { submittedFrom: '2026-01-01T00:00:00' }, 'query/submittedFrom'],
    ['a connector that is no id', { connector: 'main' }, 'query/connector/0'],
    ['a parameter that there is not', { statuses: 'failed' }, 'query/statuses'],
  ])('is refused: %s', async (_, query, field) => {
    for (const path of ['/v1/outbox/count', '/v1/outbox/causes']) {
      const answer = await api.call('ada', 'GET', `${path}?${new URLSearchParams(query)}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid', fields: [{ field }] } });
    }
  });

  it('names several authors, also ones with a comma', async () => {
    const connectorId = await given.connector();
    for (const authorId of ['Lovelace, Ada', 'b\\ob', 'cy']) {
      await given.submit(connectorId, { authorId, sendAt: '2027-01-01T00:00:00Z' });
    }
    const query = String.raw`Lovelace\, Ada,b\\ob`;
    expect((await count('root', { view: 'all', connector: connectorId, author: query })).total).toBe(2);
    const authors = ['cy', String.raw`b\\ob`].map((id) => ['author', id]);
    const repeated = [['view', 'all'], ['connector', connectorId], ...authors];
    expect(await get('root', '/v1/outbox/count', repeated)).toMatchObject({ total: 2 });
  });
});
