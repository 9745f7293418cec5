import {
  limits,
  readPreferences,
  undoChoices,
  type Preferences,
  type UndoChoice,
} from '@portal-outbox/contracts';
import type { JsonObject } from '../outbox/merge-patch.ts';
import type { Sql } from './database.ts';

/** A user's preferences as this version can use them, what the portal offers, and the instant: what a page needs before it draws anything. */
export interface UserSettings {
  preferences: Preferences;
  undoChoices: UndoChoice[];
  maxEmailBytes: number | null;
  /** The database's clock, which decides when an email leaves. */
  now: Date;
}

export async function readUserSettings(sql: Sql, portalId: string, userId: string): Promise<UserSettings> {
  const [row] = await sql<UserSettings[]>`
    select coalesce(p.preferences, '{}') as preferences, coalesce(s.undo_choices, ${[...undoChoices]}::int[]) as "undoChoices",
           s.max_email_bytes as "maxEmailBytes", now() as now
    from (select ${portalId}::uuid as portal_id, ${userId}::text as user_id) me
    left join user_preferences p using (portal_id, user_id)
    left join settings s using (portal_id)`;
  if (row === undefined) throw new Error('The query of preferences returned no row.');
  return { ...row, preferences: readPreferences(row.preferences) };
}

/** The user's preferences as they are kept, locked until the transaction ends, so that changes of two pages at once both stay. */
export async function lockPreferences(tx: Sql, portalId: string, userId: string): Promise<JsonObject> {
  await tx`
    insert into user_preferences (portal_id, user_id, preferences) values (${portalId}, ${userId}, '{}')
    on conflict do nothing`;
  const [row] = await tx<{ preferences: JsonObject }[]>`
    select preferences from user_preferences where portal_id = ${portalId} and user_id = ${userId} for no key update`;
  return row?.preferences ?? {};
}

export async function writePreferences(
  tx: Sql,
  portalId: string,
  userId: string,
  preferences: JsonObject,
): Promise<void> {
  await tx`
    update user_preferences set preferences = ${tx.json(preferences as never)}
    where portal_id = ${portalId} and user_id = ${userId}`;
}

/**
 * SQL of the instant until which Undo Send holds an email that this author submits now, the margin for late clicks
 * included; null when it does not, and for a system-generated email, whose author is null.
 *
 * @param author an SQL expression, as is `portalId`
 */
export function undoUntil(sql: Sql, portalId: ReturnType<Sql>, author: ReturnType<Sql>) {
  return sql`(
    select now() + make_interval(secs => nullif(max(offered.seconds), 0) + ${limits.undoMarginSeconds})
    from user_preferences p
    left join settings s on s.portal_id = p.portal_id
    cross join unnest(coalesce(s.undo_choices, ${[...undoChoices]}::int[])) as offered (seconds)
    where p.portal_id = ${portalId} and p.user_id = ${author} and offered.seconds <= p.undo_seconds
  )`;
}
