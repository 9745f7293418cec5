import * as v from 'valibot';
import { instant, hostId, uuid } from './field-schemas.ts';
import { foldReply, foldText } from './fold-text.ts';
import { cause, type OutboxEmail } from './outbox-email.ts';
import { importances, outboxViews, packetTypes } from './outbox-view.ts';
import { sendStatuses } from './send-status.ts';

/** The columns of the grid (M14, B11), each of which sorts the list. */
export const outboxSortColumns = [
  'to',
  'subject',
  'connector',
  'importance',
  'systemGenerated',
  'lastAttemptAt',
  'failureMessage',
  'firstFailedAt',
  'nextAttemptAt',
  'packet',
  'packetType',
  'sendCount',
  'status',
  'attachmentCount',
  'author',
  'from',
  'submittedAt',
] as const;
export type OutboxSortColumn = (typeof outboxSortColumns)[number];

/** A column; with `-` before it from the greatest to the smallest. Empty values come last both ways, ties go by id. */
export type OutboxSort = OutboxSortColumn | `-${OutboxSortColumn}`;

/** Newest submission first. */
export const defaultSort: OutboxSort = '-submittedAt';

export const outboxSorts = outboxSortColumns.flatMap((column): OutboxSort[] => [column, `-${column}`]);

/** Characters of a search, and how few make no search. */
export const searchCharacters = { least: 3, most: 200 } as const;

const mostChoices = 200;
const choices = <Item extends v.GenericSchema<unknown>>(item: Item) =>
  v.optional(
    v.pipe(v.array(item), v.minLength(1, 'Name at least one.'), v.maxLength(mostChoices, 'Name fewer.')),
  );
const search = v.optional(
  v.pipe(
    v.string(),
    v.maxLength(searchCharacters.most, `Use at most ${searchCharacters.most} characters.`),
    v.check((text) => text.isWellFormed() && !text.includes('\u0000'), 'Send well-formed Unicode.'),
    v.check(
      (text) => searchWords(text).some((word) => word.length >= searchCharacters.least),
      `Give a word of at least ${searchCharacters.least} characters.`,
    ),
  ),
);

/**
 * Which emails of a view: all conditions hold together, one of the choices of each. A person's days are turned into
 * instants by the page, in that person's zone.
 */
export const outboxFilter = v.strictObject({
  status: choices(v.picklist(sendStatuses)),
  /** Of the last failure, as the row shows it. */
  cause: choices(cause),
  /** Ids. */
  connector: choices(uuid),
  /** Ids of users. */
  author: choices(hostId),
  packetType: choices(v.picklist(packetTypes)),
  importance: choices(v.picklist(importances)),
  systemGenerated: v.optional(v.boolean()),
  hasAttachments: v.optional(v.boolean()),
  /** Submitted at this instant or later. */
  submittedFrom: v.optional(instant),
  /** Submitted before this instant. */
  submittedTo: v.optional(instant),
  /**
   * Words, each of which occurs in the email’s recipients, subject, packet or author, or each in the mail server’s reply
   * (without what differs from email to email: see `foldReply`). Accents and case do not matter.
   */
  search,
});
export type OutboxFilter = v.InferOutput<typeof outboxFilter>;

/** What a page shows: a view, in an order, what matches. */
export const outboxQuery = v.strictObject({
  view: v.optional(v.picklist(outboxViews)),
  sort: v.optional(v.picklist(outboxSorts)),
  ...outboxFilter.entries,
});
export type OutboxQuery = v.InferOutput<typeof outboxQuery>;

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
