import { expect } from 'vitest';
import { outboxViews, type OutboxPage, type OutboxView } from '@portal-outbox/contracts';
import { inTransaction, type Sql } from '../../src/db/database.ts';
import {
  cancelEmails,
  readStanding,
  restoreEmails,
  retryEmails,
  sendEmailNow,
} from '../../src/db/email-transitions.ts';
import { mayRead, readEmail } from '../../src/db/read-email.ts';
import { readScope } from '../../src/db/read-scope.ts';
import { viewsOf, type ReadScope } from '../../src/outbox/visibility.ts';
import { openPortalApi } from '../api-fixture.ts';
import type { GivenOutbox } from '../outbox-fixture.ts';
import { overseer, type ComparedEmail, type ComparedPortal } from './portal-with-emails.ts';
import { viewsByTheBook, type AskedReader } from './who-sees-what.ts';

/** How many (reader, view, operation, email) were compared so far. */
export const compared = { cases: 0 };

type Ids = readonly string[];

/** What acts on emails; each answers those it was done to. */
const actions: Record<string, (tx: Sql, scope: ReadScope, ids: Ids) => Promise<Ids>> = {
  retry: async (tx, scope, ids) => others(ids, await retryEmails(tx, scope, ids, true)),
  cancel: async (tx, scope, ids) => others(ids, await cancelEmails(tx, scope, ids)),
  restore: async (tx, scope, ids) => others(ids, await restoreEmails(tx, scope, ids)),
  'send now': async (tx, scope, ids) => {
    const done = await Promise.all(ids.map((id) => sendEmailNow(tx, scope, id)));
    return ids.filter((_, place) => done[place]);
  },
};

const others = (ids: Ids, these: Ids): Ids => ids.filter((id) => !these.includes(id));

/** Reads a view over HTTP, in each way that a page can be read; `listed` emails only, but for what `of` leaves out. */
const lists = ['', '&sort=subject', '&sort=-nextAttemptAt', '&importance=normal', '&search=letter'];

/**
 * Asks everything that shows emails or acts on them as each of the readers, and compares: the book's words with the
 * pure function on what the database keeps, and that with what the SQL of every operation lets through.
 */
