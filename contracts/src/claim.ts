import * as v from 'valibot';
import { countingNumber, mailbox, uuid } from './field-schemas.ts';

/** Request on `outbox.claims.<connectorId>`, made when the mail server has answered DATA with 354. */
export const claimRequest = v.object({
  attemptId: uuid,
  attemptNo: countingNumber,
  emailId: uuid,
  nonce: uuid,
  /** Of the worker's own making; the same token asked again gets the same answer. */
  claimToken: uuid,
  workerId: uuid,
});
export type ClaimRequest = v.InferOutput<typeof claimRequest>;

/** Claims in one message. */
export const mostClaims = 64;
/** Several claims may be asked for in one message; the answer has one reply for each, in their order. */
export const claimQuestion = v.union([
  claimRequest,
  v.pipe(v.array(claimRequest), v.minLength(1), v.maxLength(mostClaims)),
]);

/** Where a part's bytes are: in the answer, as text (its UTF-8 bytes) or base64, or to be fetched from a signed URL with GET. */
const contentSource = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: v.string() }),
  v.object({ kind: v.literal('inline'), base64: v.string() }),
  v.object({ kind: v.literal('url'), url: v.string() }),
]);
/** Bytes of one part; length and SHA-256 (hex) are checked before the final dot. */
const content = v.object({ size: v.number(), sha256: v.string(), source: contentSource });
export type ClaimedContent = v.InferOutput<typeof content>;

/** The email as the worker composes it. The same at every attempt, Message-ID, Date and boundaries included. */
export const claimedMessage = v.object({
  messageId: v.string(),
  date: v.string(),
  from: mailbox,
  replyTo: v.nullable(mailbox),
  to: v.array(mailbox),
  cc: v.array(mailbox),
  subject: v.string(),
  importance: v.picklist(['high', 'normal', 'low']),
  inReplyTo: v.nullable(v.string()),
  references: v.array(v.string()),
  text: v.nullable(content),
  html: v.nullable(content),
  attachments: v.array(
    v.object({
      fileName: v.string(),
      contentType: v.string(),
      contentId: v.nullable(v.string()),
      content,
    }),
  ),
});
export type ClaimedMessage = v.InferOutput<typeof claimedMessage>;

export const claimRefusals = [
  'cancelled',
  'superseded',
  'claimed',
  'connector_disabled',
  'connector_paused',
  'unknown',
] as const;

/** Refused means: close the connection, never end the stream, report `not_sent`. */
export const claimReply = v.variant('granted', [
  v.object({ granted: v.literal(true), leaseSeconds: v.number(), message: claimedMessage }),
  v.object({ granted: v.literal(false), reason: v.picklist(claimRefusals) }),
]);
export type ClaimReply = v.InferOutput<typeof claimReply>;

/** `null`: granted or not, its reply did not fit beside the others. Ask for it alone, with the same token. */
export const claimAnswer = v.union([claimReply, v.array(v.nullable(claimReply))]);
