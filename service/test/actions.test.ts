import { beforeAll, describe, expect, it } from 'vitest';
import type { OutboxEmail, Problem } from '@portal-outbox/contracts';
import { readRows } from '../src/db/list-emails.ts';
import { portalApi } from './api-fixture.ts';
import { anHourAgo, author, givenOutbox, inOneHour, outcomeOf, type EmailRow } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

type Action = 'retry' | 'send-now' | 'cancel' | 'restore';
const offerOf = { retry: 'retry', 'send-now': 'sendNow', cancel: 'cancel' } as const;

async function act(id: string, action: Action, body?: unknown, user = author) {
  const { status, body: answer } = await api.call(user, 'POST', `/v1/emails/${id}/${action}`, { body });
  return { status, ...(answer as { email?: OutboxEmail | null; code?: Problem['code']; detail?: string }) };
}
const rowOf = async (id: string) =>
  (await readRows(given.database, await given.scopeOf(author), [id]))[0] ?? null;

interface Connector {
  enabled: boolean;
  paused: boolean;
}
const connectors = new Map<string, string>();
const nameOf = ({ enabled, paused }: Connector) => `${enabled} ${paused}`;
beforeAll(async () => {
  for (const enabled of [true, false]) {
    for (const paused of [true, false]) {
      const id = await given.connector();
      await given.database`
        update connector set enabled = ${enabled}, paused_until = ${paused ? inOneHour() : null} where id = ${id}`;
      connectors.set(nameOf({ enabled, paused }), id);
    }
  }
});

/** Every situation that an email in the outbox can be in. */
const situations: [string, Connector, Partial<EmailRow>][] = [true, false].flatMap((enabled) =>
  [true, false].flatMap((paused) =>
    (['waiting', 'dispatched', 'claimed', 'failed'] as const).flatMap((state) =>
      [0, 2].flatMap((send_count) =>
        [true, false].flatMap((retry_asked) =>
          [anHourAgo(), inOneHour()].map((due_at): [string, Connector, Partial<EmailRow>] => [
            [
              `${state}, connector ${enabled ? 'on' : 'off'}${paused ? ' and paused' : ''}`,
              send_count > 0 ? 'tried before' : 'not tried',
              ...(retry_asked ? ['retry asked for'] : []),
              due_at > new Date() ? 'due later' : 'due',
            ].join(', '),
            { enabled, paused },
            { state, send_count, retry_asked, due_at, listed: true },
          ]),
        ),
      ),
    ),
  ),
);

describe('does exactly what it offers, and says why not: an email that is', () => {
  it.each(situations)('%s', async (_, connector, columns) => {
    for (const action of ['retry', 'send-now', 'cancel'] as const) {
      const id = await given.submit(connectors.get(nameOf(connector))!);
      await given.put(id, columns);
      const offered = (await rowOf(id))!.can[offerOf[action]];
      const before = await given.row(id);
      const answer = await act(id, action);
      const after = await given.row(id);
      if (offered === true) {
        expect(answer.status, action).toBe(200);
        expect(after.attempt_no, action).toBe(before.attempt_no + 1);
        expect(after.version, action).toBe(before.version + 1);
        expect(answer.email ?? null).toEqual(action === 'cancel' ? null : await rowOf(id));
        continue;
      }
      expect(after, action).toEqual(before);
      const already = ['retry_on_its_way', 'nothing_to_bring_forward'].includes(offered);
      expect(answer.status, `${action}: ${offered}`).toBe(already ? 200 : 409);
      expect(answer.email, action).toEqual(await rowOf(id));
      if (!already) expect(answer.code).toBe(offered === 'about_to_be_sent' ? 'not_tried_yet' : offered);
    }
  });
});

