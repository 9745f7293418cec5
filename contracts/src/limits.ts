/** Emails that a bulk operation names; a query may match any number. */
export const mostBulkIds = 1000;

/** Bounds that every process agrees on. Sizes are bytes unless the name says otherwise. */
export const limits = {
  /** Emails in one `POST /v1/emails`. */
  emailsPerSubmission: 500,
  /** Characters of a subject: an unfolded header line (RFC 5322 2.1.1 allows 998 octets). */
  subjectCharacters: 998,
  /** Recipients of one email, To, Cc and Bcc together. */
  recipientsPerEmail: 500,
  attachmentsPerEmail: 100,
  /** Characters of an address (RFC 5321 4.5.3.1.3: a path of 256 octets with its brackets). */
  addressCharacters: 254,
  nameCharacters: 200,
  fileNameCharacters: 255,
  /** Characters of the text part and of the HTML part, each. */
  bodyCharacters: 2_000_000,
  /** JSON body of a submission. */
  submissionBytes: 32 * 1024 * 1024,
  /** One attachment; the whole email is bounded by the portal's setting `maxEmailBytes`. */
  attachmentBytes: 100 * 1024 * 1024,
  /** Any other JSON body. */
  requestBytes: 64 * 1024,
  /** Content that a claim's answer carries itself; the rest is streamed from a signed URL. */
  inlineContentBytes: 256 * 1024,
  /** Characters kept of a mail server's reply. */
  replyCharacters: 1000,
  /** Numbers of attempts, revisions and milliseconds on the bus: what PostgreSQL's `integer` holds. */
  countingNumber: 2_147_483_647,
  /** Delays of the retry pattern. */
  retryDelays: 10,
  retryDelaySeconds: 30 * 24 * 3600,
  /** How far ahead an email may be scheduled. */
  scheduleDays: 366,
  /** An email sent without delay is listed once it has waited so long, so that healthy mail does not flicker. */
  listedAfterSeconds: 3,
  /** How long a cancelled email can be restored. */
  restoreHours: 24,
  /** A restored email is due this much later at the earliest. */
  restoreDelaySeconds: 10,
  /** Life of a capability URL (preview, attachment). */
  capabilitySeconds: 60,
  /** The service holds an email so much longer than Undo Send shows, so that a click in the last second works. */
  undoMarginSeconds: 3,
  /** A user's preferences as JSON. */
  preferencesBytes: 32 * 1024,
  /** One line of an import. */
  importLineBytes: 5 * 1024 * 1024,
  /** One user, team or packet of the directory as JSON. */
  directoryEntryBytes: 2 * 1024 * 1024,
  /** Imports of one portal that one process takes at the same time. */
  importsAtOnce: 2,
  importLinesPerSecond: 20_000,
  bulkIds: mostBulkIds,
  /** Bulk operations of one user that are not over, and that one user may start in 24 hours. */
  bulkOperationsAtOnce: 3,
  bulkOperationsPerDay: 500,
  /** How long a bulk operation and its results are kept once it is over. */
  bulkKeptDays: 7,
} as const;

/** Seconds of Undo Send; 0 is off. A portal's settings may offer fewer. */
export const undoChoices = [0, 5, 10, 15, 20, 30, 60, 120] as const;
export type UndoChoice = (typeof undoChoices)[number];

export const pageSizes = [25, 50, 100, 250, 500] as const;
export const defaultPageSize = 50;

/** Columns that nobody can remove (M13). */
export const mandatoryColumns: readonly string[] = ['to', 'subject'];
