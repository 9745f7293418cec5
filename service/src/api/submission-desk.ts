import { inTransaction, isDataError, type Database } from '../db/database.ts';
import { keyOf } from '../db/submission-facts.ts';
import { submitEmails, type Submission, type SubmitResult } from '../db/submit-emails.ts';

/** A submission and the bytes of its body. */
export type Submitted = Submission & { bytes: number };

interface Waiting {
  submission: Submitted;
  resolve: (result: SubmitResult) => void;
  reject: (error: unknown) => void;
}

const mostEmails = 500;
const mostBytes = 8 * 1024 * 1024;

/**
 * Keeps submissions. Those that arrive together share a transaction, formed while the previous one runs; each has an
 * answer of its own, and one that PostgreSQL refuses does not hold up the others.
 */
export class SubmissionDesk {
  readonly #database: Database;
  #waiting: Waiting[] = [];
  #working = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves once the emails are committed, or known not to be kept. */
  submit(submission: Submitted): Promise<SubmitResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ submission, resolve, reject });
      if (!this.#working) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#waiting.length > 0) await this.#keep(this.#takeBatch());
    this.#working = false;
  }

  async #keep(batch: readonly Waiting[]): Promise<void> {
    try {
      const submissions = batch.map(({ submission }) => submission);
      const results = await inTransaction(this.#database, (tx) => submitEmails(tx, submissions));
      for (const { submission, resolve, reject } of batch) {
        const result = results.get(submission);
        if (result === undefined) reject(new Error('A submission was not answered.'));
        else resolve(result);
      }
    } catch (error) {
      if (isDataError(error) && batch.length > 1) for (const single of batch) await this.#keep([single]);
      else for (const { reject } of batch) reject(error);
    }
  }

  /** The first in line, at least one, no key twice. */
  #takeBatch(): Waiting[] {
    const keys = new Set<string>();
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    let emails = 0;
    let bytes = 0;
    for (const waiting of this.#waiting) {
      const { submission } = waiting;
      const fits =
        batch.length === 0 ||
        (emails + submission.emails.length <= mostEmails && bytes + submission.bytes <= mostBytes);
      if (!fits || keys.has(keyOf(submission))) {
        rest.push(waiting);
        continue;
      }
      keys.add(keyOf(submission));
      batch.push(waiting);
      emails += submission.emails.length;
      bytes += submission.bytes;
    }
    this.#waiting = rest;
    return batch;
  }
}
