import * as v from 'valibot';
import { limits } from './limits.ts';
import { importances, packetTypes } from './outbox-view.ts';
import { bodyText, headerText, hostId, instant, mailbox, uuid } from './field-schemas.ts';

const recipients = v.optional(v.array(mailbox), []);

/** A file uploaded before with `POST /v1/attachments`, and how this email names it. */
export const attachmentReference = v.strictObject({
  id: uuid,
  fileName: v.pipe(headerText(limits.fileNameCharacters), v.minLength(1, 'Must not be empty.')),
  contentType: v.optional(
    v.pipe(
      headerText(127),
      v.regex(/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/, 'Give a media type such as application/pdf.'),
    ),
    'application/octet-stream',
  ),
  /** Set for an inline image: the HTML names it as `cid:<contentId>` (RFC 2392). */
  contentId: v.optional(
    v.pipe(headerText(200), v.regex(/^[^\s<>]+$/, 'Give the id without angle brackets or spaces.')),
  ),
});

/** What an email is, whether it is submitted or imported. */
export const emailFields = {
  connectorId: uuid,
  /** The host's user who sends it; `null` for a system-generated email. */
  authorId: v.nullable(hostId),
  from: mailbox,
  replyTo: v.optional(mailbox),
  to: v.pipe(v.array(mailbox), v.minLength(1, 'Name at least one recipient.')),
  cc: recipients,
  bcc: recipients,
  subject: headerText(limits.subjectCharacters),
  text: v.optional(bodyText),
  html: v.optional(bodyText),
  attachments: v.optional(
    v.pipe(
      v.array(attachmentReference),
      v.maxLength(limits.attachmentsPerEmail, `Attach at most ${limits.attachmentsPerEmail} files.`),
    ),
    [],
  ),
  importance: v.optional(v.picklist(importances), 'normal'),
  packet: v.optional(v.strictObject({ ref: hostId, type: v.picklist(packetTypes) })),
  /** `In-Reply-To` and `References` (RFC 5322 3.6.4), each a message id with its brackets. */
  inReplyTo: v.optional(messageId()),
  references: v.optional(v.pipe(v.array(messageId()), v.maxLength(50, 'Name at most 50 messages.')), []),
};

interface Body {
  text?: string | undefined;
  html?: string | undefined;
}
export const hasBody = <Email extends Body>() =>
  v.check<Email, string>(
    (email) => email.text !== undefined || email.html !== undefined,
    'Give text, html or both.',
  );

interface Recipients {
  to: readonly unknown[];
  cc: readonly unknown[];
  bcc: readonly unknown[];
}
export const hasFewRecipients = <Email extends Recipients>() =>
  v.check<Email, string>(
    (email) => email.to.length + email.cc.length + email.bcc.length <= limits.recipientsPerEmail,
    `Name at most ${limits.recipientsPerEmail} recipients in to, cc and bcc together.`,
  );

/** One outgoing email as the host portal hands it over. */
export const emailSubmission = v.pipe(
  v.strictObject({
    ...emailFields,
    /** Leave not before this instant, at most a year ahead; in the past means at once. */
    sendAt: v.optional(instant),
  }),
  v.forward(hasBody(), ['text']),
  v.forward(hasFewRecipients(), ['to']),
);
export type EmailSubmission = v.InferOutput<typeof emailSubmission>;

function messageId() {
  return v.pipe(
    headerText(996),
    v.regex(/^<[^\s<>]+@[^\s<>]+>$/, 'Give a message id such as <id@example.com>.'),
  );
}

/** Body of `POST /v1/emails`. */
export const emailSubmissions = v.strictObject({
  emails: v.pipe(
    v.array(emailSubmission),
    v.minLength(1, 'Submit at least one email.'),
    v.maxLength(
      limits.emailsPerSubmission,
      `Submit at most ${limits.emailsPerSubmission} emails in one request.`,
    ),
  ),
});

/** Answer to `POST /v1/emails`: ids in the order of the request. */
export const submittedEmails = v.object({ ids: v.array(uuid) });

/** Answer to `POST /v1/attachments`. */
export const uploadedAttachment = v.object({ id: uuid, size: v.number(), sha256: v.string() });

/** `Idempotency-Key` of a submission: 1 to 200 printable ASCII characters. */
export const idempotencyKey = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{1,200}$/, 'Give 1 to 200 printable ASCII characters without spaces.'),
);
