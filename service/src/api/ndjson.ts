import { createMiddleware } from 'hono/factory';
import { ProblemError } from './problem-answer.ts';

/** One JSON value a line. */
export const ndjson = 'application/x-ndjson';

export const demandNdjson = createMiddleware(async (c, next) => {
  if (!/^application\/(x-)?ndjson\b/i.test(c.req.header('content-type') ?? '')) {
    throw new ProblemError('invalid', `Send the body as ${ndjson}, one object a line.`, {
      fields: [{ field: 'Content-Type', detail: `Must be ${ndjson}.` }],
    });
  }
  await next();
});
