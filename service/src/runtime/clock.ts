/**
 * The only reader of the machine's clock. Every instant that decides about an email is PostgreSQL's `now()`;
 * this clock serves logs, caches and timeouts.
 */

/** Milliseconds since 1970. */
export function now(): number {
  return Date.now();
}

/** Milliseconds that never jump; only differences mean anything. */
export function monotonicMs(): number {
  return performance.now();
}

/** An instant as RFC 3339 in UTC. */
export function toInstant(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
