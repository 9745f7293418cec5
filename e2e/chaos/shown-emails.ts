import type {
  AttemptRecord,
  EmailDetail,
  OutboxCount,
  OutboxEmail,
  OutboxPage,
} from '@portal-outbox/contracts';
import type { ServiceCaller } from './service-caller.ts';

/** What the service shows a reader who may see everything. */
export interface ShownEmails {
  rows: Map<string, OutboxEmail>;
  /** As the list and as the count tell it. */
  listTotal: number;
  count: OutboxCount;
  details: Map<string, EmailDetail>;
  attempts: Map<string, AttemptRecord[]>;
}

/** Reads the whole list page by page, the count, and for each of `ids` the detail; attempts only of what is in the list. */
export async function readShownEmails(service: ServiceCaller, ids: readonly string[]): Promise<ShownEmails> {
  const rows = new Map<string, OutboxEmail>();
  let listTotal = 0;
  for (let cursor: string | null = ''; cursor !== null;) {
    const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: OutboxPage = await service.demand('GET', `/v1/outbox?view=all&limit=500${more}`);
    for (const row of page.items) rows.set(row.id, row);
    listTotal = page.total;
    cursor = page.next;
  }
  const count = await service.demand<OutboxCount>('GET', '/v1/outbox/count?view=all');
  const details = new Map<string, EmailDetail>();
  const attempts = new Map<string, AttemptRecord[]>();
  for (let at = 0; at < ids.length; at += atOnce) {
    await Promise.all(
      ids.slice(at, at + atOnce).map(async (id) => {
        const answer = await service.insist('GET', `/v1/emails/${id}`);
        if (answer.status === 200) details.set(id, answer.body as EmailDetail);
        if (!rows.has(id)) return;
        const { items } = await service.demand<{ items: AttemptRecord[] }>(
          'GET',
          `/v1/emails/${id}/attempts`,
        );
        attempts.set(id, items);
      }),
    );
  }
  return { rows, listTotal, count, details, attempts };
}

const atOnce = 20;
