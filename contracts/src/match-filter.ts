import { foldReply, foldText } from './fold-text.ts';
import type { OutboxEmail } from './outbox-email.ts';
import type { OutboxFilter } from './outbox-query.ts';

/** Characters of a search, and how few make no search. */
export const searchCharacters = { least: 3, most: 200 } as const;

/** The words of a search, folded. */
export function searchWords(search: string): string[] {
  return [...new Set(foldText(search).split(' '))].filter((word) => word !== '');
}

/**
 * Whether an email matches, by what its row shows; `null`: the row cannot tell, because the search may match one of
 * the recipients that it does not show. The service's SQL is tested against this.
 */
export function matchesFilter(filter: OutboxFilter, email: OutboxEmail): boolean | null {
  const submitted = Date.parse(email.submittedAt);
  const holds =
    isAmong(filter.status, email.status) &&
    isAmong(filter.cause, email.lastFailure?.cause) &&
    isAmong(filter.connector, email.connector.id) &&
    isAmong(filter.author, email.author?.id) &&
    isAmong(filter.packetType, email.packet?.type) &&
    isAmong(filter.importance, email.importance) &&
    (filter.systemGenerated ?? email.systemGenerated) === email.systemGenerated &&
    (filter.hasAttachments ?? email.attachmentCount > 0) === email.attachmentCount > 0 &&
    (filter.submittedFrom === undefined || submitted >= Date.parse(filter.submittedFrom)) &&
    (filter.submittedTo === undefined || submitted < Date.parse(filter.submittedTo));
  if (!holds) return false;
  return filter.search === undefined ? true : isFound(searchWords(filter.search), email);
}

function isAmong<Choice>(chosen: readonly Choice[] | undefined, value: Choice | undefined): boolean {
  return chosen === undefined || (value !== undefined && chosen.includes(value));
}

function isFound(words: readonly string[], email: OutboxEmail): boolean | null {
  const { to, subject, packet, author, lastFailure } = email;
  const shown = [to.first.name, to.first.address, subject, packet?.ref ?? '', author?.name ?? ''];
  const text = shown.map(foldText).join('\n');
  const reply = lastFailure === null ? '' : foldReply(lastFailure.reply);
  if (words.every((word) => text.includes(word)) || words.every((word) => reply.includes(word))) return true;
  return to.count > 1 ? null : false;
}
