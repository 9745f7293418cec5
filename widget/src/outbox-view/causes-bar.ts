import type { OutboxCauses, OutboxFilter } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';

export type CauseGroup = OutboxCauses['items'][number];

export interface CausesBar {
  causes: readonly CauseGroup[];
  filter: OutboxFilter;
  locale: Locale;
  now: number;
  isExpanded: boolean;
  actionsOff: string | null;
  expand(isExpanded: boolean): void;
  host: CausesHost;
}

/** What the bar asks for. */
export interface CausesHost {
  /** Pressed again, the filter ends. */
  chooseCause(group: CauseGroup, isChosen: boolean): void;
  retryCause(group: CauseGroup): void;
}

/** Until somebody asks for the others. */
const shownFirst = 2;

/** Causes, not rows (B3): "312 × login refused · Sales SMTP · since 09:14". Nothing where nothing fails. */
export function causesBar(bar: CausesBar): TemplateResult | typeof nothing {
  const { causes, locale } = bar;
  if (causes.length === 0) return nothing;
  const chosen = causes.filter((group) => isChosen(group, bar.filter));
  const first = [...new Set([...chosen, ...causes])].slice(0, shownFirst);
  const shown = bar.isExpanded ? causes : causes.filter((group) => first.includes(group));
  const hidden = causes.length - shown.length;
  return html`<div class="causes" part="causes" role="group" aria-label=${locale.text('causes')}>
    ${icon('warning')}
    <ul class="cause-list">
      ${repeat(
        shown,
        ({ connector, cause }) => `${connector.id} ${cause}`,
        (group) => causeEntry(group, bar),
      )}
    </ul>
    ${
      hidden > 0 || bar.isExpanded
        ? html`<button
            type="button"
            class="link more-causes"
            aria-expanded=${bar.isExpanded ? 'true' : 'false'}
            @click=${() => bar.expand(!bar.isExpanded)}
          >
            ${bar.isExpanded ? locale.text('fewerCauses') : locale.plural('moreCauses', hidden)}
          </button>`
        : nothing
    }
  </div>`;
}

export function isChosen(group: CauseGroup, filter: OutboxFilter): boolean {
  const [cause, ...otherCauses] = filter.cause ?? [];
  const [connector, ...otherConnectors] = filter.connector ?? [];
  const isOne = otherCauses.length === 0 && otherConnectors.length === 0;
  return isOne && cause === group.cause && connector === group.connector.id;
}

function causeEntry(group: CauseGroup, bar: CausesBar): TemplateResult {
  const { locale } = bar;
  const { label, meaning } = locale.cause(group.cause) ?? { label: group.cause, meaning: '' };
  const chosen = isChosen(group, bar.filter);
  const count = locale.number(group.total);
  return html`<li class="cause">
    <button
      type="button"
      class="cause-choice ${chosen ? 'chosen' : ''}"
      part="cause"
      data-cause=${group.cause}
      aria-pressed=${chosen ? 'true' : 'false'}
      title=${[meaning, group.exampleReply].filter(Boolean).join('\n')}
      @click=${() => bar.host.chooseCause(group, !chosen)}
    >
      <span class="cause-name">${locale.text('causeCount', { count, cause: label })}</span>
      <span class="cause-of"> · <bdi>${group.connector.name}</bdi>${since(group, bar)}</span>
    </button>
    <button
      type="button"
      class="cause-retry"
      part="retry-cause"
      aria-disabled=${bar.actionsOff === null ? 'false' : 'true'}
      aria-label=${`${locale.text('retryThese')} (${count} × ${label}, ${group.connector.name})`}
      title=${bar.actionsOff ?? nothing}
      @click=${() => bar.actionsOff === null && bar.host.retryCause(group)}
    >
      ${icon('retry')}<span>${locale.text('retryThese')}</span>
    </button>
  </li>`;
}

function since({ firstAt }: CauseGroup, { locale, now }: CausesBar): string {
  if (firstAt === null) return '';
  const time = locale.dateTime(firstAt, now);
  const isToday = time === locale.time(new Date(firstAt));
  return ` · ${locale.text(isToday ? 'since' : 'sinceDay', { time })}`;
}
