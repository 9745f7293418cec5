import { randomUUID } from 'node:crypto';
import type { AttemptOutcome, SendAttempt } from '@portal-outbox/contracts';
import { claimAttempts, type AskedClaim } from '../../src/db/claim-attempts.ts';
import { cancelEmail, retryEmail } from '../../src/db/email-transitions.ts';
import {
  author,
  claimOf,
  deferral,
  emailFor,
  inOneHour,
  leases,
  outcomeOf,
  refusal,
  submit,
  type EmailChanges,
  type GivenOutbox,
} from '../outbox-fixture.ts';

/** One email, alone on a connector of its own, in the situation in which two act on it at once. */
export interface Subject {
  id: string;
  connectorId: string;
  /** Its newest attempt and the claim of it, where there was one. */
  attempt: SendAttempt | null;
  claim: AskedClaim | null;
  /** The attempt before, of unknown fate. */
  earlier: { attempt: SendAttempt; claim: AskedClaim } | null;
}

export const recipients = ['ann@customer.example', 'bob@customer.example'] as const;

/** Brings many emails at once where they are to be. */
export const situations = {
  'scheduled for later': (given, count) => newEmails(given, count, { sendAt: inOneHour().toISOString() }),
  due: (given, count) => newEmails(given, count),
  'waiting for the next attempt': async (given, count) => {
    const emails = await claimed(given, count);
    await settled(given, emails, deferral);
    return emails;
  },
  'held by its disabled connector': async (given, count) => {
    const emails = await newEmails(given, count);
    await given.database`update connector set enabled = false where id = any(${emails.map((it) => it.connectorId)})`;
    return emails;
  },
  published: (given, count) => dispatched(given, count),
  claimed: (given, count) => claimed(given, count),
  'claimed by a worker gone silent': (given, count) => claimed(given, count),
  failed: async (given, count) => {
    const emails = await claimed(given, count);
    await settled(given, emails, refusal);
    return emails;
  },
  'perhaps sent': (given, count) => uncertain(given, count),
  'perhaps sent, and cancelled': async (given, count) => {
    const emails = await uncertain(given, count);
    const scope = await given.scopeOf(author);
    await inTurn(emails, ({ id }) => cancelEmail(given.database, scope, id));
    return emails;
  },
  'perhaps sent, and to be sent again': (given, count) => retriedUncertain(given, count),
  'perhaps sent, and published again': async (given, count) =>
    publish(given, await retriedUncertain(given, count)),
  'perhaps sent, and claimed again': async (given, count) =>
    claim(given, await publish(given, await retriedUncertain(given, count))),
  cancelled: async (given, count) => {
    const emails = await newEmails(given, count);
    const scope = await given.scopeOf(author);
    await inTurn(emails, ({ id }) => cancelEmail(given.database, scope, id));
    return emails;
  },
} satisfies Record<string, (given: GivenOutbox, count: number) => Promise<Subject[]>>;
export type Situation = keyof typeof situations;

/** What must not lie about while other emails of the same database are looked at: done to one email, just before. */
export async function ripen(
  { database }: GivenOutbox,
  situation: Situation,
  subject: Subject,
): Promise<void> {
  if (situation === 'claimed by a worker gone silent') {
    await database`update outbox_email set lease_until = now() - interval '1 second' where id = ${subject.id}`;
  }
  if (situation === 'published' || situation === 'perhaps sent, and published again') {
    await database`
      update outbox_email set published_at = now() - interval '1 minute', publication = 5, overtaken = 4
      where id = ${subject.id}`;
    await database`
      insert into send_attempt (id, email_id, portal_id, connector_id, attempt_no, claimed_at)
      select ${randomUUID()}, ${randomUUID()}, portal_id, connector_id, 1, now() from outbox_email
      where id = ${subject.id}`;
  }
}

async function newEmails(given: GivenOutbox, count: number, changes: EmailChanges = {}): Promise<Subject[]> {
  const { database, portalId } = given;
  const connectorIds = Array.from({ length: count }, () => randomUUID());
  await database`
    insert into connector (id, portal_id, name, host, port, security, max_connections, messages_per_connection,
                           enabled)
    select id, ${portalId}, id::text, 'mail.example', 25, 'none', 5, 100, true
    from unnest(${connectorIds}::uuid[]) as it (id)`;
  const emails: Subject[] = [];
  for (let from = 0; from < count; from += 500) {
    const some = connectorIds.slice(from, from + 500);
    const to = recipients.map((address) => ({ address }));
    const result = await submit(
      database,
      portalId,
      some.map((connectorId) => emailFor(connectorId, { to, ...changes })),
    );
    if (result.kind !== 'created') throw new Error(`Not submitted: ${JSON.stringify(result)}`);
    emails.push(
      ...result.ids.map((id, index) => ({
        ...{ id, connectorId: some[index]!, attempt: null, claim: null, earlier: null },
      })),
    );
  }
  // Listed, so that every change of theirs is told.
  await database`update outbox_email set listed = true where id = any(${emails.map((it) => it.id)}::uuid[])`;
  return emails;
}

async function publish(given: GivenOutbox, emails: Subject[]): Promise<Subject[]> {
  await inTurn(emails, async (email) => {
    email.attempt = (await given.dispatch(email.connectorId, 1))[0]!;
  });
  return emails;
}

async function claim(given: GivenOutbox, emails: Subject[]): Promise<Subject[]> {
  for (const email of emails) email.claim = claimOf(email.attempt!);
  const claims = emails.map((email) => email.claim!);
  const decisions = await claimAttempts(given.database, claims, leases);
  if (!decisions.every(({ granted }) => granted)) throw new Error('Not all claimed.');
  return emails;
}

const dispatched = async (given: GivenOutbox, count: number) => publish(given, await newEmails(given, count));
const claimed = async (given: GivenOutbox, count: number) => claim(given, await dispatched(given, count));

async function settled(given: GivenOutbox, emails: Subject[], said: Partial<AttemptOutcome>): Promise<void> {
  await given.settle(
    ...emails.map(({ attempt, claim }) => outcomeOf({ attempt: attempt!, claim: claim! }, said)),
  );
}

async function uncertain(given: GivenOutbox, count: number): Promise<Subject[]> {
  const emails = await claimed(given, count);
  await settled(given, emails, { result: 'uncertain', cause: 'may_have_been_sent', code: null, reply: '' });
  for (const email of emails) email.earlier = { attempt: email.attempt!, claim: email.claim! };
  return emails;
}

async function retriedUncertain(given: GivenOutbox, count: number): Promise<Subject[]> {
  const emails = await uncertain(given, count);
  const scope = await given.scopeOf(author);
  await inTurn(emails, ({ id }) => retryEmail(given.database, scope, id, true));
  for (const email of emails) Object.assign(email, { attempt: null, claim: null });
  return emails;
}

/** As many at a time as the pool has connections. */
async function inTurn(emails: readonly Subject[], act: (email: Subject) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < emails.length; from += 4)
    await Promise.all(emails.slice(from, from + 4).map(act));
}
