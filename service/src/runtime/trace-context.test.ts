import { expect, it } from 'vitest';
import { readTraceId, traceparentOf } from './trace-context.ts';

const emailId = '0af76519-16cd-43dd-8448-eb211c80319c';
const attemptId = '11111111-2222-4333-b7ad-6b7169203331';

it('makes the email the trace and the attempt its span', () => {
  const traceparent = traceparentOf({ emailId, attemptId });
  expect(traceparent).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  expect(readTraceId(traceparent)).toBe('0af7651916cd43dd8448eb211c80319c');
});

it.each([
  ['nothing', ''],
  ['capitals', '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'],
  ['a trace of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
  ['the forbidden version', '11-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'.replace('11', 'ff')],
  ['another shape', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331'],
  ['lines', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\nx'],
])('reads no trace in %s', (_, traceparent) => {
  expect(readTraceId(traceparent)).toBeNull();
});

it('reads one of a version to come', () => {
  expect(readTraceId('cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more')).toBe(
    '0af7651916cd43dd8448eb211c80319c',
  );
});
