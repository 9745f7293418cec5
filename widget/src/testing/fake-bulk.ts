import type {
  BulkOperation,
  BulkPreview,
  BulkResult,
  BulkSkipReason,
  OutboxEmail,
} from '@portal-outbox/contracts';

interface Request {
  action: 'retry' | 'cancel';
  acceptDuplicate?: boolean;
}

let made = 0;

/** Bulk operations of the fake service: a test lets them go on. */
export class FakeBulk {
  readonly operations: BulkOperation[] = [];
  readonly results = new Map<string, BulkResult[]>();

  preview(request: Request, emails: readonly OutboxEmail[]): BulkPreview {
    const skipped = this.skipped(request, emails);
    const left = [...skipped.values()].reduce((sum, total) => sum + total, 0);
    return { matched: emails.length, eligible: emails.length - left, skipped: toList(skipped) };
  }

  start(request: Request, emails: readonly OutboxEmail[]): BulkOperation {
    made += 1;
    const operation: BulkOperation = {
      id: `bulk-${made}`,
      action: request.action,
      state: 'running',
      matched: emails.length,
      done: 0,
      skipped: [],
      createdAt: new Date().toISOString(),
      endedAt: null,
      undoUntil: null,
      undoes: null,
      mail: request.action === 'retry' ? { sent: 0, failed: 0, waiting: 0, cancelled: 0 } : null,
    };
    this.operations.unshift(operation);
    this.results.set(
      operation.id,
      emails.map((email) => {
        const reason = refusal(request, email);
        const { to, subject } = email;
        return { id: email.id, result: reason === null ? 'done' : 'skipped', reason, email: { to, subject } };
      }),
    );
    return operation;
  }

  /** Carries it out: all that can be acted on is, the others are skipped. */
  finish(id: string, changes: Partial<BulkOperation> = {}): BulkOperation {
    const results = this.results.get(id) ?? [];
    const done = results.filter(({ result }) => result === 'done').length;
    const skipped = new Map<BulkSkipReason, number>();
    for (const { reason } of results) if (reason) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    const now = new Date().toISOString();
    const { action } = this.find(id);
    return this.change(id, {
      state: 'done',
      done,
      skipped: toList(skipped),
      endedAt: now,
      undoUntil: action === 'cancel' ? now : null,
      mail: action === 'retry' ? { sent: 0, failed: 0, waiting: done, cancelled: 0 } : null,
      ...changes,
    });
  }

  change(id: string, changes: Partial<BulkOperation>): BulkOperation {
    const changed = { ...this.find(id), ...changes };
    this.operations.splice(
      this.operations.findIndex((operation) => operation.id === id),
      1,
      changed,
    );
    return changed;
  }

  find(id: string): BulkOperation {
    const found = this.operations.find((operation) => operation.id === id);
    if (!found) throw new Error(`no bulk operation ${id}`);
    return found;
  }

  private skipped(request: Request, emails: readonly OutboxEmail[]): Map<BulkSkipReason, number> {
    const skipped = new Map<BulkSkipReason, number>();
    for (const email of emails) {
      const reason = refusal(request, email);
      if (reason !== null) skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    }
    return skipped;
  }
}

function refusal({ action, acceptDuplicate }: Request, email: OutboxEmail): BulkSkipReason | null {
  const allowed = email.can[action];
  if (allowed !== true) return allowed;
  return action === 'retry' && email.mayHaveBeenSent && acceptDuplicate !== true
    ? 'may_have_been_sent'
    : null;
}

function toList(skipped: ReadonlyMap<BulkSkipReason, number>): { reason: BulkSkipReason; total: number }[] {
  return [...skipped].map(([reason, total]) => ({ reason, total }));
}
