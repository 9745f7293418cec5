import { sendStatuses, type OutboxFilter, type SendStatus } from '@portal-outbox/contracts';
import { html, type TemplateResult } from 'lit';
import type { PageCounts } from '../data/page-counts.ts';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import { signs } from '../theme/status-sign.ts';

/** The four statuses with their live numbers; pressed ones are the status filter (B13). */
export function statusChips(
  chosen: OutboxFilter['status'],
  counts: PageCounts,
  locale: Locale,
  host: { refine(change: OutboxFilter): void },
): TemplateResult {
  const byStatus = counts.count?.byStatus;
  const toggle = (status: SendStatus) => {
    const now = sendStatuses.filter((one) => (one === status) !== (chosen ?? []).includes(one));
    host.refine({ status: now.length > 0 ? now : undefined });
  };
  return html`<div class="chips" part="chips" role="group" aria-label=${locale.text('columnStatus')}>
    ${sendStatuses.map((status) => {
      const isChosen = chosen?.includes(status) ?? false;
      return html`<button
        type="button"
        class="chip status-${status} ${isChosen ? 'chosen' : ''} ${byStatus?.[status] === 0 ? 'none' : ''}"
        part="chip chip-${status}"
        data-status=${status}
        aria-pressed=${isChosen ? 'true' : 'false'}
        @click=${() => toggle(status)}
      >
        ${icon(signs[status].icon)}<span>${locale.text(signs[status].word)}</span>
        <span class="chip-count">${byStatus ? locale.number(byStatus[status]) : ''}</span>
      </button>`;
    })}
  </div>`;
}
