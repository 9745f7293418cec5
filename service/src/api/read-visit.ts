import type { Context } from 'hono';
import { defaultPageSize, defaultSort, type OutboxView } from '@portal-outbox/contracts';
import { readUserSettings } from '../db/preferences.ts';
import type { ReadScope } from '../outbox/visibility.ts';
import { visitOf, type Visit } from '../outbox/visit.ts';
import { scopeOf, type Dependencies, type Env } from './context.ts';

/**
 * What the caller may see, and what to open where the request leaves it open: for a request that names no view everything
 * is as the user left it, so that the first paint of a page is one round trip.
 */
export async function readVisit(
  c: Context<Env>,
  dependencies: Dependencies,
  named: OutboxView | undefined,
): Promise<{ scope: ReadScope; visit: Visit }> {
  if (named !== undefined) {
    const scope = await scopeOf(c, dependencies);
    return { scope, visit: { view: named, sort: defaultSort, pageSize: defaultPageSize } };
  }
  const { portalId, userId } = c.get('identity');
  const [scope, { preferences }] = await Promise.all([
    scopeOf(c, dependencies),
    readUserSettings(dependencies.database, portalId, userId),
  ]);
  return { scope, visit: visitOf(scope, preferences) };
}
