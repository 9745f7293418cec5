import { expect } from 'vitest';
import type { BulkOperation, BulkPreview, BulkResult, BulkResults, Problem } from '@portal-outbox/contracts';
import { BulkRunner } from '../src/bulk/bulk-runner.ts';
import type { Database } from '../src/db/database.ts';
import type { PortalApi } from './api-fixture.ts';
import {
  author,
  many,
  silent,
  type EmailChanges,
  type EmailRow,
  type GivenOutbox,
} from './outbox-fixture.ts';

type Answer = Partial<BulkOperation & BulkPreview & Problem> & { status: number };

/** Bulk operations as users ask for them, and processes that carry them out. */
export interface GivenBulk {
  ask(body: unknown, user?: string, key?: string): Promise<Answer>;
  /** `path`: '', '/stop', '/undo'. */
  call(method: 'GET' | 'POST', id: string, path?: string, user?: string): Promise<Answer>;
  read(id: string): Promise<BulkOperation>;
  results(id: string, user?: string): Promise<BulkResult[]>;
  /** Runs a process until the operation is over. */
  carryOut(id: string): Promise<BulkOperation>;
  /** Runs a process of the api on this pool; stop it. */
  startRunner(database?: Database): Promise<BulkRunner>;
  /** Waits until it is over, whoever carries it out. */
  over(id: string): Promise<BulkOperation>;
  /** Listed emails of the author's, with these columns. */
  emails(count: number, columns?: Partial<EmailRow>, changes?: EmailChanges): Promise<string[]>;
  rows(ids: readonly string[]): Promise<Map<string, EmailRow & { cancelled_from: string | null }>>;
}

export function bulkOf(given: GivenOutbox, api: PortalApi): GivenBulk {
  const bulk: GivenBulk = {
    ask: async (body, user = author, key) => {
      const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
      const answer = await api.call(user, 'POST', '/v1/bulk', { body, headers });
      return { ...(answer.body as object), status: answer.status };
    },
    call: async (method, id, path = '', user = author) => {
      const answer = await api.call(user, method, `/v1/bulk/${id}${path}`);
      return { ...(answer.body as object), status: answer.status };
    },
    read: async (id) => {
      const { status, ...operation } = await bulk.call('GET', id);
      expect(status).toBe(200);
      return operation as BulkOperation;
    },
    results: async (id, user = author) => {
      const items: BulkResult[] = [];
      for (let cursor: string | null = '1'; cursor !== null;) {
        const { status, body } = await api.call(user, 'GET', `/v1/bulk/${id}/results?cursor=${cursor}`);
        expect(status).toBe(200);
        const page = body as BulkResults;
        items.push(...page.items);
        cursor = page.next;
      }
      return items;
    },
    carryOut: async (id) => {
      const runner = await bulk.startRunner();
      try {
        return await bulk.over(id);
      } finally {
        await runner.stop();
      }
    },
    startRunner: async (database = given.database) => {
      const runner = new BulkRunner(database, silent);
      await runner.start();
      return runner;
    },
    over: async (id) => {
      await expect
        .poll(async () => (await bulk.read(id)).endedAt, { timeout: 20_000, interval: 20 })
        .not.toBeNull();
      return await bulk.read(id);
    },
    emails: async (count, columns = {}, changes = {}) => {
      const connectorId = await given.connector();
      const ids: string[] = [];
      for (let from = 0; from < count; from += 500) {
        ids.push(...(await given.submitMany(connectorId, many(Math.min(500, count - from), changes))));
      }
      const set = { listed: true, ...columns };
      await given.database`update outbox_email set ${given.database(set)} where id = any(${ids}::uuid[])`;
      return ids;
    },
    rows: async (ids) => {
      const rows = await given.database<(EmailRow & { cancelled_from: string | null })[]>`
        select * from outbox_email where id = any(${[...ids]}::uuid[])`;
      return new Map(rows.map((row) => [row.id, row]));
    },
  };
  return bulk;
}
