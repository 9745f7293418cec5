import type { ImportedEmail, Settings } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import { readSettings } from './settings.ts';
import { inPortal, lockAttachments } from './submission-facts.ts';

/** What the database knows that imported emails are judged by. */
export interface ImportFacts {
  /** Ids of emails that were imported before, by external id. */
  known: ReadonlyMap<string, string>;
  /** Bytes of complete attachments, by `inPortal`; locked, so that no clean-up takes them away meanwhile. */
  sizes: ReadonlyMap<string, number>;
  /** By `inPortal`. */
  connectors: ReadonlySet<string>;
  settings: ReadonlyMap<string, Settings>;
  /** What is later than this instant has not been yet. A little later than now: clocks of other machines differ. */
  latest: Date;
}

/** All questions go out together: one round trip. */
export async function readImportFacts(
  tx: Sql,
  portalId: string,
  emails: readonly ImportedEmail[],
): Promise<ImportFacts> {
  const connectorIds = [...new Set(emails.map((email) => email.connectorId))];
  const attachmentIds = [...new Set(emails.flatMap((email) => email.attachments.map((it) => it.id)))];
  const [known, connectors, attachments, settings, [instant]] = await Promise.all([
    readImported(
      tx,
      portalId,
      emails.map((email) => email.externalId),
    ),
    tx<{ id: string }[]>`
      select id from connector where portal_id = ${portalId} and id = any(${connectorIds}::uuid[])`,
    attachmentIds.length === 0 ? [] : lockAttachments(tx, [portalId], attachmentIds),
    readSettings(tx, portalId),
    tx<{ latest: Date }[]>`select now() + interval '5 minutes' as latest`,
  ]);
  if (instant === undefined) throw new Error('The database did not say what time it is.');
  return {
    known,
    connectors: new Set(connectors.map((row) => inPortal(portalId, row.id))),
    sizes: new Map(attachments.map((row) => [inPortal(portalId, row.id), row.size])),
    settings: new Map([[portalId, settings]]),
    latest: instant.latest,
  };
}

/** Ids of the emails that were imported with these external ids. */
export async function readImported(
  tx: Sql,
  portalId: string,
  externalIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await tx<{ externalId: string; emailId: string }[]>`
    select external_id as "externalId", email_id as "emailId" from imported_email
    where portal_id = ${portalId} and external_id = any(${[...externalIds]})`;
  return new Map(rows.map((row) => [row.externalId, row.emailId]));
}
