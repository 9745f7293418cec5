import { describe, expect, it } from 'vitest';
import type { OutboxEmail } from '@portal-outbox/contracts';
import type { PlannedEmail } from './email-plan.ts';
import { newStory, type EmailStory } from './email-story.ts';
import type { Evidence, Measure } from './evidence.ts';
import { hashText, MailRecord, type MailTransaction } from './mail-record.ts';
import { RunLog } from './run-log.ts';
import type { StoredAttempt, StoredEmail } from './stored-emails.ts';
import { judge } from './sum-up.ts';

/** A zero is worth something only if it can be another number: each kind of wrong is made once. */
describe('The judges of chaos', () => {
  it('find nothing wrong with an email that was sent', () => {
    expect(measuresOf(sentEmail())).toEqual([]);
  });

  it('find an email that is nowhere', () => {
    const given = sentEmail();
    given.record.transactions.length = 0;
    given.take([]);
    expect(measuresOf(given)).toEqual(expect.arrayContaining(['lost', 'recipientsLost']));
  });

  it('find an email and a recipient that were served twice', () => {
    const given = sentEmail();
    given.take([taken(), taken({ finalDotAt: 3000 })]);
    expect(measuresOf(given)).toEqual(expect.arrayContaining(['doubled', 'recipientsDoubled']));
  });

  it('allow a second message for a Retry that accepts it', () => {
    const given = sentEmail();
    given.take([taken(), taken({ finalDotAt: 3000 })]);
    given.story.retries.push({ askedAt: 2000, acceptDuplicate: true, granted: 'yes' });
    expect(measuresOf(given)).toEqual([]);
  });

  it('where the connector resends, allow the same message twice and no other', () => {
    const given = sentEmail();
    given.options.onUncertain = 'resend';
    given.take([taken(), taken({ finalDotAt: 3000 })]);
    expect(measuresOf(given)).toEqual([]);
    given.take([taken(), taken({ finalDotAt: 3000, messageId: '<other@portal.test>' })]);
    expect(measuresOf(given)).toEqual(expect.arrayContaining(['doubled', 'recipientsDoubled']));
  });

  it('find two emails made of one submission', () => {
    const given = sentEmail();
    given.story.ids.add('second');
    expect(measuresOf(given)).toEqual(['doubled']);
  });

  it('find a text that arrived differently', () => {
    const given = sentEmail();
    given.take([taken({ text: hashText('something else') })]);
    expect(measuresOf(given)).toEqual(['altered']);
  });

  it('find an email that was sent after its cancel', () => {
    const given = sentEmail();
    given.story.cancels.push({ doneAt: 500, undoAskedAt: null, restored: false });
    expect(measuresOf(given)).toContain('cancelledButSent');
  });

  it('find an email that was sent before its time, unless a person asked for it', () => {
    const given = sentEmail();
    const delay = { since: 0, until: 5000, liftedAt: null as number | null };
    given.story.notBefore.push(delay);
    expect(measuresOf(given)).toEqual(['sentEarly']);
    delay.liftedAt = 900;
    expect(measuresOf(given)).toEqual([]);
  });

  it('find an email that was claimed and sent while its connector was off', () => {
    const given = sentEmail();
    given.offTimes.push({ connectorId: 'connector', from: 850, until: 2000 });
    expect(measuresOf(given)).toEqual(['sentWhileDisabled']);
    given.offTimes[0]!.from = 950;
    // Claimed at 900, before it was off.
    expect(measuresOf(given)).toEqual([]);
  });

  it('find an imported email that nobody has retried', () => {
    const given = sentEmail();
    given.story.plan.imported = true;
    expect(measuresOf(given)).toEqual(['migratedSent']);
    given.story.retries.push({ askedAt: 700, acceptDuplicate: false, granted: 'yes' });
    expect(measuresOf(given)).toEqual([]);
  });

  it('find a message that was taken and is told to be certain not to be', () => {
    const given = failedEmail({ result: 'deferred', mayHaveBeenSent: true });
    given.take([taken({ hungUp: true })]);
    expect(measuresOf(given)).toContain('uncertainButUnreported');
  });

  it('find doubt where there is none, unless the worker was killed', () => {
    const given = failedEmail({ result: 'uncertain', mayHaveBeenSent: true });
    given.take([taken({ finalDotAt: null })]);
    expect(measuresOf(given)).toEqual(['falseUncertain']);
    given.log.wasKilled = () => true;
    expect(measuresOf(given)).toEqual([]);
  });

  it('find an email that has failed without a refusal or a spent series', () => {
    const given = failedEmail({ result: 'deferred', mayHaveBeenSent: false });
    given.take([taken({ finalDotAt: null })]);
    expect(measuresOf(given)).toEqual(['falseFailed']);
    given.take([taken({ finalDotAt: null, refused: '550 5.1.1 No such user here' })]);
    expect(measuresOf(given)).toEqual([]);
  });

  it('find what nothing moves any more', () => {
    const given = failedEmail({ result: 'deferred', mayHaveBeenSent: false });
    given.stuck.push('first');
    expect(measuresOf(given)).toContain('stuck');
  });

  it('find a list, a count or a recipient that does not agree', () => {
    const listed = failedEmail({ result: 'uncertain', mayHaveBeenSent: true });
    listed.take([taken({ hungUp: true })]);
    expect(measuresOf(listed)).toEqual([]);
    listed.shown.count.total = 2;
    expect(measuresOf(listed)).toEqual(['disagreements']);

    const hidden = failedEmail({ result: 'uncertain', mayHaveBeenSent: true });
    hidden.take([taken({ hungUp: true })]);
    hidden.shown.rows.clear();
    expect(measuresOf(hidden)).toContain('disagreements');

    const wrong = sentEmail();
    wrong.stored.get('first')!.state = 'failed';
    wrong.stored.get('first')!.recipients[0]!.state = 'open';
    expect(measuresOf(wrong)).toContain('disagreements');
  });
});

