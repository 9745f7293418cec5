import { describe, expect, it } from 'vitest';
import { matchesFilter, searchWords } from './match-filter.ts';
import type { OutboxEmail } from './outbox-email.ts';
import type { OutboxFilter } from './outbox-query.ts';

const email: OutboxEmail = {
  id: '0b6f6f3e-3c5b-4a53-9d0c-0f0b8f3c2a11',
  version: 3,
  submittedAt: '2026-11-12T14:05:00.500Z',
  to: { first: { name: 'Élodie Durand', address: 'elodie@nord.example' }, count: 1 },
  from: { name: 'Ada', address: 'ada@portal.example' },
  subject: 'Votre œuvre',
  author: { id: 'ada', name: 'Ada Lovelace' },
  systemGenerated: false,
  importance: 'high',
  connector: { id: '11111111-1111-4111-8111-111111111111', name: 'Sales', pausedUntil: null },
  status: 'pending_retry',
  beingSent: false,
  mayHaveBeenSent: false,
  lastAttemptAt: null,
  lastFailure: { cause: 'unknown_user', reply: '550 5.1.1 <elodie@nord.example> unknown' },
  firstFailedAt: null,
  nextAttemptAt: null,
  packet: { ref: '101342-T', type: 'ticket', url: null },
  sendCount: 1,
  attachmentCount: 0,
  can: { retry: true, sendNow: 'being_sent', cancel: true },
};

describe('an email matches a filter', () => {
  const matching: OutboxFilter[] = [
    {},
    { status: ['failed', 'pending_retry'] },
    { cause: ['unknown_user'], packetType: ['ticket'], importance: ['high'], author: ['ada'] },
    { connector: [email.connector.id], systemGenerated: false, hasAttachments: false },
    { submittedFrom: '2026-11-12T15:05:00.500+01:00', submittedTo: '2026-11-12T14:05:00.501Z' },
    { search: 'elodie' },
    { search: 'DURAND lovelace 101342-t oeuvre' },
    { search: 'unknown 550' },
  ];
  it.each(matching)('that holds: %j', (filter) => expect(matchesFilter(filter, email)).toBe(true));

  const others: OutboxFilter[] = [
    { status: ['failed'] },
    { status: ['pending_retry'], importance: ['low'] },
    { cause: ['greylisted'] },
    { author: ['bob'] },
    { systemGenerated: true },
    { hasAttachments: true },
    { submittedFrom: '2026-11-12T14:05:00.501Z' },
    { submittedTo: '2026-11-12T14:05:00.500Z' },
    { search: 'nobody' },
    // Words of the email's own and of the reply are not mixed, nor do they run across fields.
    { search: 'elodie unknown' },
    { search: 'exampleada' },
  ];
  it.each(others)('not one that does not: %j', (filter) => expect(matchesFilter(filter, email)).toBe(false));

  it('or the row cannot tell, when it does not show every recipient', () => {
    const several = { ...email, to: { ...email.to, count: 2 } };
    expect(matchesFilter({ search: 'nobody' }, several)).toBeNull();
    expect(matchesFilter({ search: 'elodie' }, several)).toBe(true);
    expect(matchesFilter({ search: 'nobody', status: ['failed'] }, several)).toBe(false);
  });

  it('with a cause only while it shows one', () => {
    expect(matchesFilter({ cause: ['unknown_user'] }, { ...email, lastFailure: null })).toBe(false);
    expect(matchesFilter({ author: ['ada'] }, { ...email, author: null })).toBe(false);
  });
});

it('searches for each word once', () => {
  expect(searchWords('  Élodie elodie  DUPONT ')).toEqual(['elodie', 'dupont']);
});
