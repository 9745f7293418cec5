import { createMiddleware } from 'hono/factory';
import {
  createRemoteJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyGetKey,
} from 'jose';
import * as v from 'valibot';
import { hostId } from '@portal-outbox/contracts';
import type { Portal } from '../config.ts';
import { now } from '../runtime/clock.ts';
import type { Env, Identity } from './context.ts';
import { ProblemError } from './problem-answer.ts';

const mostCachedTokens = 10_000;
const clockToleranceSeconds = 5;

const claims = v.object({
  sub: hostId,
  exp: v.number(),
  name: v.optional(v.string(), ''),
  roles: v.optional(v.array(v.string()), []),
});

interface TrustedPortal {
  portal: Portal;
  key: Uint8Array | JWTVerifyGetKey;
}

/** Checks tokens: issuer, audience, algorithm, expiry, signature. Checked ones are remembered until they expire. */
export class TokenChecker {
  readonly #portals: TrustedPortal[];
  readonly #checked = new Map<string, Identity>();

  constructor(portals: readonly Portal[]) {
    this.#portals = portals.map((portal) => ({
      portal,
      key:
        portal.secret === undefined
          ? createRemoteJWKSet(new URL(portal.jwksUrl ?? ''))
          : new TextEncoder().encode(portal.secret),
    }));
  }

  /** Throws `unauthenticated` with what to do, `unavailable` when the issuer's keys cannot be fetched. */
  async check(token: string): Promise<Identity> {
    const known = this.#checked.get(token);
    if (known !== undefined && known.expiresAt > now()) return known;
    const identity = await this.#verify(token);
    if (this.#checked.size >= mostCachedTokens) this.#checked.clear();
    this.#checked.set(token, identity);
    return identity;
  }

  async #verify(token: string): Promise<Identity> {
    const candidates = this.#portals.filter(({ portal }) => portal.issuer === readIssuer(token));
    let reason = 'Its issuer is not trusted here.';
    for (const { portal, key } of candidates) {
      try {
        const { payload } = await jwtVerify(token, key as JWTVerifyGetKey, {
          issuer: portal.issuer,
          audience: portal.audience,
          algorithms: portal.algorithms,
          requiredClaims: ['exp', 'sub'],
          clockTolerance: clockToleranceSeconds,
        });
        return toIdentity(portal, payload);
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        if (!(error instanceof errors.JOSEError) || keyServerTroubles.has(error.code)) {
          throw new ProblemError(
            'unavailable',
            'The issuer’s keys cannot be fetched. Try again in a few seconds.',
            {
              retryAfterSeconds: 5,
            },
          );
        }
        reason = refusals[error.code] ?? 'Its signature is not valid.';
      }
    }
    throw unauthenticated(reason);
  }
}

/** jose's codes for keys that could not be fetched or read: no fault of the token's. */
const keyServerTroubles = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/** What to tell the developer, for jose's codes; the token itself is never repeated. */
const refusals: Record<string, string> = {
  ERR_JWT_EXPIRED: 'It has expired: get a new one.',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'Issuer, audience, exp or sub are missing or wrong.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'Its algorithm is not one agreed on for this portal.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'Its signature is not valid.',
};

export function unauthenticated(reason: string): ProblemError {
  return new ProblemError('unauthenticated', `Send a valid token as "Authorization: Bearer …". ${reason}`, {
    fields: [{ field: 'Authorization', detail: reason }],
  });
}

function readIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function toIdentity(portal: Portal, payload: JWTPayload): Identity {
  const result = v.safeParse(claims, payload);
  if (!result.success) throw unauthenticated('Its claims sub, name or roles have the wrong form.');
  const { sub, name, roles, exp } = result.output;
  return {
    portalId: portal.id,
    userId: sub,
    name: name || sub,
    roles,
    origins: portal.origins.map((origin) => new URL(origin).origin),
    expiresAt: exp * 1000,
  };
}

/** Demands a valid token, and that a browser's request comes from the token's own portal. */
export function authenticate(checker: TokenChecker) {
  return createMiddleware<Env>(async (c, next) => {
    const header = c.req.header('authorization') ?? '';
    const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1];
    if (token === undefined) throw unauthenticated('There is none in this request.');
    const identity = await checker.check(token);
    const origin = c.req.header('origin');
    if (origin !== undefined && !identity.origins.includes(origin)) {
      throw new ProblemError('forbidden', 'This page’s origin does not belong to the token’s portal.');
    }
    c.set('identity', identity);
    await next();
  });
}

/** Demands a role: `portal` is the host's back end, `administrator` may change settings. */
export function demandRole(role: 'portal' | 'administrator') {
  return createMiddleware<Env>(async (c, next) => {
    if (!c.get('identity').roles.includes(role)) {
      throw new ProblemError('forbidden', `This needs a token with the role "${role}".`);
    }
    await next();
  });
}