/** "What one may do": for each situation the answers to Retry, Send Now and Cancel, word for word as promised. */
describe('answers as promised, for an email that is', () => {
  type Answer = 'done' | 'already so' | Problem['code'];
  const enabled = { enabled: true, paused: false };
  const failed: Partial<EmailRow> = { state: 'failed', send_count: 1, last_cause: 'unknown_user' };
  const table: [string, Connector, Partial<EmailRow>, Answer, Answer, Answer][] = [
    ['Failed', enabled, failed, 'done', 'already so', 'done'],
    [
      ...(['Failed, connector off', { enabled: false, paused: false }, failed] as const),
      ...(['connector_disabled', 'connector_disabled', 'done'] as const),
    ],
    [
      ...(['Connector Disabled', { enabled: false, paused: false }, { send_count: 1 }] as const),
      ...(['connector_disabled', 'connector_disabled', 'done'] as const),
    ],
    [
      ...(['Pending Retry, waiting for its time', enabled, { send_count: 1, due_at: inOneHour() }] as const),
      ...(['done', 'already so', 'done'] as const),
    ],
    [
      ...(['Pending Retry, asked for', enabled, { send_count: 1, retry_asked: true }] as const),
      ...(['already so', 'already so', 'done'] as const),
    ],
    [
      ...(['Pending Retry, published', enabled, { send_count: 1, state: 'dispatched' }] as const),
      ...(['already so', 'already so', 'done'] as const),
    ],
    [
      ...(['Queued, scheduled or held', enabled, { due_at: inOneHour() }] as const),
      ...(['not_tried_yet', 'done', 'done'] as const),
    ],
    ['Queued, about to go', enabled, {}, 'not_tried_yet', 'already so', 'done'],
    ['Queued, published', enabled, { state: 'dispatched' }, 'not_tried_yet', 'already so', 'done'],
    [
      ...(['Queued, connector paused', { enabled: true, paused: true }, { due_at: inOneHour() }] as const),
      ...(['not_tried_yet', 'already so', 'done'] as const),
    ],
    ['claimed', enabled, { state: 'claimed' }, 'being_sent', 'being_sent', 'being_sent'],
  ];

  it.each(table)('%s', async (_, connector, columns, retry, sendNow, cancel) => {
    const promised = { retry, 'send-now': sendNow, cancel };
    for (const action of ['retry', 'send-now', 'cancel'] as const) {
      const id = await given.submit(connectors.get(nameOf(connector))!);
      await given.put(id, { listed: true, ...columns });
      const before = await given.row(id);
      const { status, code } = await act(id, action);
      const changed = (await given.row(id)).version > before.version;
      const answer = status === 200 ? (changed ? 'done' : 'already so') : code;
      expect(answer, action).toBe(promised[action]);
      if (status !== 200) expect([status, changed]).toEqual([409, false]);
    }
  });

  it('perhaps sent: Retry asks first, Cancel does not', async () => {
    for (const [action, promised] of [
      ['retry', 409],
      ['send-now', 200],
      ['cancel', 200],
    ] as const) {
      const id = await given.submit(connectors.get(nameOf(enabled))!);
      await given.put(id, { ...failed, may_have_been_sent: true, listed: true });
      expect((await act(id, action)).status, action).toBe(promised);
    }
  });
});

describe('retry', () => {
  it('asks first when it may have been sent, and goes when a person accepts', async () => {
    const email = await given.claimed(await given.connector());
    await given.settle(outcomeOf(email, { result: 'uncertain', cause: 'may_have_been_sent' }));
    expect(await act(email.id, 'retry')).toMatchObject({
      status: 409,
      code: 'may_have_been_sent',
      email: { id: email.id },
    });
    expect(await act(email.id, 'retry', { acceptDuplicate: false })).toMatchObject({ status: 409 });
    expect(await act(email.id, 'retry', { acceptDuplicate: true })).toMatchObject({
      ...{ status: 200, email: { status: 'pending_retry', mayHaveBeenSent: false } },
    });
  });

  it('pressed twice is one retry', async () => {
    const id = await given.submit(await given.connector());
    await given.put(id, { state: 'failed', send_count: 1, listed: true });
    expect(await act(id, 'retry')).toMatchObject({ status: 200 });
    const { attempt_no } = await given.row(id);
    expect(await act(id, 'retry')).toMatchObject({ status: 200, email: { status: 'pending_retry' } });
    expect((await given.row(id)).attempt_no).toBe(attempt_no);
  });
});

