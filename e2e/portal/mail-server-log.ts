import { EventEmitter } from 'node:events';
import type { SmtpSink } from '../stack/smtp-sink.ts';

/** One thing that the mail server said to an email. Everything in it is hostile. */
export interface MailServerEntry {
  /** Counts from 1. */
  number: number;
  /** RFC 3339. */
  at: string;
  to: string[];
  /** `null` when it was refused before its content came. */
  subject: string | null;
  result: 'accepted' | 'deferred' | 'refused' | 'dropped';
  /** Code and words; empty when it took the message and did not answer. */
  reply: string;
}

/** Entries kept, the newest. */
const kept = 80;

/** What the panel "Mail server" lists: every message taken and every refusal, newest first. */
export class MailServerLog extends EventEmitter<{ entry: [MailServerEntry] }> {
  readonly entries: MailServerEntry[] = [];
  /** Messages that the server took upon itself. */
  taken = 0;
  private count = 0;

  constructor(sink: SmtpSink) {
    super();
    sink.on('refused', ({ at, phase, recipients, reply }) => {
      // A refusal after the final dot comes with its message, below.
      if (phase !== 'data') this.add({ at, to: recipients, subject: null, result: resultOf(reply), reply });
    });
    sink.on('answered', ({ at, envelope, subject, reply }) => {
      const words = reply ?? '';
      this.add({ at, to: envelope.to, subject, result: resultOf(words), reply: words });
    });
    sink.on('received', (message) => {
      if (message.accepted) this.taken += 1;
      // Taken and not answered: the line was cut, or the answer is being held back.
      setTimeout(() => {
        if (message.accepted && message.reply === null) {
          const { at, envelope, subject } = message;
          this.add({ at, to: envelope.to, subject, result: 'dropped', reply: '' });
        }
      }, 250).unref();
    });
  }

  private add(entry: Omit<MailServerEntry, 'number' | 'at'> & { at: Date }): void {
    const numbered = { ...entry, at: entry.at.toISOString(), number: (this.count += 1) };
    this.entries.unshift(numbered);
    if (this.entries.length > kept) this.entries.pop();
    this.emit('entry', numbered);
  }
}

function resultOf(reply: string): MailServerEntry['result'] {
  if (reply.startsWith('2')) return 'accepted';
  if (reply.startsWith('4')) return 'deferred';
  return reply === '' ? 'dropped' : 'refused';
}
