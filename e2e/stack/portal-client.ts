// Longer than 300 lines: every operation of the API, a few lines each.
import { randomUUID } from 'node:crypto';
import type {
  AttemptRecord,
  BulkOperation,
  BulkResult,
  BulkResults,
  bulkRequest,
  Connector,
  ConnectorDraft,
  ConnectorPatch,
  DirectoryPacket,
  DirectoryTeam,
  DirectoryUser,
  EmailDetail,
  EmailSubmission,
  HeldChoice,
  HeldEmails,
  ImportAnswer,
  ImportedEmail,
  Me,
  OutboxChange,
  OutboxEmail,
  OutboxPage,
  OutboxView,
  Preferences,
  Problem,
  Settings,
} from '@portal-outbox/contracts';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { SignJWT } from 'jose';
import type * as v from 'valibot';

/** A host portal as the service trusts it. */
export interface PortalIdentity {
  id: string;
  name: string;
  issuer: string;
  audience: string;
  secret: string;
  /** Of its pages, such as http://127.0.0.1:4000 */
  origin: string;
}

export interface PortalUser {
  id: string;
  name: string;
  roles?: ('administrator' | 'portal')[];
}

interface Person {
  name?: string;
  address: string;
}

/** What a caller of `POST /v1/emails` writes: fields with a default may be left out. */
export interface EmailDraft extends Pick<EmailSubmission, 'connectorId' | 'authorId' | 'subject'> {
  from: Person;
  replyTo?: Person;
  to: Person[];
  cc?: Person[];
  bcc?: Person[];
  text?: string;
  html?: string;
  attachments?: { id: string; fileName: string; contentType?: string; contentId?: string }[];
  importance?: EmailSubmission['importance'];
  packet?: NonNullable<EmailSubmission['packet']>;
  sendAt?: string;
  inReplyTo?: string;
  references?: string[];
}

/** What a caller of `POST /v1/import` writes in a line: fields with a default may be left out. */
export type ImportDraft = Omit<EmailDraft, 'sendAt'> &
  Pick<ImportedEmail, 'externalId' | 'submittedAt'> & {
    failure?: { at?: string; message?: string };
    attempts?: number;
  };

/** The service answered with a problem. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
  readonly status: number;
  readonly problem: Problem;

  constructor(operation: string, status: number, problem: Problem) {
    super(
      `${operation}: ${status} ${problem.code}: ${problem.detail} ${JSON.stringify(problem.fields ?? [])}`,
    );
    this.status = status;
    this.problem = problem;
  }
}

/** A token as the host portal signs it for one of its users (HS256). Default life: one hour. */
export async function mintToken(
  portal: PortalIdentity,
  user: PortalUser,
  lifeSeconds = 3600,
): Promise<string> {
  return new SignJWT({ name: user.name, roles: user.roles ?? [] })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(portal.issuer)
    .setAudience(portal.audience)
    .setSubject(user.id)
    .setExpirationTime(new Date(Date.now() + lifeSeconds * 1000))
    .sign(new TextEncoder().encode(portal.secret));
}

export type PortalClient = ReturnType<typeof portalClient>;