interface Given extends Evidence {
  story: EmailStory;
  offTimes: { connectorId: string; from: number; until: number }[];
  stored: Map<string, StoredEmail>;
  stuck: string[];
  take(transactions: MailTransaction[]): void;
}

function measuresOf(given: Given): Measure[] {
  return [...new Set(judge(given).violations.map(({ measure }) => measure))];
}

const address = 'to.e1.0@example.test';
const text = 'Hello\n';

function taken(
  more: Partial<MailTransaction> & { messageId?: string; text?: string; refused?: string } = {},
): MailTransaction {
  const { messageId = '<first@portal.test>', text: textHash = hashText(text), refused, ...rest } = more;
  const finalDotAt = more.finalDotAt === undefined ? 1000 : more.finalDotAt;
  return {
    email: 1,
    connection: 'one',
    mailAt: 800,
    recipients: refused === undefined ? [address] : [],
    refusals: refused === undefined ? [] : [{ address, reply: refused }],
    dataAt: 850,
    reply: more.hungUp === true || finalDotAt === null ? null : '250 2.0.0 Accepted',
    hungUp: false,
    ...rest,
    finalDotAt,
    message:
      finalDotAt === null
        ? null
        : { messageId, email: 1, text: textHash, html: hashText(''), fileHashes: [] },
  };
}

function sentEmail(): Given {
  return givenEmail({ result: 'accepted', state: 'sent', mayHaveBeenSent: false });
}

function failedEmail(as: { result: string; mayHaveBeenSent: boolean }): Given {
  return givenEmail({ ...as, state: 'failed' });
}

function givenEmail(as: { result: string; state: string; mayHaveBeenSent: boolean }): Given {
  const plan: PlannedEmail = {
    number: 1,
    connector: 0,
    files: [],
    to: [address],
    cc: [],
    bcc: [],
    text,
    html: null,
    imported: false,
    delayMs: null,
    importance: 'normal',
    system: false,
  };
  const story = newStory(plan);
  story.ids.add('first');
  story.acceptedAt = 100;
  const attempt: StoredAttempt = {
    attemptNo: 1,
    claimedAt: 900,
    endedAt: 1100,
    workerId: 'worker',
    result: as.result,
    phase: 'final_dot',
    code: null,
    cause: null,
    reply: '',
  };
  const stored: StoredEmail = {
    id: 'first',
    state: as.state,
    connectorId: 'connector',
    dueAt: 0,
    mayHaveBeenSent: as.mayHaveBeenSent,
    cause: null,
    seriesPosition: 0,
    sendCount: 1,
    recipients: [{ address, state: as.state === 'sent' ? 'delivered' : 'open' }],
    attempts: [attempt],
  };
  const inOutbox = as.state !== 'sent';
  const row = {
    id: 'first',
    status: 'failed',
    sendCount: 1,
    mayHaveBeenSent: as.mayHaveBeenSent,
  } as OutboxEmail;
  const record = new MailRecord();
  let transactions = [taken()];
  record.of = () => transactions;
  return {
    options: {
      emails: 1,
      faults: 0,
      seed: 1,
      onUncertain: 'hold',
      freezeSeconds: 1,
      leaseSeconds: 10,
      only: [],
    },
    story,
    stories: [story],
    record,
    take: (given) => void (transactions = given),
    stored: new Map([['first', stored]]),
    shown: {
      rows: new Map(inOutbox ? [['first', row]] : []),
      listTotal: inOutbox ? 1 : 0,
      count: { view: 'all', total: inOutbox ? 1 : 0, failed: inOutbox ? 1 : 0 },
      details: new Map(inOutbox ? [['first', { email: row } as never]] : []),
      attempts: new Map(inOutbox ? [['first', [{ endedAt: 'then' } as never]]] : []),
    },
    offTimes: [],
    leftOn: new Set(),
    connectorIds: ['connector'],
    fileHashes: [],
    log: new RunLog(),
    retries: 5,
    stuck: [],
  };
}
