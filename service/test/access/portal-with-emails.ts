import { randomUUID } from 'node:crypto';
import type { EmailState } from '@portal-outbox/contracts';
import { claimAttempts } from '../../src/db/claim-attempts.ts';
import { cancelEmails } from '../../src/db/email-transitions.ts';
import { claimOf, inOneHour, leases, outcomeOf, refusal, type GivenOutbox } from '../outbox-fixture.ts';
import type { SeededRandom } from '../seeded-random.ts';
import { packets, users } from './random-directory.ts';
import { ToldDirectory, type ToldLine } from './told-directory.ts';

export interface ComparedEmail {
  id: string;
  portalId: string;
  authorId: string | null;
  packetRef: string | null;
  state: EmailState;
  listed: boolean;
}

/** A portal whose directory is known in full, with emails in every state. */
export interface ComparedPortal {
  id: string;
  directory: ToldDirectory;
  emails: ComparedEmail[];
}

/** May act on every email. */
export const overseer = 'overseer';

/** Emails with every author, and none, of every packet, and none. */
export async function portalWithEmails(
  given: GivenOutbox,
  random: SeededRandom,
  lines: readonly ToldLine[],
): Promise<ComparedPortal> {
  const id = randomUUID();
  const portal: ComparedPortal = { id, directory: new ToldDirectory(), emails: [] };
  await tell(given, portal, [{ kind: 'user', id: overseer, name: 'Overseer', access: 'all' }, ...lines]);
  const connectorId = await given.connector(id);
  const kinds = [null, ...users].flatMap((authorId) =>
    [undefined, ...packets].map((ref) => ({ authorId, ref, at: random.next() })),
  );
  const drafts = kinds
    .toSorted((a, b) => a.at - b.at)
    .map(({ authorId, ref }, place) => ({
      authorId,
      subject: `Letter ${place}`,
      ...(ref !== undefined && { packet: { ref, type: 'ticket' as const } }),
      ...(place >= 12 && { sendAt: inOneHour().toISOString() }),
    }));
  const ids = await given.submitMany(connectorId, drafts, id);
  await bringIntoStates(given, connectorId, id, ids);
  portal.emails = await given.database<ComparedEmail[]>`
    select id, portal_id as "portalId", author_id as "authorId", packet_ref as "packetRef", state, listed
    from outbox_email where portal_id = ${id}
    union all
    select id, portal_id, author_id, packet_ref, 'sent', listed from email_archive where portal_id = ${id}`;
  return portal;
}

export async function tell(
  given: GivenOutbox,
  portal: ComparedPortal,
  lines: readonly ToldLine[],
): Promise<void> {
  portal.directory.tell(lines);
  await given.directory(lines, portal.id);
}

/** The first twelve are due: failed, sent, being sent, about to be sent. Of the scheduled ones four are cancelled. */
async function bringIntoStates(
  given: GivenOutbox,
  connectorId: string,
  portalId: string,
  ids: readonly string[],
): Promise<void> {
  const attempts = (await given.dispatch(connectorId)).toSorted(
    (a, b) => ids.indexOf(a.emailId) - ids.indexOf(b.emailId),
  );
  const claims = attempts.slice(0, 9).map((attempt) => ({ attempt, claim: claimOf(attempt) }));
  await claimAttempts(
    given.database,
    claims.map(({ claim }) => claim),
    leases,
  );
  const [sent, ...others] = claims;
  await given.settle(outcomeOf(sent!), ...others.slice(0, 6).map((it) => outcomeOf(it, refusal)));
  for (const { attempt } of others.slice(6)) await given.put(attempt.emailId, { listed: true });
  await cancelEmails(given.database, await given.scopeOf(overseer, portalId), ids.slice(12, 16));
}
