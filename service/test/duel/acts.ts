import type { AttemptOutcome, SendAttempt } from '@portal-outbox/contracts';
import { claimAttempts, type AskedClaim } from '../../src/db/claim-attempts.ts';
import { disableConnector } from '../../src/db/connectors.ts';
import { readDatabaseTime, type Sql } from '../../src/db/database.ts';
import { dispatchDue } from '../../src/db/dispatch-due.ts';
import { cancelEmail, restoreEmail, retryEmail, sendEmailNow } from '../../src/db/email-transitions.ts';
import { enableAndDecide } from '../../src/db/held-emails.ts';
import { loseClaims } from '../../src/db/lose-claims.ts';
import { settleAttempts } from '../../src/db/settle-attempts.ts';
import { parkUnclaimed, republishUnclaimed } from '../../src/db/unclaimed-attempts.ts';
import type { ReadScope } from '../../src/outbox/visibility.ts';
import { answer, claimOf, deferral, leases, outcomeOf, refusal } from '../outbox-fixture.ts';
import { recipients, type Subject } from './situations.ts';

export interface Actor {
  scope: ReadScope;
  portalId: string;
  subject: Subject;
  /** Another worker's claim of the same attempt. */
  rival: AskedClaim | null;
}
/** Says whether it was done, where it has a way of saying so. */
type Act = (tx: Sql, actor: Actor) => Promise<boolean | void>;

/** Everything that can be done to the row of an email, through the statements that do it. */
export const acts = {
  claim: (tx, { subject }) => ask(tx, subject.claim ?? ownClaim(subject)),
  'claim by another worker': (tx, { rival }) => ask(tx, rival),
  cancel: (tx, { scope, subject }) => cancelEmail(tx, scope, subject.id),
  retry: (tx, { scope, subject }) => retryEmail(tx, scope, subject.id, true),
  'send now': (tx, { scope, subject }) => sendEmailNow(tx, scope, subject.id),
  restore: (tx, { scope, subject }) => restoreEmail(tx, scope, subject.id),
  accepted: (tx, { subject }) => settle(tx, subject, {}),
  deferred: (tx, { subject }) => settle(tx, subject, deferral),
  rejected: (tx, { subject }) => settle(tx, subject, refusal),
  'accepted for one': (tx, { subject }) => settle(tx, subject, forOne),
  'not sent': (tx, { subject }) => settle(tx, subject, { ...silent, result: 'not_sent', phase: 'data' }),
  'connector in trouble': (tx, { subject }) =>
    settle(tx, subject, {
      ...{ ...silent, result: 'connector_trouble', phase: 'connect', cause: 'connection_refused' },
    }),
  uncertain: (tx, { subject }) =>
    settle(tx, subject, { ...silent, result: 'uncertain', cause: 'may_have_been_sent' }),
  // What these do to an older attempt shows in the history, and not always in the row.
  'late: accepted': (tx, { subject }) => settleLate(tx, subject, {}),
  'late: deferred': (tx, { subject }) => settleLate(tx, subject, deferral),
  'late: accepted for one': (tx, { subject }) => settleLate(tx, subject, forOne),
  'the lease runs out': async (tx) => void (await loseClaims(tx, () => 0.5, (await readDatabaseTime(tx))!)),
  disable: async (tx, { portalId, subject }) =>
    void (await disableConnector(tx, portalId, subject.connectorId, 'administrator')),
  'enable and leave': async (tx, { portalId, subject }) =>
    void (await enableAndDecide(tx, portalId, subject.connectorId, 'leave')),
  'enable and release': async (tx, { portalId, subject }) =>
    void (await enableAndDecide(tx, portalId, subject.connectorId, 'release')),
  dispatch: (tx, { subject }) => dispatch(tx, subject),
  'publish again': (tx) => republishUnclaimed(tx, 30).then(() => undefined),
  park: (tx) => parkUnclaimed(tx, 30).then(() => undefined),
} satisfies Record<string, Act>;
export type ActName = keyof typeof acts;

/** They pass over a row that somebody else holds, and come to it the next time. */
export const passesOver: ReadonlySet<ActName> = new Set([
  'the lease runs out',
  'dispatch',
  'publish again',
  'park',
]);

const silent = { code: null, reply: '', cause: null } as const;
const forOne: Partial<AttemptOutcome> = {
  ...deferral,
  recipients: [answer(recipients[0]), answer(recipients[1], deferral)],
};

/** The worker's own claim of an attempt that is not claimed yet: the same however often it asks. */
const ownClaims = new WeakMap<SendAttempt, AskedClaim>();
function ownClaim({ attempt }: Subject): AskedClaim | null {
  if (attempt === null) return null;
  const known = ownClaims.get(attempt) ?? claimOf(attempt);
  ownClaims.set(attempt, known);
  return known;
}

async function ask(tx: Sql, claim: AskedClaim | null): Promise<boolean> {
  if (claim === null) return false;
  return (await claimAttempts(tx, [claim], leases))[0]?.granted ?? false;
}

async function settle(tx: Sql, subject: Subject, said: Partial<AttemptOutcome>): Promise<void> {
  const { attempt, claim } = subject;
  if (attempt === null) return;
  const proof = claim === null ? { claimToken: null, phase: 'rcpt' as const } : {};
  const outcome = outcomeOf({ attempt, claim: claim ?? claimOf(attempt) }, { ...said, ...proof });
  await settleAttempts(tx, [outcome], () => 0.5);
}

async function settleLate(tx: Sql, { earlier }: Subject, said: Partial<AttemptOutcome>): Promise<void> {
  if (earlier !== null) await settleAttempts(tx, [outcomeOf(earlier, said)], () => 0.5);
}

/** As a dispatcher does: under the lock of the connector, which it passes over when somebody else has it. */
async function dispatch(tx: Sql, { id, connectorId }: Subject): Promise<boolean> {
  const locked = await tx`
    select from connector where id = ${connectorId} and enabled for no key update skip locked`;
  if (locked.length === 0) return false;
  const attempts = await dispatchDue(tx, connectorId, { 0: 9, 1: 9, 2: 9, 3: 9, 4: 9, 5: 9 });
  return attempts.some(({ emailId }) => emailId === id);
}
