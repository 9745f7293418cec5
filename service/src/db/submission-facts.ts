import { limits, type Settings } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import { readManySettings } from './settings.ts';
import type { Submission } from './submit-emails.ts';

/** What the database knows that submissions are judged by. */
export interface SubmissionFacts {
  /** Submissions with these keys that were kept before, by `keyOf`. */
  known: ReadonlyMap<string, { bodySha256: string; ids: string[] }>;
  /** Bytes of complete attachments, by `inPortal`. They are locked: no clean-up can take them away meanwhile. */
  sizes: ReadonlyMap<string, number>;
  /** By `inPortal`. */
  connectors: ReadonlySet<string>;
  settings: ReadonlyMap<string, Settings>;
  /** No email may be scheduled after this instant. */
  latestSendAt: Date;
}

export const keyOf = ({ portalId, key }: { portalId: string; key: string }): string => `${portalId} ${key}`;
export const inPortal = (portalId: string, id: string): string => `${portalId} ${id}`;

/** All questions go out together: one round trip. */
export async function readSubmissionFacts(
  tx: Sql,
  submissions: readonly Submission[],
): Promise<SubmissionFacts> {
  const portalIds = [...new Set(submissions.map(({ portalId }) => portalId))];
  const emails = submissions.flatMap(({ portalId, emails: own }) =>
    own.map(({ submission }) => ({ portalId, submission })),
  );
  const connectorIds = [...new Set(emails.map(({ submission }) => submission.connectorId))];
  const attachmentIds = [
    ...new Set(emails.flatMap(({ submission }) => submission.attachments.map((it) => it.id))),
  ];
  const [known, connectors, attachments, settings, [instant]] = await Promise.all([
    tx<{ portalId: string; key: string; bodySha256: string; ids: string[] }[]>`
      select portal_id as "portalId", idempotency_key as key, body_sha256 as "bodySha256", email_ids as ids
      from submission
      where (portal_id, idempotency_key) in (
        select * from unnest(${submissions.map((it) => it.portalId)}::uuid[], ${submissions.map((it) => it.key)}::text[])
      )`,
    tx<{ portalId: string; id: string }[]>`
      select portal_id as "portalId", id from connector
      where id = any(${connectorIds}::uuid[]) and portal_id = any(${portalIds}::uuid[])`,
    attachmentIds.length === 0 ? [] : lockAttachments(tx, portalIds, attachmentIds),
    readManySettings(tx, portalIds),
    tx<{ latest: Date }[]>`select now() + make_interval(days => ${limits.scheduleDays}) as latest`,
  ]);
  return {
    known: new Map(known.map((row) => [keyOf(row), row])),
    sizes: new Map(attachments.map((row) => [inPortal(row.portalId, row.id), row.size])),
    connectors: new Set(connectors.map((row) => inPortal(row.portalId, row.id))),
    settings,
    latestSendAt: instant?.latest ?? new Date(0),
  };
}

/** Complete attachments of these ids, locked against their clean-up until the transaction ends. */
export function lockAttachments(tx: Sql, portalIds: readonly string[], ids: readonly string[]) {
  return tx<{ portalId: string; id: string; size: number }[]>`
    select portal_id as "portalId", id, size from attachment
    where portal_id = any(${[...portalIds]}::uuid[]) and sha256 is not null and id = any(${ids.toSorted()}::uuid[])
    order by id for share`;
}
