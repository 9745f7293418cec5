import type { ReadScope } from '../outbox/visibility.ts';
import type { Sql } from './database.ts';
import { readScopes } from './read-scopes.ts';

/**
 * What a user's place in the directory opens.
 *
 * @param administrator by the token: the directory knows nothing of it
 */
export async function readScope(
  sql: Sql,
  portalId: string,
  userId: string,
  administrator: boolean,
): Promise<ReadScope> {
  const [scope] = await readScopes(sql, portalId, [{ userId, administrator }]);
  if (scope === undefined) throw new Error('The scopes query left a reader out.');
  return scope;
}
