import {
  defaultSort,
  matchesFilter,
  outboxSorts,
  type Me,
  type OutboxChange,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxPage,
  type OutboxView,
  type Preferences,
} from '@portal-outbox/contracts';
import { emailOrder } from '../data/email-order.ts';
import { FakeBulk } from './fake-bulk.ts';
import { countEmails, groupCauses, readFilter } from './fake-numbers.ts';
import { sampleAttempt, sampleDetail } from './sample-emails.ts';

export interface SeenRequest {
  method: string;
  path: string;
  body: unknown;
  token: string;
  lastEventId: string | null;
}
type Answer = (request: SeenRequest) => Response | Promise<Response> | undefined;

/** A stand-in for the service behind `fetch`, with streams of changes that a test feeds. */
export class FakeService {
  emails: OutboxEmail[] = [];
  view: OutboxView = 'mine';
  hasTeam = true;
  roles: string[] = [];
  /** How many the count calls failed. */
  failed = 0;
  preferences: Preferences = {};
  readonly bulk = new FakeBulk();
  /** Tokens that are taken; `null` takes all. */
  validTokens: ReadonlySet<string> | null = null;
  isDown = false;
  readonly requests: SeenRequest[] = [];
  private readonly streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  private readonly answers: Answer[] = [];
  private readonly realFetch = globalThis.fetch;
  private eventId = 0;

  constructor(emails: OutboxEmail[] = []) {
    this.emails = emails;
    globalThis.fetch = (input, init) => this.fetch(input, init);
  }

  restoreFetch(): void {
    this.breakLines();
    globalThis.fetch = this.realFetch;
  }

  /** Answers before the usual answers do; `undefined` leaves it to them. */
  on(answer: Answer): void {
    this.answers.unshift(answer);
  }

  emit(change: OutboxChange): void {
    this.eventId += 1;
    const event = `event: ${change.type}\nid: ${this.eventId}\ndata: ${JSON.stringify(change)}\n\n`;
    for (const stream of this.streams) stream.enqueue(new TextEncoder().encode(event));
  }

  /** Tells everybody that the email is as given now. */
  change(email: OutboxEmail, views: OutboxView[] = [this.view]): void {
    this.emails = this.emails.map((old) => (old.id === email.id ? email : old));
    this.emit({ type: 'row', email, views });
  }

  remove(id: string, why: 'sent' | 'cancelled' | 'hidden'): void {
    this.emails = this.emails.filter((email) => email.id !== id);
    this.emit({ type: 'gone', id, why });
  }

  endStreams(): void {
    for (const stream of this.streams) stream.close();
    this.streams.clear();
  }

  breakLines(): void {
    for (const stream of this.streams) stream.error(new TypeError('network error'));
    this.streams.clear();
  }

  get openStreams(): number {
    return this.streams.size;
  }

  count(method: string, path: RegExp): number {
    return this.requests.filter((request) => request.method === method && path.test(request.path)).length;
  }

  last(path: RegExp): SeenRequest | undefined {
    return this.requests.findLast((request) => path.test(request.path));
  }

