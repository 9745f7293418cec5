import type { ProblemCode } from '@portal-outbox/contracts';
import { failure, type ServiceResult } from './service-result.ts';
import { TokenSource, type GetToken } from './token-source.ts';

/** Seconds that an ordinary request may take. */
const requestSeconds = 30;

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Speaks HTTP with the service. A 401 renews the shared token and repeats once; the second one ends the session. */
export class ServiceClient {
  readonly serviceUrl: string;
  readonly #tokens: TokenSource;
  readonly #onSessionEnded: () => void;
  #ended = false;

  constructor(serviceUrl: string, getToken: GetToken, onSessionEnded: () => void) {
    this.serviceUrl = serviceUrl.replace(/\/+$/, '');
    this.#tokens = new TokenSource(getToken);
    this.#onSessionEnded = onSessionEnded;
  }

  get sessionEnded(): boolean {
    return this.#ended;
  }

  /** The user has signed in again: requests are made again. */
  revive(): void {
    this.#ended = false;
  }

  /** `path` begins with `/v1/`. The answer's shape is the contract's word, not checked here. */
  async request<T>(method: string, path: string, options: RequestOptions = {}): Promise<ServiceResult<T>> {
    const timeout = AbortSignal.timeout(requestSeconds * 1000);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    const headers: Record<string, string> = { accept: 'application/json' };
    const init: RequestInit = { method, signal };
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    }
    try {
      const response = await this.fetch(path, headers, init);
      if (response === null) return failure('unauthenticated');
      const answer: unknown = await response.json().catch(() => null);
      if (response.ok) return isObject(answer) ? { ok: true, value: answer as T } : failure('incompatible');
      return failure(problemCode(answer, response.status));
    } catch {
      return failure(options.signal?.aborted === true ? 'aborted' : 'unreachable');
    }
  }

  /**
   * An authorised fetch; `null` when the session has ended.
   * @throws what `fetch` throws: a dead network or an abort.
   */
  async fetch(path: string, headers: Record<string, string>, init: RequestInit): Promise<Response | null> {
    if (this.#ended) return null;
    let token = await this.#tokens.current();
    for (let repeat = 0; token !== null; repeat += 1) {
      const response = await fetch(this.serviceUrl + path, {
        ...init,
        headers: { ...headers, authorization: `Bearer ${token}` },
        credentials: 'omit',
        cache: 'no-store',
      });
      if (response.status !== 401) return response;
      void response.body?.cancel();
      if (repeat > 0) break;
      token = await this.#tokens.renew(token);
    }
    if (!this.#ended) {
      this.#ended = true;
      this.#onSessionEnded();
    }
    return null;
  }

  /** Replaces the token that the service has called expired, before anything is refused. */
  async renewToken(): Promise<void> {
    const token = await this.#tokens.current();
    if (token !== null) await this.#tokens.renew(token);
  }
}

function problemCode(answer: unknown, status: number): ProblemCode | 'incompatible' {
  if (isObject(answer) && typeof answer['code'] === 'string') return answer['code'] as ProblemCode;
  return status >= 500 || status === 429 ? 'unavailable' : 'incompatible';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
