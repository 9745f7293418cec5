import * as v from 'valibot';
import { deliveryCauses, type DeliveryCause } from './delivery-cause.ts';
import { limits } from './limits.ts';
import { countingNumber, uuid } from './field-schemas.ts';

export const attemptResults = [
  /** Every recipient of the envelope accepted. */
  'accepted',
  /** A transient refusal or a broken connection before the final dot: certain, not sent. */
  'deferred',
  /** A permanent refusal. */
  'rejected',
  /** Failed before MAIL FROM was answered: the connector's trouble, not the email's. */
  'connector_trouble',
  /** Nothing was handed over and nothing failed: the claim was refused or not answered. */
  'not_sent',
  /** The final dot was possibly written and no reply was read. */
  'uncertain',
] as const;
export type AttemptResult = (typeof attemptResults)[number];

/** How far the SMTP conversation got (RFC 5321 3). */
export const smtpPhases = [
  'connect',
  'greeting',
  'tls',
  'login',
  'mail',
  'rcpt',
  'data',
  'body',
  'final_dot',
] as const;
export type SmtpPhase = (typeof smtpPhases)[number];

const cause = v.nullable(v.picklist(/* @__PURE__ */ Object.keys(deliveryCauses) as DeliveryCause[]));
const reply = v.pipe(v.string(), v.maxLength(limits.replyCharacters));
/** A three-digit SMTP code, `null` where the server gave none. */
const code = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599)));
/** RFC 3463, such as "4.7.1". */
const enhancedCode = v.nullable(v.pipe(v.string(), v.regex(/^[245]\.\d{1,3}\.\d{1,3}$/)));

export const recipientOutcome = v.object({
  address: v.string(),
  result: v.picklist(['accepted', 'deferred', 'rejected']),
  code,
  enhancedCode,
  reply,
  cause,
});
export type RecipientOutcome = v.InferOutput<typeof recipientOutcome>;

/**
 * Whether the mail server asks for a slower pace: of everything that the connector sends, not of this email. A 421 closes
 * the connection and speaks of the server itself (RFC 5321 3.8), unless the words give another reason.
 */
export function asksToSlowDown(answer: Pick<RecipientOutcome, 'code' | 'cause'>): boolean {
  return answer.cause === 'rate_limited' || (answer.code === 421 && answer.cause === 'try_later');
}

/** What a worker reports on `outbox.outcomes.<connectorId>`, until it is told that it was settled. */
export const attemptOutcome = v.object({
  attemptId: uuid,
  attemptNo: countingNumber,
  emailId: uuid,
  connectorId: uuid,
  workerId: uuid,
  /** Revision of the connector's settings that the worker used. */
  connectorRevision: countingNumber,
  nonce: uuid,
  /** The token of the claim; `null` when nothing was claimed. */
  claimToken: v.nullable(uuid),
  result: v.picklist(attemptResults),
  phase: v.picklist(smtpPhases),
  code,
  enhancedCode,
  reply,
  cause,
  /** One entry for each recipient that the server answered; recipients without one stay open. */
  recipients: v.array(recipientOutcome),
  /** From the worker's first command of this attempt to its end. */
  durationMs: v.pipe(v.number(), v.minValue(0), v.maxValue(limits.countingNumber)),
});
export type AttemptOutcome = v.InferOutput<typeof attemptOutcome>;

/** Outcomes in one message. */
export const mostOutcomes = 64;
/** A worker may report several outcomes of one connector in one message. Each is settled or dropped for itself. */
export const outcomeReport = v.union([
  attemptOutcome,
  v.pipe(v.array(attemptOutcome), v.minLength(1), v.maxLength(mostOutcomes)),
]);

/** Message on `outbox.settled.<workerId>`: these outcomes are committed (or will never apply) and can be forgotten. */
export const settledNotice = v.object({ attemptIds: v.array(v.string()) });
