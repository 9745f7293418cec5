import { headers, type MsgHdrs } from 'nats';
import { traceparentOf } from '../runtime/trace-context.ts';

/** Headers of a message about an attempt. */
export function traceHeaders(attempt: { emailId: string; attemptId: string }): MsgHdrs {
  const traced = headers();
  traced.set('traceparent', traceparentOf(attempt));
  return traced;
}
