import type { AttemptOutcome, DeliveryCause } from '@portal-outbox/contracts';
import { nextProbeDelay } from '../outbox/retry-schedule.ts';
import type { Sql } from './database.ts';
import { disableConnector, noTrouble } from './connectors.ts';
import { storableText } from './storable-text.ts';

/** A failure before MAIL FROM was answered: the connector's, not the email's. */
export interface ConnectorTrouble {
  connectorId: string;
  /** Revision of the settings that the worker used: trouble with older ones says nothing of today's. */
  revision: number;
  cause: DeliveryCause | null;
  reply: string;
}

interface TroubledRow {
  id: string;
  portal_id: string;
  name: string;
  trouble_count: number;
}

/** Locks connectors. Run it before any email is locked: connectors before emails is the order in which everybody locks. */
export async function lockConnectors(tx: Sql, ids: readonly string[]): Promise<void> {
  await tx`select from connector where id = any(${[...ids]}::uuid[]) order by id for no key update`;
}

/**
 * Refused credentials switch the connector off, paused or not; anything else pauses it until its next probe. Trouble that
 * several workers report at once counts once, and a mail server that asks to slow down is not in trouble. Run it with the
 * connector locked, after its emails were settled: what is still published is called back when it is switched off.
 */
export async function noteTrouble(
  tx: Sql,
  trouble: ConnectorTrouble,
  firstProbeSeconds: number,
  random: number,
): Promise<'paused' | 'disabled' | 'unchanged'> {
  if (trouble.cause === 'rate_limited') return 'unchanged';
  const refused = refusesCredentials(trouble.cause);
  const [row] = await tx<TroubledRow[]>`
    select id, portal_id, name, trouble_count from connector
    where id = ${trouble.connectorId} and revision = ${trouble.revision} and enabled
      and (${refused} or paused_until is null or paused_until <= now())
    for no key update`;
  if (row === undefined) return 'unchanged';
  await tx`
    update connector
    set paused_until = now() + make_interval(secs => ${nextProbeDelay(firstProbeSeconds, row.trouble_count, random)}),
        trouble_count = trouble_count + 1, trouble_since = coalesce(trouble_since, now()),
        trouble_cause = ${trouble.cause}, trouble_reply = ${storableText(trouble.reply)}
    where id = ${row.id}`;
  if (!refused) return 'paused';
  await disableConnector(tx, row.portal_id, row.id, 'credentials_refused');
  return 'disabled';
}

/** An administrator must give other credentials: until then no worker logs in again. */
export function refusesCredentials(cause: DeliveryCause | null): boolean {
  return cause === 'login_refused' || cause === 'token_expired';
}

/**
 * Emails whose attempts met the trouble go behind the others of their lane, so that another one is the next probe: one
 * email that breaks every connection must not hold up all the others. Run it after their connectors' trouble was noted.
 */
export async function putBehindProbes(tx: Sql, emailIds: readonly string[]): Promise<void> {
  await tx`
    update outbox_email e set due_at = c.paused_until + interval '1 second'
    from connector c
    where e.id = any(${[...emailIds]}::uuid[]) and e.state = 'waiting' and c.id = e.connector_id
      and c.paused_until > now() and e.due_at <= c.paused_until`;
}

/**
 * The attempts, of those given, that were the latest of their emails, from somebody who has read the message, though the
 * email was cancelled or called back since. That credentials are refused is true all the same, and the worker that met it
 * does not log in again to find out.
 */
export async function findWitnessed(tx: Sql, outcomes: readonly AttemptOutcome[]): Promise<Set<string>> {
  const rows = await tx<{ attemptId: string }[]>`
    select e.attempt_id as "attemptId"
    from outbox_email e
    join unnest(
      ${outcomes.map((it) => it.emailId)}::uuid[], ${outcomes.map((it) => it.attemptId)}::uuid[],
      ${outcomes.map((it) => it.nonce)}::uuid[], ${outcomes.map((it) => it.connectorId)}::uuid[]
    ) as o (email_id, attempt_id, nonce, connector_id)
      on (o.email_id, o.attempt_id, o.nonce, o.connector_id) = (e.id, e.attempt_id, e.nonce, e.connector_id)`;
  return new Set(rows.map((row) => row.attemptId));
}

/** A conversation got past MAIL FROM: the connector works. Run it with the connectors locked. */
export async function noteHealth(tx: Sql, connectorIds: readonly string[]): Promise<void> {
  await tx`
    update connector set ${noTrouble(tx)}
    where id = any(${[...connectorIds]}::uuid[]) and enabled
      and (trouble_count > 0 or paused_until is not null)`;
}

/** How a connector stands, for an operator's alarm. */
export interface ConnectorHealth {
  id: string;
  paused: boolean;
  /** Since when it is in trouble, seconds since 1970; `null` when it works, or somebody has switched it off. */
  troubleSince: number | null;
  disabledBy: 'administrator' | 'credentials_refused' | null;
}

export async function readConnectorHealth(sql: Sql): Promise<ConnectorHealth[]> {
  return await sql<ConnectorHealth[]>`
    select id, coalesce(paused_until > now(), false) as paused, disabled_by as "disabledBy",
           case when enabled or disabled_by = 'credentials_refused'
                then extract(epoch from trouble_since)::float8 end as "troubleSince"
    from connector`;
}
