import { createHash, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import {
  bulkOperation,
  bulkOperations,
  bulkPreview,
  bulkRequest,
  bulkResults,
  idempotencyKey,
  limits,
  uuid,
  type BulkOperation,
  type BulkPreview,
  type BulkRequest,
} from '@portal-outbox/contracts';
import { previewIds, previewQuery } from '../db/action-facts.ts';
import {
  listBulk,
  readBulk,
  startBulk,
  stopBulk,
  toSkipped,
  type BulkQuery,
  type BulkStart,
} from '../db/bulk-operations.ts';
import { readBulkResults } from '../db/bulk-results.ts';
import { inTransaction } from '../db/database.ts';
import { undoBulk } from '../db/undo-bulk.ts';
import type { ReadScope } from '../outbox/visibility.ts';
import { actBy, tooLate } from './act-by.ts';
import { scopeOf, type App, type Dependencies } from './context.ts';
import { check, checkBody, demandJson, emptyOrJson, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

const path = v.object({ id: uuid });
const noBody = v.strictObject({});
const resultsQuery = v.strictObject({
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,9}$/, 'Give a cursor of an answer.'), v.transform(Number)),
  ),
});
const soonAgainSeconds = 5;

/** Retry and Cancel of many emails (M8, B2): asked for here, carried out in the background. */
export function bulk(app: App, dependencies: Dependencies): void {
  const { database } = dependencies;

  app.post(
    '/v1/bulk',
    operation({
      summary: 'Retry or cancel many emails (M8, B2); dryRun counts only',
      answers: { 200: bulkPreview, 202: bulkOperation },
      problems: ['idempotency_key_reused'],
    }),
    demandJson,
    checkBody(bulkRequest),
    async (c) => {
      const request = c.req.valid('json');
      const scope = await scopeOf(c, dependencies);
      const emails = emailsOf(request);
      if (request.dryRun) return c.json(await preview(scope, request, emails));
      const by = { ...scope, actBy: await actBy(database) };
      if (c.req.raw.signal.aborted) throw tooLate();
      const { action, acceptDuplicate } = request;
      const administrator = c.get('identity').roles.includes('administrator');
      const key = readKey(c.req.header('idempotency-key'), await c.req.text());
      const start = { id: randomUUID(), action, acceptDuplicate, administrator, emails, key };
      const started = await inTransaction(database, (tx) => startBulk(tx, by, start));
      if (started.kind !== 'started') throw notStarted(started.kind);
      return c.json(await demand(scope, started.id), 202);
    },
  );

  app.get(
    '/v1/bulk',
    operation({ summary: 'List one’s own latest bulk operations', answers: { 200: bulkOperations } }),
    async (c) => c.json({ items: await listBulk(database, c.get('identity')) }),
  );

  app.get(
    '/v1/bulk/:id',
    operation({
      summary: 'Read how far a bulk operation is, and what became of retried mail (B12)',
      answers: { 200: bulkOperation },
      problems: ['not_found'],
    }),
    check('param', path),
    async (c) => c.json(await demand(c.get('identity'), c.req.valid('param').id)),
  );

  app.get(
    '/v1/bulk/:id/results',
    operation({
      summary: 'List what became of each email of a bulk operation',
      answers: { 200: bulkResults },
      problems: ['not_found'],
    }),
    check('param', path),
    check('query', resultsQuery),
    async (c) => {
      const { id } = c.req.valid('param');
      const scope = await scopeOf(c, dependencies);
      await demand(scope, id);
      const page = await readBulkResults(database, scope, id, c.req.valid('query').cursor ?? 1);
      return c.json({ items: page.items, next: page.nextChunk === null ? null : String(page.nextChunk) });
    },
  );

  app.post(
    '/v1/bulk/:id/stop',
    operation({
      summary: 'Stop a bulk operation; what is done stays done',
      answers: { 200: bulkOperation },
      problems: ['not_found'],
    }),
    check('param', path),
    emptyOrJson,
    checkBody(noBody),
    async (c) => {
      const { id } = c.req.valid('param');
      const stopped = await inTransaction(database, (tx) => stopBulk(tx, c.get('identity'), id));
      if (!stopped) throw notFound();
      return c.json(await demand(c.get('identity'), id));
    },
  );

  app.post(
    '/v1/bulk/:id/undo',
    operation({
      summary: 'Take a bulk cancel back (B7): restores what it has cancelled',
      answers: { 202: bulkOperation },
      problems: ['not_found', 'not_restorable'],
    }),
    check('param', path),
    emptyOrJson,
    checkBody(noBody),
    async (c) => {
      const administrator = c.get('identity').roles.includes('administrator');
      const scope = { ...(await scopeOf(c, dependencies)), administrator };
      const { id } = c.req.valid('param');
      const undo = await inTransaction(database, (tx) => undoBulk(tx, scope, id, randomUUID()));
      if (undo.kind === 'unknown') throw notFound();
      if (undo.kind === 'not_undoable') {
        const detail = `Only a cancel can be undone, for ${limits.restoreHours} hours.`;
        throw new ProblemError('not_restorable', detail);
      }
      return c.json(await demand(scope, undo.id), 202);
    },
  );

  async function preview(
    scope: ReadScope,
    { action, acceptDuplicate }: BulkRequest,
    emails: readonly string[] | BulkQuery,
  ): Promise<BulkPreview> {
    const { matched, skipped } =
      'view' in emails
        ? await previewQuery(database, scope, action, emails, acceptDuplicate)
        : await previewIds(database, scope, action, emails, acceptDuplicate);
    const eligible = [...skipped.values()].reduce((left, total) => left - total, matched);
    return { matched, eligible, skipped: toSkipped(skipped) };
  }

  /** One of the caller's own. */
  async function demand(owner: Pick<ReadScope, 'portalId' | 'userId'>, id: string): Promise<BulkOperation> {
    const found = await readBulk(database, owner, id);
    if (found === null) throw notFound();
    return found;
  }
}

function emailsOf({ ids, query }: BulkRequest): readonly string[] | BulkQuery {
  if (query !== undefined) return query;
  return [...new Set(ids)];
}

/** Optional: what is asked for again, because its answer was lost, with the same key is one operation. */
function readKey(header: string | undefined, body: string): { text: string; bodySha256: string } | null {
  if (header === undefined) return null;
  const key = v.safeParse(idempotencyKey, header);
  if (!key.success) {
    throw new ProblemError('invalid', 'Send a key that is unique to this request, such as a UUID, or none.', {
      fields: [
        { field: 'Idempotency-Key', detail: 'Give 1 to 200 printable ASCII characters without spaces.' },
      ],
    });
  }
  return { text: key.output, bodySha256: createHash('sha256').update(body).digest('hex') };
}

function notStarted(why: Exclude<BulkStart['kind'], 'started'>): ProblemError {
  if (why === 'too_late') return tooLate();
  if (why === 'key_reused') {
    return new ProblemError(
      'idempotency_key_reused',
      'This key was used for another request. Use a new one.',
    );
  }
  const detail = `Have at most ${limits.bulkOperationsAtOnce} bulk operations under way, and ${limits.bulkOperationsPerDay} a day.`;
  return new ProblemError('rate_limited', detail, { retryAfterSeconds: soonAgainSeconds });
}

function notFound(): ProblemError {
  return new ProblemError('not_found', 'There is no such bulk operation of yours.');
}
