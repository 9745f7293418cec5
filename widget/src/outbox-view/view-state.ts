import {
  importances,
  outboxSorts,
  outboxViews,
  packetTypes,
  sendStatuses,
  type OutboxFilter,
  type OutboxSort,
  type OutboxView,
} from '@portal-outbox/contracts';
import { isSearchable } from './search-text.ts';

/** What a host mirrors in its address: enough to come back to the same page. */
export interface ViewState {
  view: OutboxView | null;
  sort: OutboxSort | null;
  filter: OutboxFilter;
  /** The open email. */
  email: string | null;
}

/** Opaque, and made of characters that an address takes as they are. */
export function writeState({ view, sort, filter, email }: ViewState): string {
  const given = Object.entries({
    view,
    sort,
    email,
    filter: Object.keys(filter).length === 0 ? null : filter,
  });
  const json = JSON.stringify(Object.fromEntries(given.filter(([, value]) => value !== null)));
  const bytes = Array.from(new TextEncoder().encode(json), (byte) => String.fromCodePoint(byte)).join('');
  return btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What can be used of a state, which may be anybody's text or another version's. */
export function readState(state: string): ViewState {
  const given = parse(state);
  const filter = isObject(given['filter']) ? given['filter'] : {};
  return {
    view: outboxViews.find((view) => view === given['view']) ?? null,
    sort: outboxSorts.find((sort) => sort === given['sort']) ?? null,
    filter: readFilter(filter),
    email: typeof given['email'] === 'string' && given['email'] !== '' ? given['email'] : null,
  };
}

function readFilter(given: Record<string, unknown>): OutboxFilter {
  const filter: Record<string, unknown> = {
    status: chosen(given['status'], (text) => isAmong(sendStatuses, text)),
    cause: chosen(given['cause'], (text) => /^[a-z_]{1,40}$/.test(text)),
    connector: chosen(given['connector'], (text) => /^[0-9a-f-]{36}$/.test(text)),
    author: chosen(given['author'], (text) => text.length > 0 && text.length <= 200),
    packetType: chosen(given['packetType'], (text) => isAmong(packetTypes, text)),
    importance: chosen(given['importance'], (text) => isAmong(importances, text)),
    systemGenerated: typeof given['systemGenerated'] === 'boolean' ? given['systemGenerated'] : undefined,
    hasAttachments: typeof given['hasAttachments'] === 'boolean' ? given['hasAttachments'] : undefined,
    submittedFrom: instant(given['submittedFrom']),
    submittedTo: instant(given['submittedTo']),
    search:
      typeof given['search'] === 'string' && isSearchable(given['search']) ? given['search'] : undefined,
  } satisfies Record<keyof OutboxFilter, unknown>;
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function chosen(given: unknown, isUsable: (text: string) => boolean): string[] | undefined {
  if (!Array.isArray(given)) return undefined;
  const usable = given.filter((one): one is string => typeof one === 'string' && isUsable(one));
  return usable.length > 0 ? usable : undefined;
}

function instant(given: unknown): string | undefined {
  const time = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function isAmong(choices: readonly string[], text: string): boolean {
  return choices.includes(text);
}

function parse(state: string): Record<string, unknown> {
  try {
    const bytes = atob(state.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.codePointAt(0) ?? 0));
    const given: unknown = JSON.parse(text);
    return isObject(given) ? given : {};
  } catch {
    // Not one of ours: the page opens as usual.
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
