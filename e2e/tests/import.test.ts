import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { ImportDraft } from '../stack/portal-client.ts';
import { eventually } from '../stack/eventually.ts';
import { draft, givenStack } from './given-stack.ts';

// The build, whose memory is the product's own: run from the source, the compiler counts too.
const given = givenStack({ built: true });

function old(number: number | string, changes: Partial<ImportDraft> = {}): ImportDraft {
  const { sendAt: _, ...email } = draft(given.connectorId, `old-${number}@customer.test`);
  return {
    ...email,
    externalId: `old-${number}`,
    submittedAt: '2019-03-31T02:30:00+02:00',
    failure: { at: '2019-03-31T02:31:00+02:00', message: '451 4.7.1 Greylisted' },
    attempts: 3,
    ...changes,
  };
}

function* many(count: number): Generator<ImportDraft> {
  for (let number = 1; number <= count; number += 1) yield old(number, { text: 'x'.repeat(1000) });
}

async function importAll(lines: Iterable<ImportDraft | string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let line = 0;
  for await (const answer of given.backEnd.importEmails(lines)) {
    line += 1;
    expect(answer.line).toBe(line);
    counts[answer.status] = (counts[answer.status] ?? 0) + 1;
  }
  return counts;
}

/** The most memory that the api has had resident, in MB; Linux says it. */
async function apiPeakMegabytes(): Promise<number> {
  const status = await readFile(`/proc/${given.stack.api.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

const importOne = async (email: ImportDraft) => {
  for await (const { id } of given.backEnd.importEmails([email])) return id!;
  throw new Error('There was no answer.');
};
const statusOf = async (id: string) => (await given.author.detail(id)).email.status;

describe('a migrated email', () => {
  it('leaves only by Retry, whatever else happens', async () => {
    const id = await importOne(old('by hand', { to: [{ address: 'by.hand@customer.test' }] }));
    expect((await given.author.detail(id)).email).toMatchObject({
      status: 'failed',
      lastFailure: { cause: 'migrated', reply: '451 4.7.1 Greylisted' },
      submittedAt: '2019-03-31T00:30:00.000Z',
      sendCount: 3,
    });
    await given.backEnd.disableConnector(given.connectorId);
    await given.backEnd.enableConnector(given.connectorId);
    await given.backEnd.changeSettings({ retryDelaysSeconds: [1, 1] });
    await given.author.cancel(id);
    await given.author.restore(id);
    await given.submit('after@customer.test');
    await eventually('an email submitted later', () => given.taken('after@customer.test')[0]);
    expect(given.taken('by.hand@customer.test')).toEqual([]);
    expect(await statusOf(id)).toBe('failed');

    expect(await given.author.retry(id)).toMatchObject({ status: 'pending_retry' });
    const message = await eventually('the retried one', () => given.taken('by.hand@customer.test')[0]);
    expect(message.raw.toString()).toContain('Date: Sun, 31 Mar 2019 00:30:00 +0000');
  });

  it('is Failed again after one attempt that fails', async () => {
    const id = await importOne(old('full', { to: [{ address: 'full.old@customer.test' }] }));
    await given.author.retry(id);
    const failed = await eventually('the failure', async () => {
      const { email } = await given.author.detail(id);
      return email.sendCount === 4 ? email : null;
    });
    expect(failed).toMatchObject({ status: 'failed', lastFailure: { cause: 'mailbox_full' } });
    expect(await given.author.attempts(id)).toHaveLength(1);
  });
});

describe('an import', () => {
  it('cut off half-way can be repeated whole', async () => {
    const lines = Array.from({ length: 3000 }, (_, number) => old(`cut-${number}`));
    for await (const { line } of given.backEnd.importEmails(lines)) if (line === 700) break;
    const again = await importAll(lines);
    expect(again['exists']).toBeGreaterThanOrEqual(700);
    expect((again['exists'] ?? 0) + (again['created'] ?? 0)).toBe(3000);
    expect(await importAll(lines)).toEqual({ exists: 3000 });
  });

  it('of very long lines leaves the api under 250 MB', async () => {
    const long = { text: 'ä'.repeat(500_000), html: 'x'.repeat(1_000_000) };
    const lines = Array.from({ length: 100 }, (_, number) => old(`long-${number}`, long));
    expect(await importAll(lines)).toEqual({ created: 100 });
    expect(await apiPeakMegabytes()).toBeLessThan(250);
  }, 120_000);

  it('of 50,000 emails takes less than 20 s and the api less than 250 MB; repeated, none is there twice', async () => {
    const before = (await given.author.count({ view: 'mine' })).total;
    const startedAt = performance.now();
    expect(await importAll(many(50_000))).toEqual({ created: 50_000 });
    const seconds = (performance.now() - startedAt) / 1000;
    expect(await importAll(many(50_000))).toEqual({ exists: 50_000 });
    expect(seconds).toBeLessThan(20);
    expect(await apiPeakMegabytes()).toBeLessThan(250);
    expect((await given.author.count({ view: 'mine' })).total).toBe(before + 50_000);
  }, 120_000);
});
