import postgres from 'postgres';

/** One attempt as the database has it. Times in milliseconds. */
export interface StoredAttempt {
  attemptNo: number;
  /** When the claim was granted; `null`: never. */
  claimedAt: number | null;
  endedAt: number | null;
  workerId: string | null;
  result: string | null;
  phase: string | null;
  code: number | null;
  cause: string | null;
  reply: string;
}

/** An email as the database has it: what an operator sees who looks for himself. */
export interface StoredEmail {
  id: string;
  state: string;
  connectorId: string;
  dueAt: number;
  mayHaveBeenSent: boolean;
  cause: string | null;
  seriesPosition: number;
  sendCount: number;
  recipients: { address: string; state: 'open' | 'delivered' | 'refused' }[];
  attempts: StoredAttempt[];
}

/** The database behind the service, read only: it is asked what cannot be asked through HTTP, such as cancelled emails. */
export class StoredEmails {
  readonly #sql: postgres.Sql;

  constructor(databaseUrl: string) {
    this.#sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  }

  async end(): Promise<void> {
    await this.#sql.end();
  }

  async keepsCommits(): Promise<boolean> {
    const [row] = await this.#sql<{ fsync: string }[]>`select current_setting('fsync') as fsync`;
    return row?.fsync === 'on';
  }

  /** Emails that are neither sent, cancelled nor failed. */
  async unfinished(): Promise<{ id: string; state: string; version: number }[]> {
    return await this.#sql<{ id: string; state: string; version: number }[]>`
      select id, state, version::int as version from outbox_email where state not in ('failed', 'cancelled') order by id`;
  }

  async all(): Promise<Map<string, StoredEmail>> {
    const sql = this.#sql;
    const emails = await sql<Omit<StoredEmail, 'recipients' | 'attempts'>[]>`
      select id, state, connector_id as "connectorId", (extract(epoch from due_at) * 1000)::float8 as "dueAt",
             may_have_been_sent as "mayHaveBeenSent", last_cause as cause, series_position as "seriesPosition",
             send_count as "sendCount"
      from (
        select id, state, connector_id, due_at, may_have_been_sent, last_cause, series_position, send_count
        from outbox_email
        union all
        select id, state, connector_id, due_at, may_have_been_sent, last_cause, series_position, send_count
        from email_archive
      ) e`;
    const stored = new Map<string, StoredEmail>(
      emails.map((email) => [email.id, { ...email, recipients: [], attempts: [] }]),
    );
    const recipients = await sql<{ id: string; address: string; state: 'open' | 'delivered' | 'refused' }[]>`
      select email_id as id, address, state from email_recipient order by email_id, position`;
    for (const { id, address, state } of recipients) stored.get(id)?.recipients.push({ address, state });
    const attempts = await sql<(StoredAttempt & { id: string })[]>`
      select email_id as id, attempt_no as "attemptNo", (extract(epoch from claimed_at) * 1000)::float8 as "claimedAt",
             (extract(epoch from ended_at) * 1000)::float8 as "endedAt", worker_id as "workerId", result, phase, code,
             cause, reply
      from send_attempt order by email_id, attempt_no, started_at`;
    for (const { id, ...attempt } of attempts) stored.get(id)?.attempts.push(attempt);
    return stored;
  }
}
