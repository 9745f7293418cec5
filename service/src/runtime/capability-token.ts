import { jwtVerify, SignJWT } from 'jose';

/**
 * A capability: a signed, expiring statement that whoever holds it may fetch one thing. It goes into URLs that a frame,
 * a download or a worker fetches without a token of its own. Kept out of logs.
 */
export class CapabilityTokens {
  readonly #key: Uint8Array;

  /** @param key 32 bytes, used for nothing else */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  async issue(purpose: string, claims: Record<string, unknown>, seconds: number): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience(purpose)
      .setExpirationTime(`${seconds}s`)
      .sign(this.#key);
  }

  /** The claims, or `null` when the token is forged, expired or for another purpose. */
  async read(purpose: string, token: string): Promise<Record<string, unknown> | null> {
    try {
      const { payload } = await jwtVerify(token, this.#key, { algorithms: ['HS256'], audience: purpose });
      return payload;
    } catch {
      return null;
    }
  }
}
