import {
  asksToSlowDown,
  type AttemptOutcome,
  type DeliveryCause,
  type RecipientOutcome,
  type RecipientState,
} from '@portal-outbox/contracts';
import { nextRetryDelay, throttlePause } from './retry-schedule.ts';

/** What the decision needs to know of the email. */
export interface UnsettledEmail {
  seriesPosition: number;
  recipients: readonly { position: number; address: string; state: RecipientState; reply: string }[];
  /** From an older system (M11): a Retry is one attempt, there is no series. */
  migrated: boolean;
  /** What its connector does when nobody knows whether it was sent (B1). */
  onUncertain: 'hold' | 'resend';
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
  /** The mail server asked the connector to slow down. */
  throttled: boolean;
}

const shortestPauseSeconds = 2;

/** What an outcome means for its email: pure, and the only place where it is decided. */
export function settle(
  email: UnsettledEmail,
  outcome: AttemptOutcome,
  retryDelaysSeconds: readonly number[],
  random: number,
): Settlement {
  const pattern = email.migrated ? [] : retryDelaysSeconds;
  const unchanged = { recipients: [], seriesPosition: email.seriesPosition, throttled: false };
  // A late outcome of an earlier attempt has said of everybody what became of it, while this one was under way.
  const decided = email.recipients.length > 0 && email.recipients.every(({ state }) => state !== 'open');
  if (decided) return settleRecipients(email, outcome, pattern, random);
  switch (outcome.result) {
    case 'not_sent':
      // The pause keeps a worker that cannot reach the service from turning in circles.
      return { ...unchanged, cause: null, reply: '', counted: false, next: waiting(shortestPauseSeconds) };
    case 'connector_trouble': {
      // The connector is paused meanwhile, or goes more slowly where the mail server asked for that; the email waits without
      // using up an attempt.
      const throttled = outcome.cause === 'rate_limited';
      const { cause, reply } = outcome;
      const next = waiting(throttled ? throttlePause(random) : 0);
      return { ...unchanged, cause, reply, counted: false, throttled, next };
    }
    case 'uncertain': {
      const resend = email.onUncertain === 'resend';
      return {
        ...unchanged,
        ...inSeries(email, resend ? pattern : [], random, true),
        cause: 'may_have_been_sent',
        reply: outcome.reply,
        counted: true,
      };
    }
    case 'accepted':
    case 'deferred':
    case 'rejected':
      return settleRecipients(email, outcome, pattern, random);
  }
}

function settleRecipients(
  email: UnsettledEmail,
  outcome: AttemptOutcome,
  pattern: readonly number[],
  random: number,
): Settlement {
  const { recipients, open, delivered, refused } = answerRecipients(email, outcome);
  const said = [outcome, ...outcome.recipients].filter(({ result }) => result !== 'accepted');
  const counted = outcome.result !== 'not_sent' && outcome.result !== 'connector_trouble';
  const settlement = { recipients, counted, throttled: said.some(asksToSlowDown) };
  const { seriesPosition } = email;
  if (open.length === 0) {
    const { cause, reply } = refusalOf(email, outcome);
    const next = { state: 'failed', mayHaveBeenSent: false } as const;
    return { ...settlement, seriesPosition, cause, reply, next: refused ? next : { state: 'sent' } };
  }
  const slowDown = email.migrated ? undefined : open.find(asksToSlowDown);
  if (slowDown) {
    const { cause, reply } = slowDown;
    return { ...settlement, seriesPosition, cause, reply, next: waiting(throttlePause(random)) };
  }
  // The server took as many as it takes at a time: the others follow. As each time somebody gets it, this ends.
  const tooMany = open.find(({ cause }) => cause === 'too_many_recipients');
  if (tooMany && delivered > 0) {
    const { cause, reply } = tooMany;
    return { ...settlement, seriesPosition, cause, reply, next: waiting(0) };
  }
  const { cause, reply } =
    open.find((answer) => answer.cause !== 'too_many_recipients') ?? open[0] ?? outcome;
  return { ...settlement, cause, reply, ...inSeries(email, pattern, random, false) };
}

type Answer = Pick<RecipientOutcome, 'code' | 'cause' | 'reply'>;

/** Each recipient's own answer, or what was said of the whole message. Who has it, or was refused, is not asked again. */
function answerRecipients(email: UnsettledEmail, outcome: AttemptOutcome) {
  const recipients: RecipientChange[] = [];
  const open: Answer[] = [];
  let delivered = 0;
  let refused = email.recipients.some(({ state }) => state === 'refused');
  for (const { position, address, state } of email.recipients) {
    if (state !== 'open') continue;
    const answers = outcome.recipients.filter((answer) => answer.address === address);
    // Named twice and accepted once, the address has it.
    const answer = answers.find(({ result }) => result === 'accepted') ?? answers[0] ?? outcome;
    if (answer.result === 'accepted') delivered += 1;
    else if (answer.result === 'rejected') refused = true;
    else open.push(answer);
    recipients.push({ position, state: stateAfter(answer.result), reply: answer.reply });
  }
  return { recipients, open, delivered, refused };
}

function stateAfter(result: AttemptOutcome['result']): RecipientState {
  if (result === 'accepted') return 'delivered';
  return result === 'rejected' ? 'refused' : 'open';
}

/** The words of a recipient that did not get it say more than "250 OK", though they were said at an earlier attempt. */
function refusalOf(email: UnsettledEmail, outcome: AttemptOutcome): Pick<Answer, 'cause' | 'reply'> {
  const now = outcome.recipients.find(({ result }) => result === 'rejected');
  const earlier = email.recipients.find(({ state }) => state === 'refused');
  if (now || outcome.result !== 'accepted' || !earlier) return now ?? outcome;
  return { cause: 'refused', reply: earlier.reply };
}

/** The next delay of the series, or Failed when it is spent. */
function inSeries(
  { seriesPosition }: UnsettledEmail,
  pattern: readonly number[],
  random: number,
  mayHaveBeenSent: boolean,
): Pick<Settlement, 'next' | 'seriesPosition'> {
  const delaySeconds = nextRetryDelay(pattern, seriesPosition, random);
  return delaySeconds === null
    ? { seriesPosition, next: { state: 'failed', mayHaveBeenSent } }
    : { seriesPosition: seriesPosition + 1, next: { state: 'waiting', delaySeconds, failed: true } };
}

function waiting(delaySeconds: number): NextStep {
  return { state: 'waiting', delaySeconds, failed: false };
}
