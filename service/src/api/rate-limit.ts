import { createMiddleware } from 'hono/factory';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Env } from './context.ts';
import { ProblemError } from './problem-answer.ts';

/** A portal's back end speaks for all its users. */
const portalFactor = 100;

/** Bounds the requests of each caller in a minute, in each process of its own. */
export function limitRate(requestsPerMinute: number) {
  const users = new RateLimiterMemory({ points: requestsPerMinute, duration: 60 });
  const portals = new RateLimiterMemory({ points: requestsPerMinute * portalFactor, duration: 60 });
  return createMiddleware<Env>(async (c, next) => {
    const { portalId, userId, roles } = c.get('identity');
    try {
      await (roles.includes('portal') ? portals : users).consume(`${portalId} ${userId}`);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterSeconds = Math.ceil(refusal.msBeforeNext / 1000);
      throw new ProblemError('rate_limited', `Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
    }
    await next();
  });
}
