import { setTimeout as pause } from 'node:timers/promises';
import { mintToken, type PortalIdentity, type PortalUser } from '../stack/portal-client.ts';

/** `body` is parsed JSON, or the text where it is none. */
export interface Answer {
  status: number;
  body: unknown;
  /** It was asked before, without an answer. */
  repeated?: boolean;
}

const patienceMs = 8000;
/** After so long something is broken that should have come back. */
const insistMs = 180_000;

/** Calls the service as a portal's back end does: with a time limit, and again with the same request when it must. */
export class ServiceCaller {
  /** Answers that the service should never give, with how often it did. */
  readonly faults = new Map<string, number>();
  readonly #url: string;
  readonly #token: Promise<string>;

  constructor(url: string, portal: PortalIdentity, user: PortalUser) {
    this.#url = url;
    this.#token = mintToken(portal, user, 4 * 3600);
  }

  /** One request; `null`: no answer, so nobody knows what became of it. */
  async ask(
    method: string,
    path: string,
    body?: object | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer | null> {
    const bytes = body instanceof Uint8Array;
    try {
      const response = await fetch(new URL(path, this.#url), {
        method,
        headers: {
          authorization: `Bearer ${await this.#token}`,
          ...(body !== undefined && {
            'content-type': bytes ? 'application/octet-stream' : 'application/json',
          }),
          ...headers,
        },
        ...(body !== undefined && { body: bytes ? new Uint8Array(body) : JSON.stringify(body) }),
        signal: AbortSignal.timeout(patienceMs),
      });
      const text = await response.text();
      if (response.status >= 500 && response.status !== 503) {
        const fault = `${method} ${path.replace(/[0-9a-f-]{36}/, ':id')} ${response.status}`;
        this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
      }
      return { status: response.status, body: parse(text) };
    } catch {
      return null;
    }
  }

  /** Asks again, the very same, until there is an answer other than "try again". */
  async insist(
    method: string,
    path: string,
    body?: object | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const end = performance.now() + insistMs;
    for (let repeated = false; ; repeated = true) {
      const answer = await this.ask(method, path, body, headers);
      if (answer !== null && answer.status < 500 && answer.status !== 429) return { ...answer, repeated };
      if (performance.now() > end) {
        throw new Error(`${method} ${path} in vain for 3 minutes: ${JSON.stringify(answer)}`);
      }
      // As a client's back-off.
      await pause(300);
    }
  }

  /** `insist`, for what must succeed. */
  async demand<Body>(method: string, path: string, body?: object | Uint8Array): Promise<Body> {
    const answer = await this.insist(method, path, body);
    if (answer.status < 300) return answer.body as Body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}
