import type { Context, Hono } from 'hono';
import type { Database } from '../db/database.ts';
import { readScope } from '../db/read-scope.ts';
import type { ReadScope } from '../outbox/visibility.ts';
import type { CapabilityTokens } from '../runtime/capability-token.ts';
import type { Logger } from '../runtime/logger.ts';

/** Whom a checked token speaks for. */
export interface Identity {
  portalId: string;
  userId: string;
  name: string;
  roles: readonly string[];
  origins: readonly string[];
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** What the operations need of the change feed. */
export interface ChangeStreams {
  /**
   * Writes what the reader may see of what changes, from after `lastEventId`, until closed. `write` says `false` when
   * it is not read fast enough; then nothing more is written before `drained`. Rejects when the database does not answer.
   */
  open(
    reader: { portalId: string; userId: string; administrator: boolean },
    lastEventId: string | null,
    outlet: { write(bytes: Uint8Array): boolean },
  ): Promise<{ drained(): void; close(): void }>;
}

export interface Dependencies {
  database: Database;
  /** The same database, for lists and counts: see `openDatabase`. */
  reads: Database;
  logger: Logger;
  feed: ChangeStreams;
  tokens: CapabilityTokens;
  /** Signs cursors. */
  cursorKey: Buffer;
  /** Encrypts connectors' passwords. */
  secretKey: Buffer;
  /** Base URL of this service as browsers see it. */
  publicUrl: () => string;
  requestsPerMinute: number;
  widgetFolder: string | null;
}

export interface Env {
  Variables: { identity: Identity };
}
export type App = Hono<Env>;

/** What the caller may see, read from the directory once for the request. */
export async function scopeOf(c: Context<Env>, { database }: Dependencies): Promise<ReadScope> {
  const { portalId, userId, roles } = c.get('identity');
  return readScope(database, portalId, userId, roles.includes('administrator'));
}
