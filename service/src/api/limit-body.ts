import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { ProblemError } from './problem-answer.ts';

/**
 * Refuses larger bodies. A stated length is believed, since Node reads no more than that; only bodies without one are
 * counted as they come, which costs every request a web stream.
 *
 * @param maxBytes of the body
 * @param detail what to do about it
 */
export function limitBody(maxBytes: number, detail: string): MiddlewareHandler {
  const tooLarge = (): never => {
    throw new ProblemError('too_large', detail);
  };
  const count = bodyLimit({ maxSize: maxBytes, onError: tooLarge });
  return createMiddleware(async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD') return await next();
    const length = c.req.header('content-length');
    if (length === undefined || c.req.header('transfer-encoding') !== undefined) return await count(c, next);
    if (Number(length) > maxBytes) tooLarge();
    await next();
  });
}
