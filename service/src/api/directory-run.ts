import * as v from 'valibot';
import {
  directoryDeletion,
  directoryEntry,
  limits,
  type DirectoryKind,
  type DirectoryLine,
  type DirectorySync,
} from '@portal-outbox/contracts';
import type { Database } from '../db/database.ts';
import { applyDirectory, deleteUnnamed } from '../db/directory.ts';
import type { Line } from './line-reader.ts';
import { problemFields } from './operation.ts';

type Problem = DirectorySync['problems'][number];

const mostProblems = 100;
const mostFields = 20;
const deletedAtOnce = 500;
const decoder = new TextDecoder('utf-8', { fatal: true });

/** One sync of a directory under way: its lines in batches, each a transaction. */
export class DirectoryRun {
  readonly summary: DirectorySync = { lines: 0, changed: 0, removed: 0, invalid: 0, problems: [] };
  readonly #database: Database;
  readonly #portalId: string;

  constructor(database: Database, portalId: string) {
    this.#database = database;
    this.#portalId = portalId;
  }

  /** Applies those of the lines that can be taken, in their order. */
  async apply(lines: readonly Line[]): Promise<void> {
    const read = lines.map(readLine);
    const taken = read.flatMap((it) => ('fields' in it ? [] : it));
    const problems = read.flatMap((it) => ('fields' in it ? it : []));
    this.summary.lines += lines.length;
    this.summary.invalid += problems.length;
    this.summary.problems.push(...problems.slice(0, mostProblems - this.summary.problems.length));
    if (taken.length > 0) {
      this.summary.changed += (await applyDirectory(this.#database, this.#portalId, taken)).size;
    }
  }

  /** Deletes what the sync has not named, unless a line was wrong: it may have been the one that names it. */
  async removeUnnamed(syncId: string, kinds: ReadonlySet<DirectoryKind>): Promise<void> {
    if (this.summary.invalid > 0) {
      this.summary.removed = null;
      return;
    }
    let removed = 0;
    for (const kind of kinds) {
      for (;;) {
        const count = await deleteUnnamed(this.#database, this.#portalId, syncId, kind, deletedAtOnce);
        removed += count;
        if (count < deletedAtOnce) break;
      }
    }
    this.summary.removed = removed;
  }
}

function readLine({ number, bytes }: Line): DirectoryLine | Problem {
  const problem = (detail: string): Problem => ({ line: number, fields: [{ field: '', detail }] });
  if (bytes === null) return problem(`Send at most ${limits.directoryEntryBytes} bytes in a line.`);
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    return problem('Give one JSON object in UTF-8.');
  }
  const isDeletion = typeof value === 'object' && value !== null && 'deleted' in value;
  const result = v.safeParse(isDeletion ? directoryDeletion : directoryEntry, value);
  if (result.success) return result.output;
  return { line: number, fields: problemFields(result.issues, '').slice(0, mostFields) };
}
