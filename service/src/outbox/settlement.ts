import type { AttemptOutcome, DeliveryCause, RecipientState } from '@portal-outbox/contracts';
import { nextRetryDelay } from './retry-schedule.ts';

/** What the decision needs to know of the email. */
export interface UnsettledEmail {
  seriesPosition: number;
  recipients: readonly { position: number; address: string; state: RecipientState; reply: string }[];
}

export interface RecipientChange {
  position: number;
  state: RecipientState;
  reply: string;
}

export type NextStep =
  | { state: 'sent' }
  | { state: 'failed'; mayHaveBeenSent: boolean }
  /** `failed`: the attempt failed and a delay of the series was drawn; otherwise it goes on as if nothing was tried. */
  | { state: 'waiting'; delaySeconds: number; failed: boolean };

export interface Settlement {
  next: NextStep;
  recipients: RecipientChange[];
  /** The attempt named the sender to the server: "Send Retry Count" rises. */
  counted: boolean;
  seriesPosition: number;
  cause: DeliveryCause | null;
  reply: string;
}

const shortestPauseSeconds = 2;

/** What an outcome means for its email: pure, and the only place where it is decided. */
export function settle(
  email: UnsettledEmail,
  outcome: AttemptOutcome,
  retryDelaysSeconds: readonly number[],
  random: number,
): Settlement {
  const unchanged = { recipients: [], seriesPosition: email.seriesPosition };
  const said = { cause: outcome.cause, reply: outcome.reply };
  switch (outcome.result) {
    case 'not_sent':
      // The pause keeps a worker that cannot reach the service from turning in circles.
      return { ...unchanged, cause: null, reply: '', counted: false, next: waiting(shortestPauseSeconds) };
    case 'connector_trouble':
      // The connector is paused meanwhile; the email waits without using up an attempt.
      return { ...unchanged, ...said, counted: false, next: waiting(0) };
    case 'uncertain':
      return {
        ...unchanged,
        cause: 'may_have_been_sent',
        reply: outcome.reply,
        counted: true,
        next: { state: 'failed', mayHaveBeenSent: true },
      };
    case 'accepted':
    case 'deferred':
    case 'rejected':
      return settleRecipients(email, outcome, retryDelaysSeconds, random);
  }
}

function settleRecipients(
  email: UnsettledEmail,
  outcome: AttemptOutcome,
  retryDelaysSeconds: readonly number[],
  random: number,
): Settlement {
  const answers = new Map(outcome.recipients.map((answer) => [answer.address, answer]));
  const recipients: RecipientChange[] = [];
  let open = 0;
  let refused = 0;
  for (const recipient of email.recipients) {
    if (recipient.state === 'delivered') continue;
    const answer = answers.get(recipient.address);
    const result = recipient.state === 'refused' ? 'rejected' : (answer?.result ?? outcome.result);
    if (result === 'rejected') refused += 1;
    if (result === 'deferred') open += 1;
    if (recipient.state === 'refused') continue;
    const state = result === 'accepted' ? 'delivered' : result === 'rejected' ? 'refused' : 'open';
    recipients.push({ position: recipient.position, state, reply: answer?.reply ?? outcome.reply });
  }
  // The words of a recipient that did not get it say more than "250 OK", though they were said at an earlier attempt.
  const earlier = email.recipients.find((recipient) => recipient.state === 'refused');
  const telling =
    outcome.recipients.find((answer) => answer.result === (open > 0 ? 'deferred' : 'rejected')) ??
    (outcome.result === 'accepted' && earlier
      ? ({ cause: 'refused', reply: earlier.reply } as const)
      : outcome);
  const settlement = {
    recipients,
    counted: true,
    seriesPosition: email.seriesPosition,
    cause: telling.cause,
    reply: telling.reply,
  };
  if (open === 0 && refused === 0) return { ...settlement, next: { state: 'sent' } };
  const failed = { ...settlement, next: { state: 'failed', mayHaveBeenSent: false } } as const;
  if (open === 0) return failed;
  const delaySeconds = nextRetryDelay(retryDelaysSeconds, email.seriesPosition, random);
  if (delaySeconds === null) return failed;
  return {
    ...settlement,
    seriesPosition: email.seriesPosition + 1,
    next: { state: 'waiting', delaySeconds, failed: true },
  };
}

function waiting(delaySeconds: number): NextStep {
  return { state: 'waiting', delaySeconds, failed: false };
}
