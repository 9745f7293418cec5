/**
 * W3C Trace Context (`traceparent`, version 00). An email is one trace and its id the trace's, an attempt is one span of it:
 * nothing is stored or carried for it, and every log line that names the email belongs to the trace.
 */
export function traceparentOf({ emailId, attemptId }: { emailId: string; attemptId: string }): string {
  return `00-${traceIdOf(emailId)}-${traceIdOf(attemptId).slice(16)}-01`;
}

/** The trace id of an email: its id without hyphens. */
export function traceIdOf(emailId: string): string {
  return emailId.replaceAll('-', '');
}

/** The trace id in a caller's `traceparent`; `null` when it is not one. */
export function readTraceId(traceparent: string): string | null {
  const [, traceId] =
    /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/.exec(traceparent) ?? [];
  return traceId === undefined || /^0+$/.test(traceId) ? null : traceId;
}
