import { expect, it } from 'vitest';
import { latencyOf } from './latency.ts';

it('has no percentile that no answer reached', () => {
  expect(latencyOf([10, 12, Infinity])).toEqual({ p50Ms: 12, p95Ms: null, maxMs: null, samples: 3 });
  expect(latencyOf([])).toEqual({ p50Ms: null, p95Ms: null, maxMs: null, samples: 0 });
});
