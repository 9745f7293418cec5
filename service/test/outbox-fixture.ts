import { createHash, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { afterAll, beforeAll, expect } from 'vitest';
import {
  connectorDraft,
  directoryLine,
  emailSubmission,
  foldReply,
  type AttemptOutcome,
  type EmailState,
  type RecipientState,
  type SendAttempt,
  type RecipientOutcome,
} from '@portal-outbox/contracts';
import { freshDatabase } from '../../e2e/stack/fresh-test-parts.ts';
import { claimAttempts, type AskedClaim, type LeaseTimes } from '../src/db/claim-attempts.ts';
import { createConnector, enableConnector } from '../src/db/connectors.ts';
import { inTransaction, openDatabase, readDatabaseTime, type Database } from '../src/db/database.ts';
import { applyDirectory } from '../src/db/directory.ts';
import { dispatchDue } from '../src/db/dispatch-due.ts';
import { keepMessages } from '../src/db/failure-messages.ts';
import { loseClaims } from '../src/db/lose-claims.ts';
import { readScope } from '../src/db/read-scope.ts';
import { settleAttempts } from '../src/db/settle-attempts.ts';
import { submitEmails, type SubmitResult } from '../src/db/submit-emails.ts';
import type { ReadScope } from '../src/outbox/visibility.ts';
import { createLogger } from '../src/runtime/logger.ts';

export const silent = createLogger('test', 'silent');
export const author = 'ada';
export const leases: LeaseTimes = { leaseSeconds: 60, resendLeaseSeconds: 900 };

/** What tests look at in the row of an email, and may put there to arrange a situation. */
export interface EmailRow {
  id: string;
  portal_id: string;
  connector_id: string;
  state: EmailState;
  attempt_no: number;
  attempt_id: string | null;
  nonce: string | null;
  publication: number;
  published_at: Date | null;
  claim_token: string | null;
  worker_id: string | null;
  lease_until: Date | null;
  due_at: Date;
  lane: number;
  series_position: number;
  send_count: number;
  retry_asked: boolean;
  may_have_been_sent: boolean;
  listed: boolean;
  list_at: Date;
  version: number;
  submitted_at: Date;
  first_failed_at: Date | null;
  last_attempt_at: Date | null;
  last_cause: string | null;
  last_reply: string;
  left_at: Date | null;
  author_id: string | null;
  packet_ref: string | null;
}

/** A migrated database of one test file, with a portal in it, and the steps of an email's life through the real statements. */
export interface GivenOutbox {
  url: string;
  database: Database;
  /** A second pool: what runs in it never shares a connection with the first. */
  other: Database;
  portalId: string;
  /** Makes an enabled connector. Returns its id. */
  connector(portalId?: string): Promise<string>;
  /** Submits one email; due at once unless `sendAt` says otherwise. */
  submit(connectorId: string, changes?: EmailChanges): Promise<string>;
  submitMany(connectorId: string, changes: readonly EmailChanges[], portalId?: string): Promise<string[]>;
  /** Dispatches what is due. */
  dispatch(connectorId: string, mostOfEachLane?: number): Promise<SendAttempt[]>;
  /** A claimed email with its attempt. */
  claimed(connectorId: string, changes?: EmailChanges): Promise<ClaimedEmail>;
  settle(...outcomes: AttemptOutcome[]): Promise<string[]>;
  /** Ends the claims whose lease has run out; how many. */
  loseClaims(): Promise<number>;
  row(id: string): Promise<EmailRow>;
  /** `null`: not in the archive. */
  archived(id: string): Promise<EmailRow | null>;
  /** Arranges what would take long to happen. */
  put(id: string, columns: Partial<EmailRow>): Promise<void>;
  recipients(id: string): Promise<{ address: string; state: RecipientState; reply: string }[]>;
  scopeOf(userId: string, portalId?: string): Promise<ReadScope>;
  /** Puts and deletes users, teams and packets. Returns which of them are different now, as kind and id. */
  directory(lines: readonly v.InferInput<typeof directoryLine>[], portalId?: string): Promise<string[]>;
}

export type EmailChanges = Partial<v.InferInput<typeof emailSubmission>>;
export interface ClaimedEmail {
  id: string;
  attempt: SendAttempt;
  claim: AskedClaim;
}

/** Makes the database before the tests of a file and removes it after them. The result is filled by then. */
export function givenOutbox(): GivenOutbox {
  const given = {} as GivenOutbox;
  let remove: () => Promise<void> = () => Promise.resolve();
  beforeAll(async () => {
    const fresh = await freshDatabase();
    remove = fresh.remove;
    const database = openDatabase(fresh.url, 'test', 5, silent);
    const other = openDatabase(fresh.url, 'test, other pool', 5, silent);
    Object.assign(given, { url: fresh.url, ...stepsOf(database, other) });
  });
  afterAll(async () => {
    await given.database?.end();
    await given.other?.end();
    await remove();
  });
  return given;
}

function stepsOf(database: Database, other: Database): Omit<GivenOutbox, 'url'> {
  const portalId = randomUUID();
  const steps: Omit<GivenOutbox, 'url'> = {
    database,
    other,
    portalId,
    async connector(portal = portalId) {
      const id = randomUUID();
      const draft = v.parse(connectorDraft, { name: `Connector ${id}`, host: 'mail.example', port: 25 });
      await createConnector(database, portal, id, draft, null);
      await enableConnector(database, portal, id);
      return id;
    },
    async submit(connectorId, changes = {}) {
      const [id] = await steps.submitMany(connectorId, [changes]);
      return id!;
    },
    async submitMany(connectorId, changes, portal = portalId) {
      const result = await submit(
        database,
        portal,
        changes.map((it) => emailFor(connectorId, it)),
      );
      if (result.kind !== 'created') throw new Error(`Not submitted: ${JSON.stringify(result)}`);
      return result.ids;
    },
    dispatch: (connectorId, most = 1000) =>
      inTransaction(database, (tx) =>
        dispatchDue(tx, connectorId, { 0: most, 1: most, 2: most, 3: most, 4: most, 5: most }),
      ),
    async claimed(connectorId, changes = {}) {
      const id = await steps.submit(connectorId, changes);
      const attempt = (await steps.dispatch(connectorId)).find((it) => it.emailId === id)!;
      const claim = claimOf(attempt);
      expect(await claimAttempts(database, [claim], leases)).toMatchObject([{ emailId: id, granted: true }]);
      return { id, attempt, claim };
    },
    async settle(...outcomes) {
      const { applied } = await inTransaction(database, (tx) => settleAttempts(tx, outcomes, () => 0.5));
      return [...applied];
    },
    loseClaims: () =>
      inTransaction(database, async (tx) => loseClaims(tx, () => 0.5, (await readDatabaseTime(tx))!)),
    async row(id) {
      const [row] = await database<EmailRow[]>`select * from outbox_email where id = ${id}`;
      if (row === undefined) throw new Error(`Email ${id} is not in the outbox.`);
      return row;
    },
    async archived(id) {
      const [row] = await database<EmailRow[]>`select * from email_archive where id = ${id}`;
      return row ?? null;
    },
    async put(id, columns) {
      if (Object.keys(columns).length === 0) return;
      const { last_cause: cause = null, last_reply: reply = '' } = columns;
      const folded = foldReply(reply);
      await database`
        with message as (
          ${keepMessages(
            database,
            database`(
            select portal_id, ${cause}::text as cause, ${folded}::text as reply from outbox_email
            where id = ${id} and ${cause}::text is not null) it`,
          )}
        )
        update outbox_email
        set ${database(columns)}, failure_key = coalesce(failure_key(${cause}, ${folded}), failure_key)
        where id = ${id}`;
    },
    recipients: (id) => database`
      select address, state, reply from email_recipient where email_id = ${id} order by position`,
    scopeOf: (userId, portal = portalId) => readScope(database, portal, userId, false),
    async directory(lines, portal = portalId) {
      const parsed = lines.map((line) => v.parse(directoryLine, line));
      return [...(await applyDirectory(database, portal, parsed))].toSorted();
    },
  };
  return steps;
}

/** As many ordinary emails, each with the same changes. */
export function many(count: number, changes: EmailChanges = {}): EmailChanges[] {
  return Array.from({ length: count }, () => ({ ...changes }));
}

/** A complete submission of one ordinary email, as the schema hands it on. */
export function emailFor(connectorId: string, changes: EmailChanges = {}) {
  return v.parse(emailSubmission, {
    connectorId,
    authorId: author,
    from: { name: 'Ada', address: 'ada@portal.example' },
    to: [{ address: 'ann@customer.example' }],
    subject: 'Hello',
    text: 'Body',
    ...changes,
  });
}

/** Submits as the operation does; the body that the key stands for is that of the emails. */
export async function submit(
  database: Database,
  portalId: string,
  emails: readonly ReturnType<typeof emailFor>[],
  key: string = randomUUID(),
): Promise<SubmitResult> {
  const bodySha256 = createHash('sha256').update(JSON.stringify(emails)).digest('hex');
  const withIds = emails.map((submission) => {
    const id = randomUUID();
    return { id, messageId: `<${id}@portal.example>`, submission };
  });
  const submission = { portalId, key, bodySha256, emails: withIds };
  return (await inTransaction(database, (tx) => submitEmails(tx, [submission]))).get(submission)!;
}

/** A worker's claim of an attempt, with a token of its own. */
export function claimOf(attempt: SendAttempt, changes: Partial<AskedClaim> = {}): AskedClaim {
  const { attemptId, attemptNo, emailId, nonce, connectorId } = attempt;
  return {
    ...{ attemptId, attemptNo, emailId, nonce, connectorId },
    claimToken: randomUUID(),
    workerId: randomUUID(),
    ...changes,
  };
}

/** What a worker reports of a claimed attempt. */
export function outcomeOf(
  { attempt, claim }: Pick<ClaimedEmail, 'attempt' | 'claim'>,
  changes: Partial<AttemptOutcome> = {},
): AttemptOutcome {
  const { attemptId, attemptNo, emailId, nonce, connectorId } = attempt;
  return {
    ...{ attemptId, attemptNo, emailId, nonce, connectorId },
    workerId: claim.workerId,
    claimToken: claim.claimToken,
    connectorRevision: 2,
    result: 'accepted',
    phase: 'final_dot',
    code: 250,
    enhancedCode: null,
    reply: '250 OK',
    cause: null,
    recipients: [],
    durationMs: 12,
    ...changes,
  };
}

/** What a worker reports that never claimed. */
export function unclaimedOutcomeOf(
  attempt: SendAttempt,
  changes: Partial<AttemptOutcome> = {},
): AttemptOutcome {
  return outcomeOf({ attempt, claim: claimOf(attempt) }, { claimToken: null, phase: 'rcpt', ...changes });
}

export const inOneHour = () => new Date(Date.now() + 3600_000);
export const anHourAgo = () => new Date(Date.now() - 3600_000);

export const deferral = { result: 'deferred', code: 451, reply: '451 Later', cause: 'greylisted' } as const;
export const refusal = { result: 'rejected', code: 550, reply: '550 No', cause: 'unknown_user' } as const;

/** What the server said of one recipient; accepted unless told otherwise. */
export function answer(address: string, said: Partial<RecipientOutcome> = {}): RecipientOutcome {
  return {
    ...{ address, result: 'accepted', code: 250, enhancedCode: null, reply: '250 OK', cause: null },
    ...said,
  };
}
