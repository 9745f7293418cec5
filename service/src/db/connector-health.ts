import type { DeliveryCause } from '@portal-outbox/contracts';
import { nextProbeDelay } from '../outbox/retry-schedule.ts';
import type { Sql } from './database.ts';
import { disableConnector } from './connectors.ts';
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

/**
 * Locks the connectors that outcomes will change: all in trouble, and of the healthy ones those that were in trouble.
 * Run it before any email is locked: connectors before emails is the order in which everybody locks.
 */
export async function lockConnectors(
  tx: Sql,
  troubledIds: readonly string[],
  healthyIds: readonly string[],
): Promise<void> {
  await tx`
    select from connector
    where id = any(${[...troubledIds]}::uuid[])
       or (id = any(${[...healthyIds]}::uuid[]) and (trouble_count > 0 or paused_until is not null))
    order by id for no key update`;
}

/**
 * Refused credentials switch the connector off; anything else pauses it until its next probe. Trouble that several
 * workers report at once counts once. Run it with the connector locked, after its
 * emails were settled: what is still published is called back.
 */
export async function noteTrouble(
  tx: Sql,
  trouble: ConnectorTrouble,
  firstProbeSeconds: number,
  random: number,
): Promise<'paused' | 'disabled' | 'unchanged'> {
  const [row] = await tx<TroubledRow[]>`
    select id, portal_id, name, trouble_count from connector
    where id = ${trouble.connectorId} and revision = ${trouble.revision} and enabled
      and (paused_until is null or paused_until <= now())
    for no key update`;
  if (row === undefined) return 'unchanged';
  await tx`
    update connector
    set paused_until = now() + make_interval(secs => ${nextProbeDelay(firstProbeSeconds, row.trouble_count, random)}),
        trouble_count = trouble_count + 1, trouble_cause = ${trouble.cause}, trouble_reply = ${storableText(trouble.reply)}
    where id = ${row.id}`;
  if (trouble.cause !== 'login_refused') return 'paused';
  await disableConnector(tx, row.portal_id, row.id, 'credentials_refused');
  return 'disabled';
}

/** A conversation got past MAIL FROM: the connector works. Run it with the connectors locked. */
export async function noteHealth(tx: Sql, connectorIds: readonly string[]): Promise<void> {
  await tx`
    update connector set trouble_count = 0, paused_until = null, trouble_cause = null, trouble_reply = ''
    where id = any(${[...connectorIds]}::uuid[]) and enabled
      and (trouble_count > 0 or paused_until is not null)`;
}
