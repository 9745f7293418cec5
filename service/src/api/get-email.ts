import type { Context } from 'hono';
import * as v from 'valibot';
import { attemptRecords, emailDetail, uuid } from '@portal-outbox/contracts';
import { mayRead, readAttempts, readEmail } from '../db/read-email.ts';
import { scopeOf, type App, type Dependencies, type Env } from './context.ts';
import { check, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

export const emailPath = v.strictObject({ id: uuid });

export function notFound(): ProblemError {
  return new ProblemError('not_found', 'No such email is in the outbox, or you may not see it.');
}

/** Everything known about one email (M12). */
export function getEmail(app: App, dependencies: Dependencies): void {
  app.get(
    '/v1/emails/:id',
    operation({ summary: 'One email', answers: { 200: emailDetail }, problems: ['not_found'] }),
    check('param', emailPath),
    async (c) => {
      const scope = await scopeOf(c, dependencies);
      const detail = await readEmail(dependencies.database, scope, c.req.valid('param').id);
      if (detail === null) throw notFound();
      return c.json(detail);
    },
  );
}

/** Every attempt of an email, newest first (B4). */
export function getAttempts(app: App, dependencies: Dependencies): void {
  app.get(
    '/v1/emails/:id/attempts',
    operation({ summary: 'Attempts of an email', answers: { 200: attemptRecords }, problems: ['not_found'] }),
    check('param', emailPath),
    async (c) => {
      const { id } = c.req.valid('param');
      await demandVisible(c, dependencies, id);
      return c.json({ items: await readAttempts(dependencies.database, id) });
    },
  );
}

/** Throws `not_found` unless the caller may see the email. */
export async function demandVisible(c: Context<Env>, dependencies: Dependencies, id: string): Promise<void> {
  const scope = await scopeOf(c, dependencies);
  if (!(await mayRead(dependencies.database, scope, id))) throw notFound();
}
