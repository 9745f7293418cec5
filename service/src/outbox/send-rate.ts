/**
 * How fast a connector's emails leave. Pure: rates are messages a minute, ages are seconds of the database's clock.
 */

/** What a connector's row says of its limits, and of what its mail server asked for. */
export interface SendLimits {
  /** In trouble: one email at a time until one gets through. */
  probing: boolean;
  /** `null`: no limit. */
  messagesPerMinute: number | null;
  /** Emails in the hands of all workers together; `null`: no limit. */
  concurrentSends: number | null;
  /** SMTP connections that each worker may open. */
  maxConnections: number;
  /** Messages that could go `creditAge` seconds ago. */
  credit: number;
  creditAge: number;
  /** What the mail server's "slow down" left `throttleAge` seconds ago; `null`: it asked for nothing. */
  throttlePerMinute: number | null;
  throttleAge: number;
}

/** How many emails may be published now, under the lock of the connector's row. */
export interface Release {
  slots: number;
  /** Before any of them is spent; keep `credit - published`, as of now. `null`: no rate, nothing to keep. */
  credit: number | null;
  /** Milliseconds until more may go once all `slots` are used; `null`: only settling makes room. */
  waitMs: number | null;
}

const smallestWindow = 32;
/** Cancel, importance and pausing act on all that has not left: no more than this is on its way. */
const windowSeconds = 30;
/** More often the dispatcher does not wake for a rate; the burst covers the time between. */
const shortestWaitMs = 100;

/** The rate assumed when the mail server asks to slow down and no limit is configured. */
const unlimitedStart = 600;
/** A throttle that has recovered so far is over when no limit is configured. */
const unlimitedEnd = 6000;
const slowestRate = 1;
const halvingPause = 30;
const recoverySeconds = 60;

/**
 * Window and rate of a connector together.
 *
 * @param workers that work for the connector
 * @param inFlight its emails that are published and not settled
 */
export function planRelease(limits: SendLimits, workers: number, inFlight: number): Release {
  const rate = effectiveRate(limits);
  const free = Math.max(0, windowOf(limits, workers) - inFlight);
  if (rate === null) return { slots: free, credit: null, waitMs: null };
  const credit = creditOf(rate, limits.credit, limits.creditAge);
  // A thousandth is rounding, not a message.
  const slots = Math.min(free, Math.floor(credit + 0.001));
  const untilNextMs = ((1 - (credit - slots)) / rate) * 60_000;
  return { slots, credit, waitMs: slots < free ? Math.max(shortestWaitMs, Math.ceil(untilNextMs)) : null };
}

/** Emails that may be published and not settled: enough to keep the workers busy, few enough to be called back. */
export function windowOf(limits: SendLimits, workers: number): number {
  if (limits.probing) return 1;
  const rate = effectiveRate(limits);
  const ofRate = rate === null ? Infinity : Math.max(1, Math.floor((rate / 60) * windowSeconds));
  const ofWorkers = Math.max(smallestWindow, 2 * workers * limits.maxConnections);
  return Math.min(ofWorkers, ofRate, limits.concurrentSends ?? Infinity);
}

/**
 * Messages that may go now. At most one second's worth is saved up, at least one message, so that over any minute no
 * more than the rate and that burst are published.
 */
export function creditOf(rate: number, credit: number, age: number): number {
  const burst = Math.max(1, rate / 60);
  return Math.min(burst, credit + (Math.max(0, age) * rate) / 60);
}

/** The configured rate, or what the mail server's "slow down" has left of it; `null`: no limit. */
export function effectiveRate(
  limits: Pick<SendLimits, 'messagesPerMinute' | 'throttlePerMinute' | 'throttleAge'>,
): number | null {
  const { messagesPerMinute, throttlePerMinute, throttleAge } = limits;
  if (throttlePerMinute === null) return messagesPerMinute;
  const recovered = throttlePerMinute * 2 ** Math.floor(Math.max(0, throttleAge) / recoverySeconds);
  return recovered >= (messagesPerMinute ?? unlimitedEnd) ? messagesPerMinute : recovered;
}

/**
 * The throttle after the mail server asked to slow down: half of what goes now. Several of one moment count once.
 *
 * @returns `null`: it was halved a moment ago, nothing changes
 */
export function throttleAfter(
  limits: Pick<SendLimits, 'messagesPerMinute' | 'throttlePerMinute' | 'throttleAge'>,
): number | null {
  if (limits.throttlePerMinute !== null && limits.throttleAge < halvingPause) return null;
  return Math.max(slowestRate, (effectiveRate(limits) ?? unlimitedStart) / 2);
}
