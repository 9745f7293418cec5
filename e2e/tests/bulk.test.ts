import { expect, it } from 'vitest';
import type { BulkOperation } from '@portal-outbox/contracts';
import { eventually } from '../stack/eventually.ts';
import { portalClient, type ImportDraft } from '../stack/portal-client.ts';
import { draft, givenStack } from './given-stack.ts';

const given = givenStack({ apis: 2 });

/** Failed emails of the author's, in no time. */
async function importFailed(count: number, address: (number: number) => string): Promise<void> {
  const lines: ImportDraft[] = Array.from({ length: count }, (_, number) => {
    const { sendAt: _sendAt, ...email } = draft(given.connectorId, address(number));
    return { ...email, externalId: address(number), submittedAt: '2026-01-02T03:04:05Z' };
  });
  for await (const { status } of given.backEnd.importEmails(lines)) expect(status).toBe('created');
}

const isOver = (operation: BulkOperation) => (operation.endedAt === null ? null : operation);

it('tells its owner, live, how far it is and what became of the mail', async () => {
  await importFailed(20, (number) => `${number < 3 ? 'unknown' : 'fine'}.${number}@customer.test`);
  const reader = portalClient(given.stack.apiUrls[1]!, given.stack.portal, given.author.user);
  const stranger = portalClient(given.stack.apiUrls[1]!, given.stack.portal, { id: 'eve', name: 'Eve' });
  const stop = new AbortController();
  const told: BulkOperation[] = [];
  const overheard: string[] = [];
  const reading = [
    (async () => {
      for await (const change of reader.changes({ signal: stop.signal })) {
        overheard.push(`own ${change.type}`);
        if (change.type === 'bulk') told.push(change.operation);
      }
    })(),
    (async () => {
      for await (const change of stranger.changes({ signal: stop.signal }))
        overheard.push(`eve ${change.type}`);
    })(),
  ];
  await eventually('both streams', () =>
    overheard.includes('own hello') && overheard.includes('eve hello') ? true : null,
  );
  const { id } = await reader.startBulk({ action: 'retry', query: { view: 'mine' } });
  const last = await eventually('the mail to have moved', () => {
    const operation = told.at(-1);
    return operation?.state === 'done' && operation.mail?.waiting === 0 ? operation : null;
  });
  expect(last).toMatchObject({
    ...{ id, matched: 20, done: 20, skipped: [] },
    mail: { sent: 17, failed: 3, waiting: 0, cancelled: 0 },
  });
  // An import lets everybody load again.
  const ofHers = overheard.filter((it) => it.startsWith('eve') && it !== 'eve reset');
  expect(ofHers).toEqual(['eve hello']);
  stop.abort();
  await Promise.all(reading);
  for (let number = 3; number < 20; number += 1) {
    expect(given.taken(`fine.${number}@customer.test`)).toHaveLength(1);
  }
});

it('is finished by another process when the one that answered is killed', async () => {
  const count = 5000;
  await importFailed(count, (number) => `crash.${number}@customer.test`);
  const [dying, living] = given.stack.apiUrls.map((url) =>
    portalClient(url, given.stack.portal, given.author.user),
  );
  const query = { view: 'mine' as const, filter: { search: 'crash' } };
  expect(await dying!.startBulk({ action: 'cancel', query, dryRun: true })).toEqual({
    ...{ matched: count, eligible: count, skipped: [] },
  });
  const asked = await dying!.startBulk({ action: 'cancel', query });
  const begun = await eventually('it to have begun', async () => {
    const operation = await living!.bulk(asked.id);
    return operation.done > 0 ? operation : null;
  });
  await given.stack.apis[0]!.kill('SIGKILL');
  // Otherwise nothing was left for the other one.
  expect(begun.done).toBeLessThan(count);

  const over = await eventually('the other one to finish it', async () =>
    isOver(await living!.bulk(asked.id)),
  );
  expect(over).toMatchObject({ state: 'done', matched: count, done: count, skipped: [] });
  expect(await living!.startBulk({ action: 'cancel', query, dryRun: true })).toMatchObject({ matched: 0 });
  const results = new Set<string>();
  for await (const { id, result } of living!.bulkResults(asked.id)) {
    expect(result).toBe('done');
    results.add(id);
  }
  expect(results.size).toBe(count);

  const undo = await living!.undoBulk(asked.id);
  await eventually('the undo', async () => isOver(await living!.bulk(undo.id)), 60);
  expect(await living!.startBulk({ action: 'cancel', query, dryRun: true })).toMatchObject({
    matched: count,
  });
}, 120_000);
