import {
  defaultMaxEmailBytes,
  defaultRetryDelaysSeconds,
  undoChoices,
  type Settings,
} from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

interface SettingsRow {
  portal_id: string;
  retry_delays_seconds: number[];
  max_email_bytes: number;
  undo_choices: Settings['undoChoices'];
  revision: number;
}

const defaults: Settings = {
  retryDelaysSeconds: [...defaultRetryDelaysSeconds],
  maxEmailBytes: defaultMaxEmailBytes,
  undoChoices: [...undoChoices],
  revision: 0,
};

export async function readSettings(sql: Sql, portalId: string): Promise<Settings> {
  return (await readManySettings(sql, [portalId])).get(portalId) ?? defaults;
}

/** Settings of several portals; a portal that never changed them is given the defaults. */
export async function readManySettings(
  sql: Sql,
  portalIds: readonly string[],
): Promise<Map<string, Settings>> {
  const rows = await sql<
    SettingsRow[]
  >`select * from settings where portal_id = any(${[...portalIds]}::uuid[])`;
  const found = new Map(rows.map((row) => [row.portal_id, toSettings(row)]));
  return new Map(portalIds.map((id) => [id, found.get(id) ?? defaults]));
}

/** Writes the settings if they still have `revision`; `null` when somebody else changed them. */
export async function writeSettings(
  sql: Sql,
  portalId: string,
  next: Omit<Settings, 'revision'>,
  revision: number,
): Promise<Settings | null> {
  const [row] = await sql<SettingsRow[]>`
    insert into settings (portal_id, retry_delays_seconds, max_email_bytes, undo_choices)
    values (${portalId}, ${next.retryDelaysSeconds}, ${next.maxEmailBytes}, ${next.undoChoices})
    on conflict (portal_id) do update
    set retry_delays_seconds = excluded.retry_delays_seconds, max_email_bytes = excluded.max_email_bytes,
        undo_choices = excluded.undo_choices, revision = settings.revision + 1
    where settings.revision = ${revision}
    returning *`;
  return row === undefined ? null : toSettings(row);
}

function toSettings(row: SettingsRow): Settings {
  return {
    retryDelaysSeconds: row.retry_delays_seconds,
    maxEmailBytes: row.max_email_bytes,
    undoChoices: row.undo_choices,
    revision: row.revision,
  };
}