describe('of an email that has left', () => {
  it.each(['retry', 'send-now', 'cancel', 'restore'] as const)('as sent, %s is refused', async (action) => {
    const email = await given.claimed(await given.connector());
    await given.settle(outcomeOf(email));
    const code = action === 'restore' ? 'not_restorable' : 'already_sent';
    expect(await act(email.id, action)).toMatchObject({ status: 409, code });
  });

  it('as cancelled: cancel is already so, the others are refused', async () => {
    const id = await given.submit(await given.connector());
    expect(await act(id, 'cancel')).toMatchObject({ status: 200, email: null });
    expect(await act(id, 'cancel')).toMatchObject({ status: 200, email: null });
    expect(await act(id, 'retry')).toMatchObject({ status: 409, code: 'already_cancelled' });
    expect(await act(id, 'send-now')).toMatchObject({ status: 409, code: 'already_cancelled' });
  });
});

describe('restore', () => {
  const cancelled = async (columns: Partial<EmailRow>, changes: Partial<EmailRow> = {}) => {
    const id = await given.submit(await given.connector());
    await given.put(id, columns);
    await act(id, 'cancel');
    await given.put(id, changes);
    return id;
  };
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

  it('within a minute brings it back as it was, due 10 s later at the earliest', async () => {
    const id = await cancelled({});
    expect(await act(id, 'restore')).toMatchObject({ status: 200, email: { id, status: 'queued' } });
    const { due_at, state } = await given.row(id);
    expect(state).toBe('waiting');
    expect(due_at.getTime()).toBeGreaterThan(Date.now() + 5_000);
    expect(due_at.getTime()).toBeLessThanOrEqual(Date.now() + 10_000);
  });

  it('keeps a later time', async () => {
    const due_at = inOneHour();
    const id = await cancelled({ due_at }, { left_at: minutesAgo(30) });
    expect(await act(id, 'restore')).toMatchObject({
      status: 200,
      email: { nextAttemptAt: due_at.toISOString() },
    });
  });

  it('of a failed email brings it back failed, with its reason', async () => {
    const id = await cancelled({
      state: 'failed',
      last_cause: 'unknown_user',
      last_reply: '550 No',
      send_count: 1,
    });
    expect(await act(id, 'restore')).toMatchObject({
      ...{
        status: 200,
        email: { status: 'failed', lastFailure: { cause: 'unknown_user', reply: '550 No' } },
      },
    });
  });

  it('after its time has passed makes it Failed, and says so', async () => {
    const id = await cancelled({}, { left_at: minutesAgo(2), due_at: minutesAgo(2) });
    expect(await act(id, 'restore')).toMatchObject({
      ...{
        status: 200,
        email: { status: 'failed', lastFailure: { cause: 'time_passed', reply: '' }, can: { retry: true } },
      },
    });
  });

  it('after its time has passed leaves no Retry behind that was asked for before', async () => {
    const id = await cancelled(
      { send_count: 1, retry_asked: true, first_failed_at: null },
      { left_at: minutesAgo(2), due_at: minutesAgo(2) },
    );
    await act(id, 'restore');
    const row = await given.row(id);
    expect(row).toMatchObject({ state: 'failed', retry_asked: false });
    // "Logged": it is Failed now.
    expect(row.first_failed_at).not.toBeNull();
    expect(await act(id, 'retry')).toMatchObject({ status: 200, email: { status: 'pending_retry' } });
  });

  it('of a Retry that was asked for brings it back as it was, within a minute', async () => {
    const id = await cancelled({ send_count: 1, retry_asked: true });
    expect(await act(id, 'restore')).toMatchObject({ status: 200, email: { status: 'pending_retry' } });
    expect((await given.row(id)).retry_asked).toBe(true);
  });

  it('is refused after 24 hours', async () => {
    const id = await cancelled({}, { left_at: minutesAgo(24 * 60 + 1) });
    expect(await act(id, 'restore')).toMatchObject({ status: 409, code: 'not_restorable' });
  });

  it('of an email that is there already is so already', async () => {
    const id = await given.submit(await given.connector());
    expect(await act(id, 'restore')).toMatchObject({ status: 200, email: { id } });
  });
});

it.each(['retry', 'send-now', 'cancel', 'restore'] as const)(
  'hides the email from strangers: %s',
  async (action) => {
    const id = await given.submit(await given.connector());
    await given.put(id, { state: action === 'restore' ? 'cancelled' : 'failed', left_at: new Date() });
    const before = await given.row(id);
    expect(await act(id, action, {}, 'eve')).toMatchObject({ status: 404, code: 'not_found' });
    expect(await given.row(id)).toEqual(before);
  },
);
