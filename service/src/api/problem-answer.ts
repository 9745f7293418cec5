import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import {
  problems,
  type HeldEmails,
  type OutboxEmail,
  type Problem,
  type ProblemCode,
} from '@portal-outbox/contracts';
import type { Logger } from '../runtime/logger.ts';

const mostFields = 20;

/** An answer that is not the one hoped for; thrown from anywhere in an operation. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly fields: NonNullable<Problem['fields']>;
  readonly retryAfterSeconds: number | null;
  /** The row as it is, where an action was not possible. */
  readonly email: OutboxEmail | null;
  /** What a connector holds, where somebody must decide on it. */
  readonly held: HeldEmails | null;

  /** @param detail what to do about it */
  constructor(
    code: ProblemCode,
    detail: string,
    more: {
      fields?: NonNullable<Problem['fields']>;
      retryAfterSeconds?: number;
      email?: OutboxEmail;
      held?: HeldEmails;
    } = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
    this.code = code;
    this.fields = more.fields ?? [];
    this.retryAfterSeconds = more.retryAfterSeconds ?? null;
    this.email = more.email ?? null;
    this.held = more.held ?? null;
  }
}

/** RFC 9457. Never echoes what the caller sent. */
export function answerProblem(error: ProblemError): Response {
  const { status, title } = problems[error.code];
  const body: Problem = {
    type: 'about:blank',
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.email !== null && { email: error.email }),
    ...(error.held !== null && { held: error.held }),
    ...(error.fields.length > 0 && { fields: error.fields.slice(0, mostFields) }),
  };
  const headers = new Headers({
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  });
  if (error.retryAfterSeconds !== null) headers.set('Retry-After', String(error.retryAfterSeconds));
  if (error.code === 'unauthenticated') headers.set('WWW-Authenticate', 'Bearer');
  return new Response(JSON.stringify(body), { status, headers });
}

/** Every error of every operation ends here. What nobody foresaw is logged whole and answered bare. */
export function toProblem(error: unknown, c: Context, logger: Logger): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof HTTPException && error.status < 500) {
    if (error.status === 413) return new ProblemError('too_large', 'Send a smaller body.');
    return new ProblemError('invalid', 'Send a well-formed JSON body.', {
      fields: [{ field: '', detail: 'The body is not valid JSON.' }],
    });
  }
  logger.error({ err: error, method: c.req.method, route: c.req.routePath }, 'operation failed');
  return new ProblemError('unavailable', 'Try again in a few seconds.', { retryAfterSeconds: 5 });
}
