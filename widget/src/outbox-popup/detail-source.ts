import type { AttemptRecord, EmailDetail, OutboxEmail } from '@portal-outbox/contracts';
import type { Connection } from '../data/connection.ts';
import { readAttempts } from '../data/detail-requests.ts';
import { readEmail } from '../data/outbox-requests.ts';

/** Everything known of one email, read again whenever its row is a newer one. */
export class DetailSource {
  detail: EmailDetail | null = null;
  attempts: readonly AttemptRecord[] = [];
  hasFailed = false;
  readonly #connection: Connection;
  readonly #id: string;
  readonly #onUpdate: () => void;
  #run = new AbortController();
  #readVersion = -1;

  constructor(connection: Connection, id: string, onUpdate: () => void) {
    this.#connection = connection;
    this.#id = id;
    this.#onUpdate = onUpdate;
  }

  follow(email: OutboxEmail): void {
    if (email.version === this.#readVersion) return;
    this.#readVersion = email.version;
    void this.read();
  }

  async read(): Promise<void> {
    this.#run.abort();
    this.#run = new AbortController();
    const { signal } = this.#run;
    const { client } = this.#connection;
    const [detail, attempts] = await Promise.all([
      readEmail(client, this.#id, signal),
      readAttempts(client, this.#id, signal),
    ]);
    if (signal.aborted) return;
    if (detail.ok) this.detail = detail.value;
    if (attempts.ok) this.attempts = attempts.value.items;
    // What was read before stays: a sent email is no longer in the outbox but still worth reading.
    this.hasFailed = !detail.ok && this.detail === null;
    this.#onUpdate();
  }

  dispose(): void {
    this.#run.abort();
    this.detail = null;
    this.attempts = [];
  }
}
