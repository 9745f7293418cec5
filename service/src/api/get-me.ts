import { me, pageSizes, type Me } from '@portal-outbox/contracts';
import { firstView } from '../outbox/visibility.ts';
import { now, toInstant } from '../runtime/clock.ts';
import { scopeOf, type App, type Dependencies } from './context.ts';
import { operation } from './operation.ts';

/** Who the caller is here, and what a page needs before it draws anything. */
export function getMe(app: App, dependencies: Dependencies): void {
  app.get('/v1/me', operation({ summary: 'The caller', answers: { 200: me } }), async (c) => {
    const { userId, name, roles } = c.get('identity');
    const scope = await scopeOf(c, dependencies);
    const answer: Me = {
      user: { id: userId, name },
      roles: [...roles],
      view: firstView(scope),
      hasTeam: scope.hasTeam,
      pageSizes: [...pageSizes],
      serverTime: toInstant(now()),
    };
    return c.json(answer);
  });
}
