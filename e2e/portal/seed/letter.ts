import type { SendStatus } from '@portal-outbox/contracts';
import type { DemoFile } from './demo-files.ts';

/** An email of the demo, before it is submitted. */
export interface Letter {
  /** `null`: system-generated. */
  authorId: string | null;
  connector: 'sales' | 'support' | 'legacy';
  /** `Name <address>` or an address alone. */
  to: readonly string[];
  cc?: readonly string[];
  bcc?: readonly string[];
  subject: string;
  text: string;
  html?: string;
  files?: readonly DemoFile[];
  importance?: 'high' | 'low';
  packetRef?: string;
  /** Leaves not before so many minutes from now. */
  dueInMinutes?: number;
  /** What the mail server says to its recipients instead of yes. */
  answer?: LetterAnswer;
  /** What it reads in the Outbox once its first attempt is over; unset when it does not stay. */
  settlesAs?: SendStatus;
}

export interface LetterAnswer {
  /** Code, enhanced code and the server's words; `null`: it takes the message and cuts the line without a word. */
  reply: string | null;
  /** Addresses that it is said to; all of To when not given. */
  recipients?: readonly string[];
  /** The answer to the recipient, or the one after the final dot. */
  phase: 'rcpt' | 'data';
  /** How often; then the email goes through. Always when not given. */
  times?: number;
}

/** Splits `Name <address>`; throws when there is no address. */
export function parseMailbox(text: string): { name: string; address: string } {
  const match = /^(?:(.*?)\s*<)?([^<>\s]+@[^<>\s]+)>?$/.exec(text);
  if (!match?.[2]) throw new Error(`Not a mailbox: ${text}`);
  return { name: match[1] ?? '', address: match[2] };
}