export interface RequestOptions {
  /** Sent as JSON, unless it is bytes. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Calls the service as one user of a portal, or as the portal's back end (role `portal`). */
export function portalClient(serviceUrl: string, portal: PortalIdentity, user: PortalUser) {
  let token: Promise<string> | undefined;

  /** One request, whatever the answer; `body` is the parsed JSON, `null` when there is none. */
  async function request(method: string, path: string, options: RequestOptions = {}) {
    token ??= mintToken(portal, user);
    const bytes = options.body instanceof Uint8Array;
    const response = await fetch(new URL(path, serviceUrl), {
      method,
      headers: {
        authorization: `Bearer ${await token}`,
        ...(options.body !== undefined && !bytes && { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body !== undefined && {
        body: bytes ? new Uint8Array(options.body as Uint8Array) : JSON.stringify(options.body),
      }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) };
  }

  async function call<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const { status, body } = await request(method, path, options);
    if (status >= 400) throw new ServiceProblem(`${method} ${path}`, status, body as Problem);
    return body as T;
  }

  const act =
    (action: string) =>
    async (id: string, body: object = {}) =>
      (await call<{ email: OutboxEmail | null }>('POST', `/v1/emails/${id}/${action}`, { body })).email;
  const put = (kind: string, id: string, body: object) =>
    call<null>('PUT', `/v1/directory/${kind}/${encodeURIComponent(id)}`, { body });

  return {
    user,
    token: () => (token ??= mintToken(portal, user)),
    request,

    uploadAttachment: (bytes: Uint8Array) =>
      call<{ id: string; size: number; sha256: string }>('POST', '/v1/attachments', {
        body: bytes,
        headers: { 'content-type': 'application/octet-stream' },
      }),
    /** Returns the ids in the order of the emails. The same key again submits nothing twice. */
    submit: async (emails: EmailDraft[], idempotencyKey: string = randomUUID()) =>
      (
        await call<{ ids: string[] }>('POST', '/v1/emails', {
          body: { emails },
          headers: { 'idempotency-key': idempotencyKey },
        })
      ).ids,

    /** Sends the lines as fast as they are taken and yields the answers as they come: any number in constant memory. */
    async *importEmails(lines: Iterable<ImportDraft | string>): AsyncGenerator<ImportAnswer> {
      token ??= mintToken(portal, user);
      const response = await fetch(new URL('/v1/import', serviceUrl), {
        method: 'POST',
        headers: { authorization: `Bearer ${await token}`, 'content-type': 'application/x-ndjson' },
        body: ndjson(lines),
        duplex: 'half',
      } as RequestInit);
      if (!response.ok || response.body === null) {
        throw new ServiceProblem('POST /v1/import', response.status, parse(await response.text()) as Problem);
      }
      let rest = '';
      for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
        const answers = (rest + text).split('\n');
        rest = answers.pop() ?? '';
        for (const answer of answers) yield JSON.parse(answer) as ImportAnswer;
      }
    },

    me: () => call<Me>('GET', '/v1/me'),
    /** RFC 7396: `null` removes a field. */
    changePreferences: (patch: Record<string, unknown>) =>
      call<Preferences>('PATCH', '/v1/preferences', { body: patch }),
    list: (query: { view?: OutboxView; limit?: number; cursor?: string } = {}) =>
      call<OutboxPage>('GET', `/v1/outbox?${search(query)}`),
    count: (query: { view?: OutboxView } = {}) =>
      call<{ view: OutboxView; total: number; failed: number }>('GET', `/v1/outbox/count?${search(query)}`),
    detail: (id: string) => call<EmailDetail>('GET', `/v1/emails/${id}`),
    attempts: async (id: string) =>
      (await call<{ items: AttemptRecord[] }>('GET', `/v1/emails/${id}/attempts`)).items,
    preview: (id: string, body: { images?: boolean } = {}) =>
      call<{ url: string; expiresAt: string }>('POST', `/v1/emails/${id}/preview`, { body }),
    attachmentLink: (id: string, position: number) =>
      call<{ url: string; expiresAt: string }>('POST', `/v1/emails/${id}/attachments/${position}/link`, {
        body: {},
      }),
    /** Each returns the row, or `null` when it has left the outbox. */
    retry: act('retry'),
    cancel: act('cancel'),
    restore: act('restore'),
    sendNow: act('send-now'),

    startBulk: (body: v.InferInput<typeof bulkRequest>) => call<BulkOperation>('POST', '/v1/bulk', { body }),
    bulk: (id: string) => call<BulkOperation>('GET', `/v1/bulk/${id}`),
    stopBulk: (id: string) => call<BulkOperation>('POST', `/v1/bulk/${id}/stop`),
    undoBulk: (id: string) => call<BulkOperation>('POST', `/v1/bulk/${id}/undo`),
    /** All of them, page by page. */
    async *bulkResults(id: string): AsyncGenerator<BulkResult> {
      for (let cursor: string | null = ''; cursor !== null;) {
        const query: string = cursor === '' ? '' : `?cursor=${cursor}`;
        const page: BulkResults = await call('GET', `/v1/bulk/${id}/results${query}`);
        yield* page.items;
        cursor = page.next;
      }
    },

    connectors: async () => (await call<{ items: Connector[] }>('GET', '/v1/connectors')).items,
    createConnector: (draft: Partial<ConnectorDraft> & Pick<ConnectorDraft, 'name' | 'host' | 'port'>) =>
      call<Connector>('POST', '/v1/connectors', { body: draft }),
    /** `held` says what becomes of emails whose time has passed meanwhile; without it they make it a 409. */
    enableConnector: (id: string, held?: HeldChoice) =>
      call<Connector>('POST', `/v1/connectors/${id}/enable`, { body: held === undefined ? {} : { held } }),
    changeConnector: (id: string, patch: ConnectorPatch, ifMatch?: string) =>
      call<Connector>('PATCH', `/v1/connectors/${id}`, {
        body: patch,
        ...(ifMatch !== undefined && { headers: { 'if-match': ifMatch } }),
      }),
    held: (id: string) => call<HeldEmails>('GET', `/v1/connectors/${id}/held`),
    disableConnector: (id: string) => call<Connector>('POST', `/v1/connectors/${id}/disable`, { body: {} }),
    settings: () => call<Settings>('GET', '/v1/settings'),
    changeSettings: (patch: Partial<Omit<Settings, 'revision'>>) =>
      call<Settings>('PATCH', '/v1/settings', { body: patch }),

    putUser: (id: string, body: Partial<DirectoryUser> & { name: string }) => put('users', id, body),
    putTeam: (id: string, body: Partial<DirectoryTeam> & { name: string }) => put('teams', id, body),
    putPacket: (ref: string, body: Partial<DirectoryPacket> & Pick<DirectoryPacket, 'type' | 'title'>) =>
      put('packets', ref, body),

    /** Changes as they are committed, `hello` first; ends with the stream or when `signal` is aborted. */
    async *changes(
      options: { signal?: AbortSignal; lastEventId?: string } = {},
    ): AsyncGenerator<OutboxChange & { eventId: string | undefined }> {
      token ??= mintToken(portal, user);
      const response = await fetch(new URL('/v1/changes', serviceUrl), {
        headers: {
          authorization: `Bearer ${await token}`,
          accept: 'text/event-stream',
          ...(options.lastEventId !== undefined && { 'last-event-id': options.lastEventId }),
        },
        ...(options.signal && { signal: options.signal }),
      });
      if (!response.ok || response.body === null) {
        throw new ServiceProblem('GET /v1/changes', response.status, parse(await response.text()) as Problem);
      }
      const events = response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream());
      try {
        for await (const event of events) {
          yield { ...(JSON.parse(event.data) as OutboxChange), eventId: event.id };
        }
      } catch (error) {
        if (options.signal?.aborted !== true) throw error;
      }
    },
  };
}

function search(query: Record<string, string | number | undefined>): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  return new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
}

/** Lines in pieces that are worth sending. */
function ndjson(lines: Iterable<ImportDraft | string>): ReadableStream<Uint8Array> {
  const iterator = lines[Symbol.iterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      let text = '';
      while (text.length < 64 * 1024) {
        const { done, value } = iterator.next();
        if (done) {
          if (text !== '') controller.enqueue(encoder.encode(text));
          return controller.close();
        }
        text += `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
      }
      controller.enqueue(encoder.encode(text));
    },
  });
}

function parse(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