  private async fetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(input instanceof Request ? input.url : input, 'https://outbox.test');
    const headers = new Headers(init.headers);
    const request: SeenRequest = {
      method: init.method ?? 'GET',
      path: url.pathname + url.search,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
      token: headers.get('authorization')?.replace('Bearer ', '') ?? '',
      lastEventId: headers.get('last-event-id'),
    };
    this.requests.push(request);
    await Promise.resolve();
    init.signal?.throwIfAborted();
    if (this.isDown) throw new TypeError('Failed to fetch');
    if (this.validTokens && !this.validTokens.has(request.token)) return problem(401, 'unauthenticated');
    for (const answer of this.answers) {
      const given = await answer(request);
      if (given) return given;
    }
    return this.answer(request, url, init.signal ?? null);
  }

  private answer(request: SeenRequest, url: URL, signal: AbortSignal | null): Response {
    const [, id, action] = /^\/v1\/emails\/([^/]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
    if (url.pathname === '/v1/outbox') return json(this.page(url.searchParams));
    if (url.pathname === '/v1/outbox/count') {
      return json(countEmails(this.matching(url.searchParams), this.viewOf(url.searchParams), this.failed));
    }
    if (url.pathname === '/v1/outbox/causes') {
      return json(groupCauses(this.matching(url.searchParams), this.viewOf(url.searchParams)));
    }
    if (url.pathname === '/v1/preferences') return json(this.prefer(request.body as Preferences));
    if (url.pathname.startsWith('/v1/bulk')) return this.answerBulk(request, url);
    if (url.pathname === '/v1/me') return json(this.me());
    if (url.pathname === '/v1/changes') return this.stream(request.lastEventId !== null, signal);
    const email = this.emails.find((one) => one.id === id);
    if (!email) return problem(404, 'not_found');
    if (action === undefined) return json(sampleDetail(email));
    if (action === 'attempts') return json({ items: [sampleAttempt()] });
    if (action === 'cancel') {
      this.emails = this.emails.filter((one) => one !== email);
      return json({ email: null });
    }
    return json({ email });
  }

  private page(query: URLSearchParams): OutboxPage {
    const limit = Number(query.get('limit') ?? this.preferences.pageSize ?? 50);
    const sort =
      outboxSorts.find((name) => name === query.get('sort')) ?? this.preferences.sort ?? defaultSort;
    const start = Number(query.get('cursor') ?? 0);
    const end = start + limit;
    const emails = this.matching(query);
    // In the usual order a test's emails stand as it gave them.
    const sorted = sort === defaultSort ? emails : emails.toSorted(emailOrder(sort, (cause) => cause));
    const lastStart = Math.floor(Math.max(0, emails.length - 1) / limit) * limit;
    return {
      items: sorted.slice(start, end),
      view: this.viewOf(query),
      total: emails.length,
      next: end < emails.length ? String(end) : null,
      previous: start > 0 ? String(Math.max(0, start - limit)) : null,
      last: end < emails.length ? String(lastStart) : null,
      from: emails.length === 0 ? 0 : start + 1,
      sort,
    };
  }

  private viewOf(query: URLSearchParams): OutboxView {
    return (query.get('view') as OutboxView | null) ?? this.preferences.view ?? this.view;
  }

  private matching(query: URLSearchParams): OutboxEmail[] {
    return this.filtered(readFilter(query));
  }

  private filtered(filter: OutboxFilter): OutboxEmail[] {
    return this.emails.filter((email) => matchesFilter(filter, email) !== false);
  }

  private prefer(patch: Preferences): Preferences {
    const kept = Object.entries({ ...this.preferences, ...patch }).filter(([, value]) => value !== null);
    this.preferences = Object.fromEntries(kept);
    return this.preferences;
  }

  private answerBulk({ method, body }: SeenRequest, url: URL): Response {
    const [, id, what] = /^\/v1\/bulk\/([^/]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
    if (id === undefined && method === 'GET') return json({ items: this.bulk.operations });
    if (id === undefined) {
      const asked = body as {
        action: 'retry' | 'cancel';
        ids?: string[];
        query?: { filter?: OutboxFilter };
        dryRun?: boolean;
      };
      const emails = asked.ids
        ? this.emails.filter((email) => asked.ids?.includes(email.id))
        : this.filtered(asked.query?.filter ?? {});
      return asked.dryRun === true
        ? json(this.bulk.preview(asked, emails))
        : json(this.bulk.start(asked, emails), 202);
    }
    if (what === 'results') return json({ items: this.bulk.results.get(id) ?? [], next: null });
    if (what === 'stop')
      return json(this.bulk.change(id, { state: 'stopped', endedAt: new Date().toISOString() }));
    if (what === 'undo') {
      const undone = this.bulk.find(id);
      const restore = this.bulk.start({ action: 'cancel' }, []);
      return json(
        this.bulk.change(restore.id, {
          action: 'restore',
          undoes: id,
          matched: undone.done,
          state: 'running',
        }),
        202,
      );
    }
    return json(this.bulk.find(id));
  }

  private me(): Me {
    return {
      user: { id: 'u1', name: 'Grace Hopper' },
      roles: this.roles,
      view: this.preferences.view ?? this.view,
      sort: this.preferences.sort ?? defaultSort,
      pageSize: this.preferences.pageSize ?? 50,
      preferences: this.preferences,
      undoChoices: [0, 5, 10, 30],
      hasTeam: this.hasTeam,
      pageSizes: [25, 50, 100, 250, 500],
      serverTime: new Date().toISOString(),
    };
  }

  private stream(isResumed: boolean, signal: AbortSignal | null): Response {
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start: (opened) => {
        controller = opened;
        this.streams.add(opened);
      },
      cancel: () => void this.streams.delete(controller),
    });
    signal?.addEventListener('abort', () => this.streams.delete(controller));
    const hello = { type: 'hello', serverTime: new Date().toISOString() };
    const id = isResumed ? '' : 'id: 0\n';
    controller!.enqueue(new TextEncoder().encode(`event: hello\n${id}data: ${JSON.stringify(hello)}\n\n`));
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }
}

export function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

export function problem(status: number, code: string): Response {
  return new Response(
    JSON.stringify({ type: 'about:blank', title: code, status, code, detail: 'What to do.' }),
    {
      status,
      headers: { 'content-type': 'application/problem+json' },
    },
  );
}
