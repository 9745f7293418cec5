import * as v from 'valibot';
import { countingNumber, uuid } from './field-schemas.ts';

/**
 * One try to hand one email to a mail server, as published on `outbox.attempts.<connectorId>`.
 * It carries no content: that comes with the claim, composed when the server is ready for it.
 */
export const sendAttempt = v.object({
  attemptId: uuid,
  /** The email's attempt number this one is for; the row refuses any other. */
  attemptNo: countingNumber,
  emailId: uuid,
  connectorId: uuid,
  /** Proves, in an outcome before a claim, that the sender has read this message. */
  nonce: uuid,
  envelope: v.object({ from: v.string(), to: v.array(v.string()) }),
  /** Estimated bytes of the composed message, for the server's SIZE limit (RFC 1870). */
  size: v.number(),
});
export type SendAttempt = v.InferOutput<typeof sendAttempt>;
