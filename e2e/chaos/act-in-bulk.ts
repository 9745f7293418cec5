import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { BulkOperation, BulkResult, BulkResults } from '@portal-outbox/contracts';
import { idOf, isCancelled, liftDelays, type EmailStory } from './email-story.ts';
import type { ServiceCaller } from './service-caller.ts';

export interface BulkCounts {
  cancel: number;
  restore: number;
  retry: number;
}

/**
 * One person acts on many emails by a bulk operation, whatever breaks meanwhile, and notes what it says of each. Nobody
 * else acts on these emails until it is over.
 *
 * @param undoes whether a cancel is taken back
 */
export async function actInBulk(
  service: ServiceCaller,
  stories: readonly EmailStory[],
  action: 'retry' | 'cancel',
  undoes: () => boolean,
): Promise<BulkCounts> {
  const free = stories.filter((story) => !story.busy && idOf(story) !== null);
  const chosen = new Map(
    free.flatMap((story) =>
      action === 'cancel' && isCancelled(story) ? [] : [[idOf(story)!, story] as const],
    ),
  );
  const counts = { cancel: 0, restore: 0, retry: 0 };
  if (chosen.size === 0) return counts;
  for (const story of chosen.values()) story.busy = true;
  try {
    if (action === 'retry') counts.retry = await retry(service, chosen);
    else Object.assign(counts, await cancel(service, chosen, undoes));
  } finally {
    for (const story of chosen.values()) story.busy = false;
  }
  return counts;
}

type Stories = ReadonlyMap<string, EmailStory>;

/** The emails that it retried may be received again from the moment of asking. */
async function retry(service: ServiceCaller, stories: Stories): Promise<number> {
  const askedAt = Date.now();
  const asked = { askedAt, acceptDuplicate: false, granted: 'unknown' as 'unknown' | 'yes' };
  const entries = new Map([...stories].map(([id, story]) => [id, { story, entry: { ...asked } }]));
  for (const { story, entry } of entries.values()) story.retries.push(entry);
  const results = await carryOut(service, '/v1/bulk', { action: 'retry', ids: [...stories.keys()] });
  let done = 0;
  for (const { id, result } of results) {
    const { story, entry } = entries.get(id)!;
    if (result === 'done') {
      entry.granted = 'yes';
      liftDelays(story, askedAt);
      done += 1;
    } else story.retries.splice(story.retries.indexOf(entry), 1);
  }
  return done;
}

async function cancel(
  service: ServiceCaller,
  stories: Stories,
  undoes: () => boolean,
): Promise<Pick<BulkCounts, 'cancel' | 'restore'>> {
  const body = { action: 'cancel', ids: [...stories.keys()] };
  const operation = await demandOperation(service, '/v1/bulk', body);
  const results = await waitForResults(service, operation.id);
  const cancelled = results.filter(({ result }) => result === 'done');
  for (const { id } of cancelled) {
    stories.get(id)!.cancels.push({ doneAt: Date.now(), undoAskedAt: null, restored: false });
  }
  if (cancelled.length === 0 || !undoes()) return { cancel: cancelled.length, restore: 0 };
  const askedAt = Date.now();
  for (const { id } of cancelled) stories.get(id)!.cancels.at(-1)!.undoAskedAt = askedAt;
  const restored = await carryOut(service, `/v1/bulk/${operation.id}/undo`, {});
  let done = 0;
  for (const { id, result } of restored) {
    const story = stories.get(id)!;
    const last = story.cancels.at(-1)!;
    if (result === 'done') {
      last.restored = true;
      // Due 10 s later at the earliest, counted from a moment after it was first asked for.
      story.notBefore.push({ since: Date.now(), until: askedAt + 10_000, liftedAt: null });
      done += 1;
    } else last.refused = true;
  }
  return { cancel: cancelled.length, restore: done };
}

async function carryOut(service: ServiceCaller, path: string, body: object): Promise<BulkResult[]> {
  return await waitForResults(service, (await demandOperation(service, path, body)).id);
}

/** Asked again with the same key until there is an answer: it is one operation. */
async function demandOperation(service: ServiceCaller, path: string, body: object): Promise<BulkOperation> {
  const answer = await service.insist('POST', path, body, { 'idempotency-key': randomUUID() });
  if (answer.status === 202) return answer.body as BulkOperation;
  throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

async function waitForResults(service: ServiceCaller, id: string): Promise<BulkResult[]> {
  const end = performance.now() + longestMs;
  for (;;) {
    const operation = await service.demand<BulkOperation>('GET', `/v1/bulk/${id}`);
    if (operation.endedAt !== null) break;
    if (performance.now() > end)
      throw new Error(`A bulk operation does not end: ${JSON.stringify(operation)}`);
    // As a page without live changes does.
    await pause(200);
  }
  const { items } = await service.demand<BulkResults>('GET', `/v1/bulk/${id}/results`);
  return items;
}

/** After so long something is broken that should have come back. */
const longestMs = 180_000;
