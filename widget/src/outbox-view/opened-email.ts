import type { OutboxChange, OutboxEmail } from '@portal-outbox/contracts';
import type { Connection } from '../data/connection.ts';
import type { EmailAction } from '../data/action-requests.ts';
import { readEmail } from '../data/outbox-requests.ts';
import type { LeftReason } from '../data/page-rows.ts';
import type { PageSource } from '../data/page-source.ts';
import type { MessageKey } from '../i18n/messages-en.ts';

interface OpenedHost {
  readonly connection: Connection | null;
  readonly source: PageSource | null;
  notify(text: MessageKey): void;
  /** Another email is open, or none. */
  onOpened(): void;
}

/** The email in the popup, followed while it is open, on this page or not. */
export class OpenedEmail {
  email: OutboxEmail | null = null;
  left: LeftReason | null = null;
  /** Somebody or something else changed it since it was opened. */
  hasChanged = false;
  /** Its place on the page when it was opened, for the focus to return to. */
  place = 0;
  readonly #host: OpenedHost;

  constructor(host: OpenedHost) {
    this.#host = host;
  }

  open(email: OutboxEmail): void {
    const rows = this.#host.source?.rows.rows ?? [];
    const place = rows.findIndex((row) => row.email.id === email.id);
    this.place = Math.max(0, place);
    this.#show(email, rows[place]?.left ?? null, false);
    this.#host.onOpened();
  }

  close(): void {
    this.email = null;
    this.#host.onOpened();
  }

  /** The email of a link. */
  async find(id: string): Promise<void> {
    const { connection, source } = this.#host;
    const row = source?.rows.find(id);
    if (row) return this.open(row.email);
    if (!connection) return;
    const detail = await readEmail(connection.client, id);
    if (connection !== this.#host.connection || this.email) return;
    if (detail.ok) this.open(detail.value.email);
    else if (detail.code === 'not_found') this.#host.notify('alreadyGone');
  }

  onChange(change: OutboxChange): void {
    if (change.type === 'gone' && change.id === this.email?.id) this.left = change.why;
    if (change.type !== 'row' || change.email.id !== this.email?.id) return;
    const isNewer = change.email.version > this.email.version;
    if (isNewer || this.left) this.#show(change.email, null, true);
  }

  /** The service's answer to this user's own action; `null`: it has left. */
  onAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void {
    if (id !== this.email?.id) return;
    const left = email ? null : action === 'cancel' ? 'cancelled' : 'sent';
    this.#show(email ?? this.email, left, false);
  }

  #show(email: OutboxEmail, left: LeftReason | null, hasChanged: boolean): void {
    this.email = email;
    this.left = left;
    this.hasChanged = hasChanged;
  }
}
