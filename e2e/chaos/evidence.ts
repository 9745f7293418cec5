import type { ChaosOptions } from './chaos-options.ts';
import type { OffTime } from './connector-switch.ts';
import { idOf, type EmailStory } from './email-story.ts';
import type { MailRecord, MailTransaction } from './mail-record.ts';
import type { RunLog } from './run-log.ts';
import type { ShownEmails } from './shown-emails.ts';
import type { StoredAttempt, StoredEmail } from './stored-emails.ts';

/** Everything that is known once all is quiet: what was asked for, what the mail server saw, what the service says. */
export interface Evidence {
  options: ChaosOptions;
  /** Those that the service said yes to. */
  stories: readonly EmailStory[];
  record: MailRecord;
  stored: ReadonlyMap<string, StoredEmail>;
  shown: ShownEmails;
  offTimes: readonly OffTime[];
  /** Connectors at whose enabling what was held was left Failed. */
  leftOn: ReadonlySet<string>;
  connectorIds: readonly string[];
  fileHashes: readonly string[];
  log: RunLog;
  /** Delays of the retry pattern. */
  retries: number;
  /** Ids of emails that nothing moves any more. */
  stuck: readonly string[];
}

/** The measures that must be zero. */
export const measures = [
  'lost',
  'doubled',
  'recipientsLost',
  'recipientsDoubled',
  'altered',
  'cancelledButSent',
  'sentEarly',
  'sentWhileDisabled',
  'migratedSent',
  'uncertainButUnreported',
  'falseUncertain',
  'falseFailed',
  'stuck',
  'disagreements',
] as const;
export type Measure = (typeof measures)[number];

export interface Violation {
  measure: Measure;
  /** Number of the email; `null` when it is not of one. */
  email: number | null;
  what: string;
}

/** What judges one measure or several for one email. */
export type Judge = (story: EmailStory, evidence: Evidence) => Violation[];

export function storedOf(story: EmailStory, { stored }: Evidence): StoredEmail | undefined {
  return stored.get(idOf(story) ?? '');
}

export function violation(measure: Measure, story: EmailStory, what: string): Violation {
  return { measure, email: story.plan.number, what };
}

/**
 * The attempt whose claim a message that the server has read belongs to: the last that was claimed before its final dot.
 * Each claim brings the content once, so there is no other way to come by it.
 */
export function attemptOf(
  transaction: MailTransaction,
  attempts: readonly StoredAttempt[],
): StoredAttempt | undefined {
  const at = transaction.finalDotAt ?? 0;
  return attempts.findLast(({ claimedAt }) => claimedAt !== null && claimedAt <= at);
}
