import type { BulkOperation, OutboxChange } from '@portal-outbox/contracts';
import type { Connection } from '../data/connection.ts';
import { readBulk, startBulk, stopBulk, undoBulk, type BulkTarget } from '../data/action-requests.ts';
import type { ServiceResult } from '../data/service-result.ts';
import type { Locale } from '../i18n/locale.ts';
import type { Notices } from './notices.ts';
import type { BulkChoice } from './selection-bar.ts';

export interface BulkHost {
  readonly connection: Connection | null;
  readonly locale: Locale;
  readonly notices: Notices;
  requestUpdate(): void;
  /** An operation of this page is over. `ids`: of the emails that were ticked, none where it was everything that matches. */
  onBulkDone(operation: BulkOperation, ids: readonly string[]): void;
}

/** Minutes for which the line of a retry that was asked for on another visit comes back while mail still moves. */
const rememberedMinutes = 15;
const most = 3;

/** This user's bulk operations that are worth a line: under way, or over with mail that still moves (B12). */
export class BulkRuns {
  operations: readonly BulkOperation[] = [];
  readonly #host: BulkHost;
  readonly #dismissed = new Set<string>();
  /** Asked for on this page, with what was ticked: told once they are over. */
  readonly #own = new Map<string, readonly string[]>();

  constructor(host: BulkHost) {
    this.#host = host;
  }

  /** Ids of ticked emails that an operation is at. */
  get busy(): string[] {
    return this.operations.filter(isUnderWay).flatMap(({ id }) => this.#own.get(id) ?? []);
  }

  clear(): void {
    this.operations = [];
    this.#dismissed.clear();
    this.#own.clear();
    this.#host.requestUpdate();
  }

  /** Of what an earlier visit left: what is under way, and what still moves. `latest`: newest first. */
  recall(latest: readonly BulkOperation[]): void {
    const since = (this.#host.connection?.clock.now() ?? 0) - rememberedMinutes * 60_000;
    for (const operation of latest.toReversed()) {
      const isRecent = Date.parse(operation.createdAt) > since;
      if (isUnderWay(operation) || (isRecent && isMoving(operation))) this.#take(operation);
    }
  }

  /** Returns whether it was taken on. */
  async start(action: BulkChoice, target: BulkTarget, acceptDuplicate: boolean): Promise<boolean> {
    const ids = 'ids' in target ? target.ids : [];
    return this.#ask((client) => startBulk(client, action, target, acceptDuplicate), ids);
  }

  stop(id: string): void {
    void this.#ask((client) => stopBulk(client, id));
  }

  /** Restores what a cancel has cancelled. */
  undo(id: string): void {
    this.dismiss(id);
    void this.#ask((client) => undoBulk(client, id), []);
  }

  dismiss(id: string): void {
    this.#dismissed.add(id);
    this.operations = this.operations.filter((operation) => operation.id !== id);
    this.#host.requestUpdate();
  }

  onChange(change: OutboxChange): void {
    if (change.type === 'bulk') this.#take(change.operation);
  }

  /** Changes may have been missed. */
  async readAgain(): Promise<void> {
    const { connection } = this.#host;
    if (!connection) return;
    const moving = this.operations.filter((operation) => isUnderWay(operation) || isMoving(operation));
    for (const { id } of moving) {
      const result = await readBulk(connection.client, id);
      if (connection !== this.#host.connection) return;
      if (result.ok) this.#take(result.value);
    }
  }

  /** `ids`: it is a new operation of this page. */
  async #ask(
    request: (client: Connection['client']) => Promise<ServiceResult<BulkOperation>>,
    ids?: readonly string[],
  ): Promise<boolean> {
    const { connection, notices, locale } = this.#host;
    if (!connection) return false;
    const result = await request(connection.client);
    if (connection !== this.#host.connection) return false;
    if (result.ok) {
      if (ids) this.#own.set(result.value.id, ids);
      this.#take(result.value);
    } else if (result.code !== 'unauthenticated') {
      const text = { rate_limited: 'tooManyOperations', not_restorable: 'notRestorable' } as const;
      notices.show({ text: locale.text(text[result.code as keyof typeof text] ?? 'actionFailed') });
    }
    return result.ok;
  }

  /** What comes late, such as the answer to the request behind its own event, does not turn it back. */
  #take(operation: BulkOperation): void {
    if (this.#dismissed.has(operation.id)) return;
    const known = this.operations.find(({ id }) => id === operation.id);
    if (known && isOlder(operation, known)) return;
    const others = this.operations.filter(({ id }) => id !== operation.id);
    this.operations = known
      ? this.operations.map((one) => (one === known ? operation : one))
      : [...others, operation].slice(-most);
    if (!isUnderWay(operation)) this.#finish(operation);
    this.#host.requestUpdate();
  }

  #finish(operation: BulkOperation): void {
    const ids = this.#own.get(operation.id);
    if (!ids) return;
    this.#own.delete(operation.id);
    this.#host.onBulkDone(operation, ids);
  }
}

export function isUnderWay({ state }: BulkOperation): boolean {
  return state === 'gathering' || state === 'running';
}

/** Retried emails are still on their way. */
export function isMoving({ mail }: BulkOperation): boolean {
  return (mail?.waiting ?? 0) > 0;
}

export function skippedOf({ skipped }: Pick<BulkOperation, 'skipped'>): number {
  return skipped.reduce((sum, { total }) => sum + total, 0);
}

function isOlder(one: BulkOperation, known: BulkOperation): boolean {
  if (isUnderWay(one) !== isUnderWay(known)) return isUnderWay(one);
  const progress = (operation: BulkOperation) => operation.done + skippedOf(operation);
  return progress(one) < progress(known);
}
