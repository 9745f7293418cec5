import * as v from 'valibot';
import { importedEmail, limits, type ImportAnswer } from '@portal-outbox/contracts';
import { inTransaction, isDataError, type Database } from '../db/database.ts';
import { importEmails, notePortalChanged, type ImportResult, type NewImport } from '../db/import-emails.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Line } from './line-reader.ts';
import { newEmailIds } from './new-email-ids.ts';
import { problemFields } from './operation.ts';

/** Open pages are told so often that there is more. */
const noteMs = 1000;
const mostProblems = 20;

/** One import under way: its lines in batches, each a transaction. */
export class ImportRun {
  readonly #database: Database;
  readonly #portalId: string;
  readonly #startedAt = monotonicMs();
  #lines = 0;
  #notedAt = -Infinity;
  /** Emails were kept that pages have not been told of. */
  #unnoted = false;

  constructor(database: Database, portalId: string) {
    this.#database = database;
    this.#portalId = portalId;
  }

  /** Keeps a batch and answers each of its lines, in order. Slows down an import that is faster than allowed. */
  async keep(lines: readonly Line[]): Promise<ImportAnswer[]> {
    const read = lines.map(readLine);
    const imports = read.flatMap((it) => ('email' in it ? it : []));
    const results = imports.length === 0 ? [] : await this.#import(imports);
    const answers = new Map(imports.map((it, index) => [it, results[index]]));
    this.#lines += lines.length;
    const aheadMs = (this.#lines / limits.importLinesPerSecond) * 1000 - (monotonicMs() - this.#startedAt);
    // Paced instead of refused: the sender is held up by back-pressure.
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
    return read.map((it, index): ImportAnswer => {
      const line = lines[index]?.number ?? 0;
      const result = 'email' in it ? answers.get(it) : it;
      return result === undefined ? { line, status: 'invalid' } : { line, ...result };
    });
  }

  /** Tells pages of what they have not been told yet. */
  async finish(): Promise<void> {
    if (!this.#unnoted) return;
    this.#unnoted = false;
    await notePortalChanged(this.#database, this.#portalId);
  }

  async #import(imports: readonly NewImport[]): Promise<ImportResult[]> {
    try {
      const note = monotonicMs() - this.#notedAt >= noteMs;
      const results = await inTransaction(this.#database, async (tx) => {
        const kept = await importEmails(tx, this.#portalId, imports);
        if (note && kept.some(isNew)) await notePortalChanged(tx, this.#portalId);
        return kept;
      });
      if (results.some(isNew)) {
        this.#unnoted = !note;
        if (note) this.#notedAt = monotonicMs();
      }
      return results;
    } catch (error) {
      if (!isDataError(error)) throw error;
      return imports.length === 1 ? [notKeepable] : await this.#importEach(imports);
    }
  }

  /** One that PostgreSQL refuses does not hold up the others. */
  async #importEach(imports: readonly NewImport[]): Promise<ImportResult[]> {
    const results: ImportResult[] = [];
    for (const it of imports) results.push(...(await this.#import([it])));
    return results;
  }
}

const isNew = ({ status }: ImportResult): boolean => status === 'created';

const notKeepable: ImportResult = {
  status: 'invalid',
  code: 'invalid',
  problems: [{ field: '', detail: 'This email cannot be kept as it is.' }],
};

type Invalid = Extract<ImportResult, { status: 'invalid' }>;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The email of a line, or what is wrong with it. */
function readLine({ bytes }: Line): NewImport | Invalid {
  if (bytes === null) {
    const detail = `Send at most ${limits.importLineBytes} bytes in a line: upload attachments beforehand.`;
    return { status: 'invalid', code: 'too_large', problems: [{ field: '', detail }] };
  }
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return invalid([{ field: '', detail: 'Give one JSON object in UTF-8.' }]);
  }
  const result = v.safeParse(importedEmail, value);
  if (!result.success) return invalid(problemFields(result.issues, ''));
  const email = result.output;
  return { ...newEmailIds(email.from.address), email };
}

function invalid(problems: Invalid['problems']): Invalid {
  return { status: 'invalid', code: 'invalid', problems: problems.slice(0, mostProblems) };
}
