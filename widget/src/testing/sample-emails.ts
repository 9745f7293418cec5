import type { AttemptRecord, EmailDetail, OutboxEmail } from '@portal-outbox/contracts';

let made = 0;

/** A failed email of an ordinary day; every one has an id of its own and is older than the one before. */
export function sampleEmail(changes: Partial<OutboxEmail> = {}): OutboxEmail {
  made += 1;
  return {
    id: `email-${made}`,
    version: 1,
    submittedAt: new Date(Date.UTC(2026, 10, 12, 12) - made * 60_000).toISOString(),
    to: { first: { name: 'Ada Byron', address: 'ada@example.com' }, count: 1 },
    from: { name: 'Grace Hopper', address: 'grace@example.com' },
    subject: `Quarterly report ${made}`,
    author: { id: 'u1', name: 'Grace Hopper' },
    systemGenerated: false,
    importance: 'normal',
    connector: { id: 'c1', name: 'Sales SMTP', pausedUntil: null },
    status: 'failed',
    beingSent: false,
    mayHaveBeenSent: false,
    lastAttemptAt: '2026-11-12T10:00:00Z',
    lastFailure: { cause: 'unknown_user', reply: '550 5.1.1 No such user here' },
    firstFailedAt: '2026-11-12T09:00:00Z',
    nextAttemptAt: null,
    packet: { ref: '101342-T', type: 'ticket', url: null },
    sendCount: 3,
    attachmentCount: 0,
    can: { retry: true, sendNow: 'nothing_to_bring_forward', cancel: true },
    ...changes,
  };
}

export function sampleEmails(count: number): OutboxEmail[] {
  return Array.from({ length: count }, () => sampleEmail());
}

export function sampleDetail(email: OutboxEmail, changes: Partial<EmailDetail> = {}): EmailDetail {
  return {
    email,
    messageId: `<${email.id}@outbox.example.com>`,
    replyTo: null,
    recipients: [{ kind: 'to', ...email.to.first, state: 'refused', reply: '550 5.1.1 No such user here' }],
    text: 'Dear Ada,\n\nplease find the report enclosed.\n\nGrace',
    hasHtml: false,
    attachments: [],
    ...changes,
  };
}

export function sampleAttempt(changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    attemptNo: 1,
    startedAt: '2026-11-12T10:00:00Z',
    endedAt: '2026-11-12T10:00:01Z',
    durationMs: 840,
    workerId: 'w1',
    result: 'rejected',
    phase: 'rcpt',
    code: 550,
    enhancedCode: '5.1.1',
    reply: '550 5.1.1 No such user here',
    cause: 'unknown_user',
    ...changes,
  };
}
