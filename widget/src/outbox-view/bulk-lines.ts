import type { BulkAction, BulkOperation } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { icon } from '../theme/icons.ts';
import { isMoving, isUnderWay, skippedOf } from './bulk-runs.ts';

export interface BulkLines {
  operations: readonly BulkOperation[];
  locale: Locale;
  stop(id: string): void;
  undo(id: string): void;
  dismiss(id: string): void;
  showResults(operation: BulkOperation): void;
}

const progressWords: Record<BulkAction, MessageKey> = {
  retry: 'bulkRetrying',
  cancel: 'bulkCancelling',
  restore: 'bulkRestoring',
};
const doneWords: Record<BulkAction, MessageKey> = {
  retry: 'bulkRetried',
  cancel: 'bulkCancelled',
  restore: 'bulkRestored',
};

/** A line for each operation: how far it is, then what came of it, until mail has really moved (B12). */
export function bulkLines(lines: BulkLines): TemplateResult | typeof nothing {
  if (lines.operations.length === 0) return nothing;
  return html`<div
    class="bulk-lines"
    part="bulk-lines"
    role="group"
    aria-label=${lines.locale.text('bulkOperations')}
  >
    ${repeat(
      lines.operations,
      ({ id }) => id,
      (operation) => (isUnderWay(operation) ? progressLine(operation, lines) : resultLine(operation, lines)),
    )}
  </div>`;
}

/** "312 retried: 290 sent, 14 failed again, 8 waiting". */
export function bulkResult({ action, done, mail, state }: BulkOperation, locale: Locale): string {
  const moved: [MessageKey, number][] = [
    ['mailSent', mail?.sent ?? 0],
    ['mailFailed', mail?.failed ?? 0],
    ['mailCancelled', mail?.cancelled ?? 0],
    ['mailWaiting', mail?.waiting ?? 0],
  ];
  const words = moved.filter(([, count]) => count > 0).map(([key, count]) => locale.plural(key, count));
  const did = locale.plural(doneWords[action], done);
  const result = words.length === 0 ? did : locale.text('bulkResult', { done: did, mail: words.join(', ') });
  return state === 'stopped' ? `${locale.text('bulkStopped')} ${result}` : result;
}

function progressLine(operation: BulkOperation, { locale, stop }: BulkLines): TemplateResult {
  const { matched } = operation;
  const reached = operation.done + skippedOf(operation);
  const text =
    matched === null
      ? locale.text('bulkGathering')
      : locale.text(progressWords[operation.action], {
          done: locale.number(reached),
          total: locale.number(matched),
        });
  return html`<div class="bulk-line" part="bulk-line" data-bulk-id=${operation.id}>
    <span class="bulk-text">${text}</span>
    <progress
      aria-label=${text}
      max=${matched ?? nothing}
      value=${matched === null ? nothing : reached}
    ></progress>
    <button type="button" class="button" @click=${() => stop(operation.id)}>${locale.text('stop')}</button>
  </div>`;
}

function resultLine(operation: BulkOperation, lines: BulkLines): TemplateResult {
  const { locale } = lines;
  const skipped = skippedOf(operation);
  const sign = isMoving(operation) ? 'queued' : (operation.mail?.failed ?? 0) > 0 ? 'failed' : 'done';
  const canUndo = operation.action === 'cancel' && operation.undoUntil !== null && operation.done > 0;
  return html`<div class="bulk-line" part="bulk-line" data-bulk-id=${operation.id}>
    <span class="bulk-sign sign-${sign}">${icon(sign)}</span>
    <span class="bulk-text"
      >${bulkResult(operation, locale)}${
        skipped > 0
          ? html`<span class="bulk-skipped"> · ${locale.plural('bulkSkipped', skipped)}</span>`
          : nothing
      }</span
    >
    <button type="button" class="link" aria-haspopup="dialog" @click=${() => lines.showResults(operation)}>
      ${locale.text('details')}
    </button>
    ${
      canUndo
        ? html`<button type="button" class="link" @click=${() => lines.undo(operation.id)}>
            ${locale.text('undo')}
          </button>`
        : nothing
    }
    <button
      type="button"
      class="icon-button"
      aria-label=${locale.text('dismiss')}
      title=${locale.text('dismiss')}
      @click=${() => lines.dismiss(operation.id)}
    >
      ${icon('close')}
    </button>
  </div>`;
}
