import { Agent, request } from 'node:http';
import { mintToken, type PortalIdentity } from '../../stack/portal-client.ts';
import type { ListQuery } from './list-cases.ts';

export interface TimedAnswer {
  /** From the request to the last byte of the answer. */
  ms: number;
  /** JSON. */
  body: string;
}

/** Asks as many different people, each with a token of their own, over one connection that stays open. */
export class HttpReader {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #tokens = new Map<string, Promise<string>>();
  readonly #serviceUrl: URL;
  readonly #portal: PortalIdentity;

  constructor(serviceUrl: string, portal: PortalIdentity) {
    this.#serviceUrl = new URL(serviceUrl);
    this.#portal = portal;
  }

  list(userId: string, query: ListQuery): Promise<TimedAnswer> {
    return this.ask(userId, 'GET', `/v1/outbox?${new URLSearchParams(query).toString()}`);
  }

  count(userId: string, query: ListQuery): Promise<TimedAnswer> {
    return this.ask(userId, 'GET', `/v1/outbox/count?${new URLSearchParams(query).toString()}`);
  }

  /** Rejects at any answer but 2xx. */
  async ask(userId: string, method: string, path: string, body?: unknown): Promise<TimedAnswer> {
    const token = await this.#token(userId);
    const text = body === undefined ? null : JSON.stringify(body);
    const started = performance.now();
    const answer = await new Promise<{ status: number; body: string }>((resolve, reject) => {
      const sent = request(
        new URL(path, this.#serviceUrl),
        {
          method,
          agent: this.#agent,
          headers: {
            authorization: `Bearer ${token}`,
            ...(text !== null && {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(text),
            }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
          response.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(text ?? undefined);
    });
    const ms = performance.now() - started;
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path} as ${userId}: ${answer.status} ${answer.body.slice(0, 500)}`);
    return { ms, body: answer.body };
  }

  close(): void {
    this.#agent.destroy();
  }

  #token(userId: string): Promise<string> {
    let token = this.#tokens.get(userId);
    if (token === undefined) {
      const roles = userId === backEnd ? (['portal', 'administrator'] as const) : [];
      token = mintToken(this.#portal, { id: userId, name: userId, roles: [...roles] }, 6 * 3600);
      this.#tokens.set(userId, token);
    }
    return token;
  }
}

/** The host's back end, which keeps the directory. */
export const backEnd = 'back-end';
