import * as v from 'valibot';
import { instant, hostId, uuid } from './field-schemas.ts';
import { searchCharacters, searchWords } from './match-filter.ts';
import { cause } from './outbox-email.ts';
import { outboxSorts } from './outbox-sort.ts';
import { importances, outboxViews, packetTypes } from './outbox-view.ts';
import { sendStatuses } from './send-status.ts';

const mostChoices = 200;
const choices = <Item extends v.GenericSchema>(item: Item) =>
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
