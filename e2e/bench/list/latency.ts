import { percentile, rounded } from '../summarise.ts';

/** Milliseconds; an answer that did not come is `Infinity`. */
export interface Latency {
  p50Ms: number | null;
  p95Ms: number | null;
  maxMs: number | null;
  samples: number;
}

/** A percentile that no answer reached is `null`. */
export function latencyOf(times: readonly number[]): Latency {
  const finite = (value: number | null) =>
    value !== null && Number.isFinite(value) ? rounded(value, 2) : null;
  return {
    p50Ms: finite(percentile(times, 50)),
    p95Ms: finite(percentile(times, 95)),
    maxMs: finite(percentile(times, 100)),
    samples: times.length,
  };
}
