import { beforeAll, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import {
  importedEmail,
  type AttemptOutcome,
  type HeldChoice,
  type SendAttempt,
} from '@portal-outbox/contracts';
import { newEmailIds } from '../src/api/new-email-ids.ts';
import { claimAttempts } from '../src/db/claim-attempts.ts';
import { disableConnector } from '../src/db/connectors.ts';
import { inTransaction } from '../src/db/database.ts';
import { cancelEmail, restoreEmail, retryEmail, sendEmailNow } from '../src/db/email-transitions.ts';
import { enableAndDecide } from '../src/db/held-emails.ts';
import { importEmails } from '../src/db/import-emails.ts';
import { readRows } from '../src/db/list-emails.ts';
import { readSettings, writeSettings } from '../src/db/settings.ts';
import type { ReadScope } from '../src/outbox/visibility.ts';
import {
  author,
  claimOf,
  deferral,
  givenOutbox,
  leases,
  outcomeOf,
  refusal,
  unclaimedOutcomeOf,
  type ClaimedEmail,
} from './outbox-fixture.ts';
import { seededRandom } from './seeded-random.ts';

const given = givenOutbox();
let scope: ReadScope;
beforeAll(async () => {
  scope = await given.scopeOf(author);
});

let imported = 0;
async function importTo(connectorId: string, count = 1): Promise<string[]> {
  const imports = Array.from({ length: count }, () => {
    const email = v.parse(importedEmail, {
      externalId: `old-${(imported += 1)}`,
      connectorId,
      authorId: author,
      from: { address: 'ada@portal.example' },
      to: [{ address: 'ann@customer.example' }, { address: 'bob@customer.example' }],
      subject: 'Old',
      text: 'Body',
      submittedAt: '2019-03-31T02:30:00+02:00',
    });
    return { ...newEmailIds(email.from.address), email };
  });
  await inTransaction(given.database, (tx) => importEmails(tx, given.portalId, imports));
  return imports.map(({ id }) => id);
}
const importOne = async (connectorId: string) => (await importTo(connectorId))[0]!;

const retry = (id: string) => retryEmail(given.database, scope, id, true);
const cancel = (id: string) => cancelEmail(given.database, scope, id);
const restore = (id: string) => restoreEmail(given.database, scope, id);
const statusOf = async (id: string) => (await readRows(given.database, scope, [id]))[0]?.status;
const disable = (connectorId: string) =>
  inTransaction(given.database, (tx) => disableConnector(tx, given.portalId, connectorId, 'administrator'));
const enable = (connectorId: string, choice: HeldChoice) =>
  inTransaction(given.database, (tx) => enableAndDecide(tx, given.portalId, connectorId, choice));
async function setPattern(retryDelaysSeconds: number[]): Promise<void> {
  const { revision, ...settings } = await readSettings(given.database, given.portalId);
  await writeSettings(given.database, given.portalId, { ...settings, retryDelaysSeconds }, revision);
}
async function claim(attempt: SendAttempt): Promise<ClaimedEmail> {
  const asked = claimOf(attempt);
  expect(await claimAttempts(given.database, [asked], leases)).toMatchObject([{ granted: true }]);
  return { id: attempt.emailId, attempt, claim: asked };
}
/** Retried and claimed. */
async function retried(connectorId: string, id: string): Promise<ClaimedEmail> {
  expect(await retry(id)).toBe(true);
  return await claim((await given.dispatch(connectorId)).find((it) => it.emailId === id)!);
}

describe('a migrated email never leaves by itself:', () => {
  const events: [string, (connectorId: string, id: string) => unknown][] = [
    ['when nothing happens', () => undefined],
    [
      'when its connector is disabled and enabled to release',
      (it) => disable(it).then(() => enable(it, 'release')),
    ],
    [
      'when its connector is disabled and enabled to leave',
      (it) => disable(it).then(() => enable(it, 'leave')),
    ],
    ['when the pattern changes', () => setPattern([1, 1, 1])],
    ['when it is sent now', (_, id) => sendEmailNow(given.database, scope, id)],
    ['when it is cancelled and restored', (_, id) => cancel(id).then(() => restore(id))],
    [
      'when it is restored after a cancel that took its Retry back',
      async (_, id) => {
        await retry(id);
        await cancel(id);
        await restore(id);
      },
    ],
    [
      'when all its times have passed',
      (_, id) => given.put(id, { due_at: new Date(0), list_at: new Date(0) }),
    ],
    [
      'when the connector resends what is uncertain',
      (connectorId) => given.database`update connector set on_uncertain = 'resend' where id = ${connectorId}`,
    ],
  ];
  it.each(events)('%s', async (_, happen) => {
    const connectorId = await given.connector();
    const id = await importOne(connectorId);
    await happen(connectorId, id);
    expect(await given.dispatch(connectorId)).toEqual([]);
    expect(await given.row(id)).toMatchObject({ state: 'failed', retry_asked: false });
    expect(await statusOf(id)).toBe('failed');
  });

  it('PostgreSQL itself refuses to let it wait', async () => {
    const id = await importOne(await given.connector());
    for (const state of ['waiting', 'dispatched', 'claimed'] as const) {
      await expect(given.put(id, { state })).rejects.toThrow('outbox_email_migrated');
    }
  });
});

describe('a Retry of a migrated email', () => {
  it('is one attempt, and sends it', async () => {
    const connectorId = await given.connector();
    const id = await importOne(connectorId);
    const email = await retried(connectorId, id);
    await given.settle(outcomeOf(email));
    expect(await given.archived(id)).toMatchObject({ state: 'sent' });
  });

  const slowDown = { ...deferral, code: 421, enhancedCode: '4.7.28', reply: '421 4.7.28 Slow down' } as const;
  const failures: [string, Partial<AttemptOutcome>][] = [
    ['a transient failure', deferral],
    ['a permanent refusal', refusal],
    ['"slow down"', { ...slowDown, cause: 'rate_limited' }],
    ['a doubt', { result: 'uncertain', cause: 'may_have_been_sent', code: null, reply: '' }],
  ];
  describe.each(['hold', 'resend'] as const)('ends Failed, on a connector set to %s, with', (onUncertain) => {
    it.each(failures)('%s', async (_, failure) => {
      await setPattern([1, 1, 1]);
      const connectorId = await given.connector();
      await given.database`update connector set on_uncertain = ${onUncertain} where id = ${connectorId}`;
      const id = await importOne(connectorId);
      await given.settle(outcomeOf(await retried(connectorId, id), failure));
      expect(await given.row(id)).toMatchObject({ state: 'failed', retry_asked: false, send_count: 1 });
      expect(await given.dispatch(connectorId)).toEqual([]);
      // And by hand again, as often as somebody wants.
      await given.settle(outcomeOf(await retried(connectorId, id), deferral));
      expect(await given.row(id)).toMatchObject({ state: 'failed', send_count: 2 });
    });

    it('a worker that fell silent', async () => {
      const connectorId = await given.connector();
      await given.database`update connector set on_uncertain = ${onUncertain} where id = ${connectorId}`;
      const id = await importOne(connectorId);
      await retried(connectorId, id);
      await given.put(id, { lease_until: new Date(0) });
      expect(await given.loseClaims()).toBe(1);
      expect(await given.row(id)).toMatchObject({ state: 'failed', may_have_been_sent: true });
      expect(await given.dispatch(connectorId)).toEqual([]);
    });
  });

  it('goes on as long as it was not tried: the worker could not, or the connector is in trouble', async () => {
    const connectorId = await given.connector();
    const id = await importOne(connectorId);
    await retry(id);
    for (const result of ['not_sent', 'connector_trouble'] as const) {
      const [attempt] = await given.dispatch(connectorId);
      const cause = result === 'not_sent' ? null : 'connection_refused';
      await given.settle(unclaimedOutcomeOf(attempt!, { result, cause, reply: '' }));
      expect(await given.row(id)).toMatchObject({ state: 'waiting', retry_asked: true, send_count: 0 });
      await given.put(id, { due_at: new Date(0) });
    }
    await given.settle(outcomeOf(await claim((await given.dispatch(connectorId))[0]!)));
    expect(await given.archived(id)).not.toBeNull();
  });
});

it.each([1, 2, 3, 4])('whatever happens, each attempt has a Retry of its own: seed %i', async (seed) => {
  const random = seededRandom(seed);
  const connectorId = await given.connector();
  await given.database`update connector set on_uncertain = ${random.pick(['hold', 'resend'])} where id = ${connectorId}`;
  const ids = await importTo(connectorId, 30);
  /** Emails that a person has asked to try, and that were not tried since. */
  const asked = new Set<string>();
  const published: SendAttempt[] = [];
  const inHand: ClaimedEmail[] = [];
  let attempts = 0;
  const deciding: Partial<AttemptOutcome>[] = [
    {},
    deferral,
    refusal,
    { result: 'uncertain', cause: 'may_have_been_sent' },
  ];
  const retryOne = async () => {
    const id = random.pick(ids);
    if (await retry(id)) asked.add(id);
  };
  const steps: (() => Promise<unknown>)[] = [
    ...[retryOne, retryOne, retryOne],
    async () => {
      const id = random.pick(ids);
      if (await cancel(id)) asked.delete(id);
    },
    () => restore(random.pick(ids)),
    () => sendEmailNow(given.database, scope, random.pick(ids)),
    () => disable(connectorId),
    () => enable(connectorId, 'release'),
    async () => {
      await enable(connectorId, 'leave');
      // What was held is Failed again.
      for (const id of ids) if ((await stateOf(id)) === 'failed') asked.delete(id);
    },
    () => setPattern(random.some([1, 2, 3])),
    () => given.database`update outbox_email set due_at = now() where connector_id = ${connectorId}`,
    async () => {
      const [{ enabled }] = await given.database<[{ enabled: boolean }]>`
        select enabled from connector where id = ${connectorId}`;
      if (!enabled) return;
      for (const attempt of await given.dispatch(connectorId)) {
        expect(asked).toContain(attempt.emailId);
        attempts += 1;
        published.push(attempt);
      }
    },
    async () => {
      const attempt = published.shift();
      if (attempt === undefined) return;
      const asking = claimOf(attempt);
      const [answer] = await claimAttempts(given.database, [asking], leases);
      if (answer!.granted) inHand.push({ id: attempt.emailId, attempt, claim: asking });
    },
    async () => {
      const attempt = published.shift();
      if (attempt !== undefined)
        await given.settle(unclaimedOutcomeOf(attempt, { result: 'not_sent', reply: '' }));
    },
    async () => {
      const email = inHand.shift();
      if (email === undefined) return;
      const [applied] = await given.settle(outcomeOf(email, random.pick(deciding)));
      if (applied !== undefined) asked.delete(email.id);
    },
    async () => {
      await given.database`
        update outbox_email set lease_until = now() - interval '1 s' where connector_id = ${connectorId} and state = 'claimed'`;
      await given.loseClaims();
      for (const { id } of inHand) asked.delete(id);
    },
  ];
  for (let step = 0; step < 400; step += 1) {
    await random.pick(steps)();
    const open = await given.database<{ id: string }[]>`
      select id from outbox_email
      where connector_id = ${connectorId} and state in ('waiting', 'dispatched', 'claimed')`;
    for (const { id } of open) expect(asked, `step ${step}`).toContain(id);
  }
  expect(attempts).toBeGreaterThan(10);

  async function stateOf(id: string): Promise<string | undefined> {
    const [row] = await given.database<{ state: string }[]>`select state from outbox_email where id = ${id}`;
    return row?.state;
  }
});
