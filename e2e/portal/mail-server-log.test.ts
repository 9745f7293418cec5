import { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { SmtpSink } from '../stack/smtp-sink.ts';
import { MailServerLog } from './mail-server-log.ts';

const message = { at: new Date(), subject: 'Hello', envelope: { to: ['a@example.com'] }, accepted: true };

test('lists refusals and answers, newest first, and counts what was taken', () => {
  const { sink, log } = newLog();
  sink.emit('refused', {
    at: new Date(),
    phase: 'rcpt',
    recipients: ['x@example.com'],
    reply: '550 5.1.1 No',
  });
  sink.emit('received', message);
  sink.emit('answered', { ...message, reply: '250 2.0.0 Accepted' });
  expect(log.entries).toMatchObject([
    { number: 2, result: 'accepted', to: ['a@example.com'], subject: 'Hello' },
    { number: 1, result: 'refused', subject: null, reply: '550 5.1.1 No' },
  ]);
  expect(log.taken).toBe(1);
});

test('lists a refusal after the final dot once, with its subject', () => {
  const { sink, log } = newLog();
  const refused = { ...message, accepted: false, reply: '451 4.3.0 Later' };
  sink.emit('refused', {
    at: new Date(),
    phase: 'data',
    recipients: ['a@example.com'],
    reply: refused.reply,
  });
  sink.emit('received', refused);
  sink.emit('answered', refused);
  expect(log.entries).toMatchObject([{ result: 'deferred', subject: 'Hello' }]);
  expect(log.taken).toBe(0);
});

test('says so when a message was taken and never answered', () => {
  vi.useFakeTimers();
  try {
    const { sink, log } = newLog();
    sink.emit('received', { ...message, reply: null });
    vi.runAllTimers();
    expect(log.entries).toMatchObject([{ result: 'dropped', reply: '' }]);
  } finally {
    vi.useRealTimers();
  }
});

test('keeps the newest eighty', () => {
  const { sink, log } = newLog();
  for (let count = 0; count < 100; count++)
    sink.emit('answered', { ...message, reply: '250 2.0.0 Accepted' });
  expect(log.entries).toHaveLength(80);
  expect(log.entries[0]).toMatchObject({ number: 100 });
});

function newLog() {
  const sink = new EventEmitter();
  return { sink, log: new MailServerLog(sink as unknown as SmtpSink) };
}
