import { refusalReasons, type OutboxEmail, type RefusalReason } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';
import type { PageSelection } from './page-selection.ts';

export type BulkChoice = 'retry' | 'cancel';

export interface SelectionBar {
  selection: PageSelection;
  locale: Locale;
  actionsOff: string | null;
  /** How many match in all, where the whole page is ticked and there are more; else `null`. */
  matching: number | null;
  act(action: BulkChoice): void;
  explain(reason: string): void;
  clear(): void;
  selectEverything(): void;
}

/** What can be done with the selection; stays at its place below the rows, so that nothing moves. */
export function selectionBar(bar: SelectionBar): TemplateResult | typeof nothing {
  const { selection, locale } = bar;
  if (selection.isEmpty) return nothing;
  const count = locale.number(selection.count);
  return html`<div
    class="selection-bar"
    part="selection-bar"
    role="group"
    aria-label=${locale.text('selection')}
  >
    <button
      type="button"
      class="icon-button"
      aria-label=${locale.text('clearSelection')}
      title=${locale.text('clearSelection')}
      @click=${() => bar.clear()}
    >
      ${icon('close')}
    </button>
    <span class="selected-count" part="selected-count"
      >${
        selection.everything
          ? locale.text('everythingSelected', { count })
          : locale.plural('selected', selection.count)
      }</span
    >
    ${
      bar.matching === null || selection.everything
        ? nothing
        : html`<button type="button" class="link select-everything" @click=${() => bar.selectEverything()}>
            ${locale.text('selectEverything', { count: locale.number(bar.matching) })}
          </button>`
    }
    <span class="selection-actions">${actionButton('cancel', bar)}${actionButton('retry', bar)}</span>
  </div>`;
}

function actionButton(action: BulkChoice, bar: SelectionBar): TemplateResult {
  const { locale, selection } = bar;
  const offer = offerOf(action, bar);
  const count =
    offer.eligible < selection.count && offer.refusal === null ? ` (${locale.number(offer.eligible)})` : '';
  return html`<button
    type="button"
    class="button ${action === 'retry' && offer.refusal === null ? 'primary' : ''}"
    part="bulk bulk-${action}"
    data-bulk=${action}
    aria-disabled=${offer.refusal === null ? 'false' : 'true'}
    title=${offer.refusal ?? offer.note ?? nothing}
    @click=${() => (offer.refusal === null ? bar.act(action) : bar.explain(offer.refusal))}
  >
    ${icon(action)}${locale.text(action)}${count}
  </button>`;
}

interface Offer {
  eligible: number;
  /** Why none of them can. */
  refusal: string | null;
  /** Why some cannot. */
  note: string | null;
}

/** Of everything that matches the service alone knows; the question before it says so. */
function offerOf(action: BulkChoice, { selection, locale, actionsOff }: SelectionBar): Offer {
  const { emails, count } = selection;
  if (actionsOff !== null) return { eligible: 0, refusal: actionsOff, note: null };
  if (selection.everything) return { eligible: count, refusal: null, note: null };
  const refused = emails.filter((email) => email.can[action] !== true);
  const eligible = count - refused.length;
  if (refused.length === 0) return { eligible, refusal: null, note: null };
  const reason = mostFrequent(refused.map((email) => reasonText(email, action, locale)));
  if (eligible === 0) return { eligible, refusal: reason, note: null };
  const note = locale.plural('someCannot', refused.length).replace('{reason}', () => reason);
  return { eligible, refusal: null, note };
}

function reasonText(email: OutboxEmail, action: BulkChoice, locale: Locale): string {
  const text = refusalReasons[email.can[action] as RefusalReason]?.[locale.language] ?? '';
  return text.replace('{connector}', () => email.connector.name);
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
