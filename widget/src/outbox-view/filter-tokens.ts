import type { OutboxFilter } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import { dayOf } from '../data/day-bounds.ts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { icon } from '../theme/icons.ts';
import type { KnownNames } from './known-names.ts';

export interface FilterToken {
  name: string;
  /** User text, such as a connector's name. */
  value: string;
  without: OutboxFilter;
}

/** What is filtered by beside the chips and the search, which show it themselves; each can be taken away. */
export function filterTokens(
  filter: OutboxFilter,
  names: KnownNames,
  locale: Locale,
  choose: (filter: OutboxFilter) => void,
): TemplateResult | typeof nothing {
  const tokens = tokensOf(filter, names, locale);
  if (tokens.length === 0) return nothing;
  return html`<div class="tokens" part="filters-on" role="group" aria-label=${locale.text('filters')}>
    ${tokens.map(
      ({ name, value, without }) =>
        html`<button
          type="button"
          class="token"
          part="filter-on"
          aria-label=${locale.text('removeFilter', { filter: `${name} ${value}` })}
          title=${locale.text('removeFilter', { filter: `${name} ${value}` })}
          @click=${() => choose(without)}
        >
          <span class="token-name">${name}</span> <bdi>${value}</bdi>${icon('close')}
        </button>`,
    )}
    <button type="button" class="link" part="clear-filters" @click=${() => choose({})}>
      ${locale.text('clearFilters')}
    </button>
  </div>`;
}

export function tokensOf(filter: OutboxFilter, names: KnownNames, locale: Locale): FilterToken[] {
  const tokens: FilterToken[] = [];
  const add = (label: MessageKey, value: string, ...without: (keyof OutboxFilter)[]) => {
    const rest = Object.entries(filter).filter(([key]) => !without.includes(key as keyof OutboxFilter));
    tokens.push({ name: locale.text(label), value, without: Object.fromEntries(rest) });
  };
  const format = new Intl.ListFormat(locale.tag, { type: 'unit', style: 'short' });
  const list = (values: readonly string[]) => format.format(values);
  const { cause, connector, author, packetType, importance, systemGenerated, hasAttachments } = filter;
  if (cause) add('cause', list(cause.map((one) => locale.cause(one)?.label ?? one)), 'cause');
  if (connector) add('connector', list(connector.map((id) => names.connectors.get(id) ?? '…')), 'connector');
  if (author) add('author', list(author.map((id) => names.authors.get(id) ?? '…')), 'author');
  if (packetType)
    add('columnPacketType', list(packetType.map((one) => locale.text(packetTypes[one]))), 'packetType');
  if (importance)
    add('importance', list(importance.map((one) => locale.text(importanceWords[one]))), 'importance');
  if (systemGenerated !== undefined) {
    add('systemGenerated', locale.text(systemGenerated ? 'yes' : 'no'), 'systemGenerated');
  }
  if (hasAttachments !== undefined) {
    add(
      'columnAttachmentCount',
      locale.text(hasAttachments ? 'withAttachments' : 'withoutAttachments'),
      'hasAttachments',
    );
  }
  const days = daysOf(filter, locale);
  if (days !== null) add('submitted', days, 'submittedFrom', 'submittedTo');
  return tokens;
}

export const packetTypes = { ticket: 'packetTicket', case: 'packetCase', action: 'packetAction' } as const;
export const importanceWords = {
  high: 'importanceHigh',
  normal: 'importanceNormal',
  low: 'importanceLow',
} as const;

/** The last day is the one before the instant at which the filter ends. */
function daysOf({ submittedFrom, submittedTo }: OutboxFilter, locale: Locale): string | null {
  const format = new Intl.DateTimeFormat(locale.tag, { dateStyle: 'medium', timeZone: 'UTC' });
  const day = (instant: number) => format.format(Date.parse(`${dayOf(instant, locale.zone)}T12:00:00Z`));
  const from = submittedFrom === undefined ? '' : day(Date.parse(submittedFrom));
  const to = submittedTo === undefined ? '' : day(Date.parse(submittedTo) - 1);
  if (from && to) return from === to ? from : locale.text('daysBoth', { from, to });
  if (from) return locale.text('daysSince', { from });
  return to ? locale.text('daysUntil', { to }) : null;
}
