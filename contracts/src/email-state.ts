/**
 * The state of one email: a single column of a single row, and the only authority on who may do what.
 * ARCHITECTURE.md shows the same table; a test compares the two.
 */
export const emailStates = ['waiting', 'dispatched', 'claimed', 'failed', 'cancelled', 'sent'] as const;
export type EmailState = (typeof emailStates)[number];

/** Two transitions may end in the same state but never share a name. */
export const transitions = {
  /** Its time has come; a send attempt is written and published. */
  dispatch: { from: ['waiting'], to: 'dispatched' },
  /** A worker heard 354 and takes the email in hand; from here it cannot be called back. */
  claim: { from: ['dispatched'], to: 'claimed' },
  /** Every recipient accepted. From any other state than `claimed` it is a real outcome that arrives late. */
  settleSent: { from: ['waiting', 'dispatched', 'claimed', 'failed', 'cancelled'], to: 'sent' },
  /** A transient failure with delays left in the series, or trouble that is not the email's. */
  settleRetry: { from: ['waiting', 'dispatched', 'claimed', 'failed'], to: 'waiting' },
  /** The open recipients are refused for good, the series is spent, or nobody knows (B1). */
  settleFailed: { from: ['waiting', 'dispatched', 'claimed', 'failed'], to: 'failed' },
  /** The claim's lease ran out: it may have been sent. */
  loseClaim: { from: ['claimed'], to: 'failed' },
  /** Its connector was disabled before a worker claimed it. */
  recall: { from: ['dispatched'], to: 'waiting' },
  /** Its connector was enabled again, and what was held is left for a manual Retry. */
  leave: { from: ['waiting'], to: 'failed' },
  /** Published again and again, and no worker claimed it though later mail was: no worker survives it. */
  park: { from: ['dispatched'], to: 'failed' },
  /** A person asks for another attempt, or brings a planned one forward. */
  retry: { from: ['failed', 'waiting'], to: 'waiting' },
  /** A person sends a scheduled or held email at once. */
  sendNow: { from: ['waiting'], to: 'waiting' },
  cancel: { from: ['waiting', 'dispatched', 'failed'], to: 'cancelled' },
  /** Back as it was, within a minute. */
  restore: { from: ['cancelled'], to: 'waiting' },
  /** Its time passed while it was cancelled, or it had failed before. */
  restoreFailed: { from: ['cancelled'], to: 'failed' },
} as const satisfies Record<string, { from: readonly EmailState[]; to: EmailState }>;
