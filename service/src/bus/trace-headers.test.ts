import { expect, it } from 'vitest';
import { traceHeaders } from './trace-headers.ts';

it('names the email’s trace and the attempt’s span', () => {
  const attempt = {
    emailId: '0af76519-16cd-43dd-8448-eb211c80319c',
    attemptId: '11111111-2222-4333-b7ad-6b7169203331',
  };
  expect(traceHeaders(attempt).get('traceparent')).toBe(
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  );
});
