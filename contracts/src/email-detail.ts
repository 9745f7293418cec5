import * as v from 'valibot';
import { attemptResults, smtpPhases } from './attempt-outcome.ts';
import { cause, outboxEmail } from './outbox-email.ts';

export const recipientKinds = ['to', 'cc', 'bcc'] as const;
export type RecipientKind = (typeof recipientKinds)[number];
export const recipientStates = ['open', 'delivered', 'refused'] as const;
export type RecipientState = (typeof recipientStates)[number];

export const detailRecipient = v.object({
  kind: v.picklist(recipientKinds),
  name: v.string(),
  address: v.string(),
  state: v.picklist(recipientStates),
  /** The mail server's words on this recipient; empty when it said nothing. */
  reply: v.string(),
});

/** Answer to `GET /v1/emails/:id` (M12): the row and everything known beside it. */
export const emailDetail = v.object({
  email: outboxEmail,
  messageId: v.string(),
  replyTo: v.nullable(v.object({ name: v.string(), address: v.string() })),
  recipients: v.array(detailRecipient),
  /** Plain text of the body, for a reader without the HTML preview; at most 100,000 characters. */
  text: v.nullable(v.string()),
  hasHtml: v.boolean(),
  attachments: v.array(
    v.object({
      position: v.number(),
      fileName: v.string(),
      contentType: v.string(),
      /** Bytes. */
      size: v.number(),
      inline: v.boolean(),
    }),
  ),
});
export type EmailDetail = v.InferOutput<typeof emailDetail>;

/** One attempt as the popup and the timeline show it (B4). */
export const attemptRecord = v.object({
  attemptNo: v.number(),
  startedAt: v.string(),
  endedAt: v.nullable(v.string()),
  durationMs: v.nullable(v.number()),
  workerId: v.nullable(v.string()),
  result: v.nullable(v.picklist(attemptResults)),
  phase: v.nullable(v.picklist(smtpPhases)),
  code: v.nullable(v.number()),
  enhancedCode: v.nullable(v.string()),
  reply: v.string(),
  cause: v.nullable(cause),
});
export const attemptRecords = v.object({ items: v.array(attemptRecord) });
export type AttemptRecord = v.InferOutput<typeof attemptRecord>;

/** A URL that works for 60 s and needs no token (a frame or a download cannot send one). */
export const capabilityUrl = v.object({ url: v.string(), expiresAt: v.string() });
