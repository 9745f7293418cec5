import type { DeliveryCause, SmtpPhase } from '@portal-outbox/contracts';

/** Whom a refusal is about: one recipient, the message to all of them, or everything that this connector sends. */
export type VerdictScope = 'recipient' | 'message' | 'connector';

/** `by_class`: 4yz is transient and 5yz permanent (RFC 5321 4.2.1), but for 503, which speaks of the session. */
export type Permanence = 'transient' | 'by_class';

/** One rule of how a mail server's refusal is understood. Everything that is given must hold. */
export interface VerdictRule {
  /** Unique; the verdict command prints it. */
  name: string;
  cause: DeliveryCause;
  scope: VerdictScope;
  permanence: Permanence;
  phases: readonly SmtpPhase[];
  /** Matched against the three-digit code. */
  code?: RegExp;
  /** Matched against the enhanced code (RFC 3463); a reply without one has the empty text. */
  enhancedCode?: RegExp;
  /** Matched against the cleaned words. */
  words?: RegExp;
  /** Words that show that something else is meant. */
  unless?: RegExp;
  /** Replies that this rule, and no rule before it, must catch: its test. */
  examples: readonly (readonly [phase: SmtpPhase, reply: string])[];
}

/** Steps of the conversation that rules speak of. */
export const during = {
  opening: ['connect', 'greeting'],
  tls: ['tls'],
  login: ['login'],
  /** From MAIL FROM on. */
  transaction: ['mail', 'rcpt', 'data', 'body', 'final_dot'],
  mail: ['mail'],
  rcpt: ['rcpt'],
  /** Where the recipients are known. */
  recipients: ['rcpt', 'data', 'body', 'final_dot'],
  /** Where the content is. */
  content: ['body', 'final_dot'],
  /** What is said of the whole message, not of one recipient. */
  message: ['mail', 'data', 'body', 'final_dot'],
} as const satisfies Record<string, readonly SmtpPhase[]>;

/** Any of these patterns, whatever the case. */
export function anyOf(...patterns: string[]): RegExp {
  return new RegExp(patterns.join('|'), 'i');
}
