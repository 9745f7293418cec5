import * as v from 'valibot';
import { outboxFilter, outboxViews, type OutboxFilter } from '@portal-outbox/contracts';

const { entries } = outboxFilter;
const text = v.optional(v.union([v.string(), v.array(v.string())]));

/** Several choices: separated by commas, or the parameter repeated. A comma that belongs to a value is written `\,`. */
const choices = <Choice>(schema: v.GenericSchema<Choice[] | undefined>) =>
  v.pipe(
    text,
    v.transform(splitChoices),
    schema as v.GenericSchema<string[] | undefined, Choice[] | undefined>,
  );

const flag = v.optional(
  v.pipe(
    v.picklist(['true', 'false'], 'Give true or false.'),
    v.transform((given) => given === 'true'),
  ),
);

export const viewParameter = v.optional(v.picklist(outboxViews, `Give one of: ${outboxViews.join(', ')}.`));

/** An `OutboxFilter` as the parameters of an address. */
export const filterParameters = {
  status: choices(entries.status),
  cause: choices(entries.cause),
  connector: choices(entries.connector),
  author: choices(entries.author),
  packetType: choices(entries.packetType),
  importance: choices(entries.importance),
  systemGenerated: flag,
  hasAttachments: flag,
  submittedFrom: entries.submittedFrom,
  submittedTo: entries.submittedTo,
  search: entries.search,
};

/** A view, and what of it matches. */
export const filterQuery = v.strictObject({ view: viewParameter, ...filterParameters });

/** The filter without what was left open. */
export function definedOnly(filter: {
  [Key in keyof OutboxFilter]: OutboxFilter[Key] | undefined;
}): OutboxFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function splitChoices(given: string | string[] | undefined): string[] | undefined {
  if (given === undefined) return undefined;
  return [given]
    .flat()
    .flatMap((list) =>
      list.split(/(?<=(?:^|[^\\])(?:\\\\)*),/).map((choice) => choice.replaceAll(/\\([\\,])/g, '$1')),
    );
}
