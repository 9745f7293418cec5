import { randomBytes } from 'node:crypto';
import { beforeAll } from 'vitest';
import { mintToken, type PortalIdentity } from '../../e2e/stack/portal-client.ts';
import { createApp } from '../src/api/app.ts';
import type { App, ChangeStreams } from '../src/api/context.ts';
import { CapabilityTokens } from '../src/runtime/capability-token.ts';
import { silent, type GivenOutbox } from './outbox-fixture.ts';

type Role = 'administrator' | 'portal';

export interface PortalApi {
  app: App;
  portal: PortalIdentity;
  /** One request as a user of the portal, with `body` as JSON or `text` as it is. The answer's `body` is the parsed JSON, `null` when there is none. */
  call(
    userId: string,
    method: string,
    path: string,
    options?: { body?: unknown; text?: string; headers?: Record<string, string>; roles?: Role[] },
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
}

const noStreams: ChangeStreams = {
  open: () => Promise.resolve({ drained: () => undefined, close: () => undefined }),
};
const publicUrl = 'https://outbox.example';

/** The whole HTTP application over the outbox of a test file, without a server. The result is filled before the tests. */
export function portalApi(given: GivenOutbox): PortalApi {
  const api = {} as PortalApi;
  beforeAll(() => void Object.assign(api, openPortalApi(given, given.portalId)));
  return {
    get app() {
      return api.app;
    },
    get portal() {
      return api.portal;
    },
    call: (...request) => api.call(...request),
  };
}

/** The same for any portal of the outbox, in a process of its own: it remembers nothing of another. */
export function openPortalApi(given: GivenOutbox, portalId: string): PortalApi {
  const portal: PortalIdentity = {
    id: portalId,
    name: 'Meridian',
    issuer: 'https://portal.example',
    audience: 'portal-outbox',
    secret: randomBytes(32).toString('hex'),
    origin: 'https://portal.example',
  };
  const { id, name, issuer, audience, secret, origin } = portal;
  const app = createApp(
    {
      database: given.database,
      reads: given.database,
      logger: silent,
      feed: noStreams,
      tokens: new CapabilityTokens(randomBytes(32)),
      cursorKey: randomBytes(32),
      secretKey: randomBytes(32),
      publicUrl: () => publicUrl,
      requestsPerMinute: 100_000,
      widgetFolder: null,
    },
    [{ id, name, issuer, audience, secret, algorithms: ['HS256'], origins: [origin] }],
  );
  return {
    app,
    portal,
    call: async (userId, method, path, { body, text: raw, headers, roles = [] } = {}) => {
      const token = await mintToken(portal, { id: userId, name: userId, roles });
      const response = await app.request(path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(raw !== undefined && { body: raw }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: parse(text) };
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
}