export async function compareAccess(
  given: GivenOutbox,
  portals: readonly ComparedPortal[],
  readersOf: (portal: ComparedPortal) => readonly AskedReader[],
): Promise<void> {
  const emails = portals.flatMap((portal) => portal.emails);
  const all = emails.map((email) => email.id);
  const open = emails.filter((email) => email.state !== 'cancelled' && email.state !== 'sent');
  const possible = await everythingPossible(given, portals, all);
  for (const portal of portals) {
    const api = openPortalApi(given, portal.id);
    for (const reader of readersOf(portal)) {
      const scope = await readScope(given.database, portal.id, reader.userId, reader.administrator);
      const views = await viewsOfAll(given, portal, reader, scope);
      const sees = (email: ComparedEmail, view: OutboxView) => views.get(email.id)?.includes(view) ?? false;
      const visible = (of: readonly ComparedEmail[]) => sorted(of.filter((email) => sees(email, 'all')));
      const who = `${reader.userId}${reader.administrator ? ', administrator' : ''}`;
      const check = (what: string, shown: Ids, expected: Ids) => {
        expect([...shown].toSorted(), `${who}: ${what}`).toEqual([...expected].toSorted());
        compared.cases += emails.length;
      };
      const ask = async (method: string, path: string, body?: unknown) => {
        const roles = reader.administrator ? (['administrator'] as const) : [];
        const answer = await api.call(reader.userId, method, path, {
          ...(body !== undefined && { body }),
          roles: [...roles],
        });
        expect(answer.status, `${who}: ${method} ${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300);
        return answer.body;
      };

      for (const view of outboxViews) {
        const listed = open.filter((email) => email.listed && sees(email, view));
        for (const list of lists) {
          const page = (await ask('GET', `/v1/outbox?view=${view}&limit=500${list}`)) as OutboxPage;
          check(
            `list ${view}${list}`,
            page.items.map((item) => item.id),
            sorted(listed),
          );
          expect(page.total, `${who}: total of ${view}${list}`).toBe(listed.length);
        }
        const failed = listed.filter((email) => email.state === 'failed').length;
        const count = await ask('GET', `/v1/outbox/count?view=${view}`);
        expect(count, `${who}: count ${view}`).toMatchObject({ total: listed.length, failed });
        const { items } = (await ask('GET', `/v1/outbox/causes?view=${view}`)) as {
          items: { total: number }[];
        };
        expect(
          items.reduce((sum, item) => sum + item.total, 0),
          `${who}: causes ${view}`,
        ).toBe(failed);
        const bulk = { action: 'cancel', query: { view }, dryRun: true };
        expect(await ask('POST', '/v1/bulk', bulk), `${who}: bulk ${view}`).toMatchObject({
          matched: listed.length,
        });
        compared.cases += 3 * emails.length;
      }

      const skipped = (await ask('POST', '/v1/bulk', { action: 'cancel', ids: all, dryRun: true })) as {
        skipped: { reason: string; total: number }[];
      };
      const hidden = all.length - visible(emails).length;
      expect(
        skipped.skipped.find((it) => it.reason === 'not_visible')?.total ?? 0,
        `${who}: bulk by ids`,
      ).toBe(hidden);
      for (const [name, act] of Object.entries(actions)) {
        const done = await withoutEffect(given, (tx) => act(tx, scope, all));
        check(
          name,
          done,
          possible.get(name)!.filter((id) => views.get(id)?.includes('all')),
        );
      }
      const { database } = given;
      const asked = async (shows: (id: string) => Promise<boolean>) => {
        const shown = await Promise.all(all.map(async (id) => ((await shows(id)) ? id : null)));
        return shown.filter((id) => id !== null);
      };
      check(
        'detail',
        await asked(async (id) => (await readEmail(database, scope, id)) !== null),
        visible(open),
      );
      check(
        'attempts, preview, attachments',
        await asked((id) => mayRead(database, scope, id)),
        visible(emails),
      );
      const standing = await asked(async (id) => (await readStanding(database, scope, id)) !== 'not_visible');
      check('why not', standing, visible(emails));
    }
  }
}

/** The reader's views of each email, by the book; and the same by the pure function on what is kept. */
async function viewsOfAll(
  given: GivenOutbox,
  portal: ComparedPortal,
  reader: AskedReader,
  scope: ReadScope,
): Promise<Map<string, OutboxView[]>> {
  const kept = await given.database<{ id: string; keys: number[] }[]>`
    select email_id as id, array_agg(team_key) as keys from email_team where portal_id = ${portal.id} group by 1`;
  const keysOf = new Map(kept.map(({ id, keys }) => [id, keys]));
  const views = new Map<string, OutboxView[]>();
  for (const email of portal.emails) {
    const { id, authorId, packetRef, state, listed } = email;
    const byTheBook = viewsByTheBook(portal.directory, reader, email);
    views.set(id, byTheBook);
    const inList = listed && state !== 'cancelled' && state !== 'sent';
    const teamKeys = keysOf.get(id) ?? [];
    if (!inList) expect(teamKeys, 'kept for an email that is not in the list').toEqual([]);
    else {
      const what = `${reader.userId} on the email of ${authorId} about ${packetRef}`;
      expect(viewsOf(scope, { authorId, packetRef, teamKeys }).toSorted(), what).toEqual(
        byTheBook.toSorted(),
      );
      compared.cases += outboxViews.length;
    }
  }
  return views;
}

/** What each action would do to these emails, asked by those who may do everything. */
async function everythingPossible(
  given: GivenOutbox,
  portals: readonly ComparedPortal[],
  ids: Ids,
): Promise<Map<string, string[]>> {
  const possible = new Map<string, string[]>();
  for (const [name, act] of Object.entries(actions)) {
    const done: string[] = [];
    for (const { id } of portals) {
      const scope = await given.scopeOf(overseer, id);
      done.push(...(await withoutEffect(given, (tx) => act(tx, scope, ids))));
    }
    expect(done.length, `${name} is possible`).toBeGreaterThan(0);
    possible.set(name, done);
  }
  return possible;
}

/** Runs in a transaction that is taken back. */
async function withoutEffect<Result>(
  given: GivenOutbox,
  work: (tx: Sql) => Promise<Result>,
): Promise<Result> {
  const takenBack = new Error('Taken back.');
  let result: { of: Result } | null = null;
  await inTransaction(given.database, async (tx) => {
    result = { of: await work(tx) };
    throw takenBack;
  }).catch((error: unknown) => {
    if (error !== takenBack) throw error;
  });
  return result!.of;
}

const sorted = (emails: readonly ComparedEmail[]): string[] => emails.map((email) => email.id).toSorted();
