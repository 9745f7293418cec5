import { expect } from 'vitest';
import type { Database } from '../../src/db/database.ts';
import type { Subject } from './situations.ts';

export interface HistoryEntry {
  attemptNo: number;
  result: string | null;
  cause: string | null;
  claimed: boolean;
  ended: boolean;
}

/** All that is known of an email once nobody acts on it any more. */
export interface Standing {
  hot: number;
  archived: number;
  state: string;
  attemptNo: number;
  version: number;
  publication: number;
  token: string | null;
  leased: boolean;
  retryAsked: boolean;
  mayHaveBeenSent: boolean;
  sendCount: number;
  seriesPosition: number;
  lane: number;
  lastCause: string | null;
  cancelledFrom: string | null;
  left: boolean;
  due: boolean;
  recipients: string[];
  history: HistoryEntry[];
  /** How often its change was told. */
  changes: number;
  connector: { enabled: boolean };
}

/** In the order of the subjects. */
export async function look(database: Database, subjects: readonly Subject[]): Promise<Standing[]> {
  const rows = await database<(Standing & { id: string })[]>`
    with both_tables as (
      select *, false as gone from outbox_email where id = any(${subjects.map(({ id }) => id)}::uuid[])
      union all
      select *, true from email_archive where id = any(${subjects.map(({ id }) => id)}::uuid[])
    )
    select e.id, (select count(*)::int from both_tables b where b.id = e.id and not b.gone) as hot,
           (select count(*)::int from both_tables b where b.id = e.id and b.gone) as archived, e.state, e.attempt_no as "attemptNo", e.version, e.publication, e.claim_token as token,
           e.lease_until > now() as leased, e.retry_asked as "retryAsked",
           e.may_have_been_sent as "mayHaveBeenSent", e.send_count as "sendCount",
           e.series_position as "seriesPosition", e.lane, e.last_cause as "lastCause",
           e.cancelled_from as "cancelledFrom", e.left_at is not null as left, e.due_at <= now() as due,
           array(select r.state from email_recipient r where r.email_id = e.id order by r.position) as recipients,
           coalesce((
             select json_agg(json_build_object('attemptNo', s.attempt_no, 'result', s.result, 'cause', s.cause,
                                               'claimed', s.claimed_at is not null, 'ended', s.ended_at is not null)
                             order by s.attempt_no)
             from send_attempt s where s.email_id = e.id
           ), '[]') as history,
           (select count(*)::int from outbox_change c where c.email_id = e.id) as changes,
           (select json_build_object('enabled', c.enabled) from connector c where c.id = e.connector_id) as connector
    from both_tables e`;
  return subjects.map((subject) => {
    const found = rows.find((row) => row.id === subject.id);
    if (found === undefined) throw new Error('The email is neither in the outbox nor in the archive.');
    const { id: _, ...standing } = found;
    return standing;
  });
}

const reachedTheServer = new Set(['accepted', 'deferred', 'rejected', 'uncertain']);

/** What must hold whatever was done, and in whatever order. */
export function expectConsistent(now: Standing, before: Standing, what: string): void {
  expect([now.hot, now.archived], what).toEqual(now.state === 'sent' ? [0, 1] : [1, 0]);
  expect(now.attemptNo, what).toBeGreaterThanOrEqual(before.attemptNo);
  // Each change of the row raises its version once and is told once; leaving the outbox is told too.
  // What had been cancelled has left it before.
  const leaves = now.state === 'sent' && now.cancelledFrom === null;
  const told = now.version - before.version + (leaves ? 1 : 0);
  expect(now.changes - before.changes, what).toBe(told);

  const numbers = now.history.map((entry) => entry.attemptNo);
  expect(new Set(numbers).size, what).toBe(numbers.length);
  for (const entry of now.history) {
    expect(entry, what).toMatchObject({ ended: true, result: expect.any(String) });
    expect(entry.attemptNo, what).toBeLessThanOrEqual(now.attemptNo);
  }
  const reached = now.history.filter(({ result }) => reachedTheServer.has(result!));
  expect(now.sendCount, what).toBe(reached.length);
  const everybody = now.recipients.every((state) => state === 'delivered');
  // A late outcome may say so while the next attempt is in hand.
  if (everybody) expect(['sent', 'claimed'], what).toContain(now.state);
  else expect(now.state, what).not.toBe('sent');
  for (const [position, state] of before.recipients.entries()) {
    if (state === 'delivered') expect(now.recipients[position], what).toBe('delivered');
  }
  if (now.state === 'claimed') {
    expect([now.token !== null, now.leased !== null], what).toEqual([true, true]);
    expect(numbers, what).not.toContain(now.attemptNo);
  }
  if (now.mayHaveBeenSent) {
    expect(
      now.history.some(({ result }) => result === 'uncertain'),
      what,
    ).toBe(true);
  }
  expect(now.left, what).toBe(now.state === 'cancelled' || now.state === 'sent');
}
