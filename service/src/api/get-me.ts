import { defaultMaxEmailBytes, limits, me, pageSizes, type Me } from '@portal-outbox/contracts';
import { readUserSettings } from '../db/preferences.ts';
import { offeredUndo } from '../outbox/offered-undo.ts';
import { visitOf } from '../outbox/visit.ts';
import { scopeOf, type App, type Dependencies } from './context.ts';
import { operation } from './operation.ts';

/** Who the caller is here, and what a page needs before it draws anything. */
export function getMe(app: App, dependencies: Dependencies): void {
  app.get('/v1/me', operation({ summary: 'The caller', answers: { 200: me } }), async (c) => {
    const { portalId, userId, name, roles } = c.get('identity');
    const [scope, user] = await Promise.all([
      scopeOf(c, dependencies),
      readUserSettings(dependencies.database, portalId, userId),
    ]);
    const { recipientsPerEmail, attachmentsPerEmail, subjectCharacters, scheduleDays, restoreHours } = limits;
    const answer: Me = {
      user: { id: userId, name },
      roles: [...roles],
      ...visitOf(scope, user.preferences),
      hasTeam: scope.hasTeam,
      pageSizes: [...pageSizes],
      preferences: {
        ...user.preferences,
        undoSeconds: offeredUndo(user.preferences.undoSeconds, user.undoChoices),
      },
      undoChoices: user.undoChoices,
      limits: {
        maxEmailBytes: user.maxEmailBytes ?? defaultMaxEmailBytes,
        ...{ recipientsPerEmail, attachmentsPerEmail, subjectCharacters, scheduleDays, restoreHours },
      },
      serverTime: user.now.toISOString(),
    };
    return c.json(answer);
  });
}
