import * as v from 'valibot';
import {
  outboxEmail,
  refusalReasons,
  type Allowed,
  type EmailActions,
  type OutboxEmail,
} from '@portal-outbox/contracts';
import { readDatabaseTime, type Sql } from '../db/database.ts';
import {
  cancelEmail,
  readStanding,
  restoreEmail,
  retryEmail,
  sendEmailNow,
} from '../db/email-transitions.ts';
import { readRows } from '../db/list-emails.ts';
import { refusalProblems } from '../outbox/refusal-problems.ts';
import type { ReadScope } from '../outbox/visibility.ts';
import { actBy, tooLate } from './act-by.ts';
import { scopeOf, type App, type Dependencies } from './context.ts';
import { emailPath, notFound } from './get-email.ts';
import { check, checkBody, emptyOrJson, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

const retryBody = v.strictObject({ acceptDuplicate: v.optional(v.boolean(), false) });
const noBody = v.strictObject({});
/** `email` is `null` once it has left the outbox. */
const answer = v.object({ email: v.nullable(outboxEmail) });

/** Retry, cancel, restore and send-now: the same answers for the same situations. */
export function postEmailActions(app: App, dependencies: Dependencies): void {
  action('retry', 'Try again now (M6)', retryBody, (sql, scope, id, body) =>
    retryEmail(sql, scope, id, body.acceptDuplicate),
  );
  action('cancel', 'Never send it (M7)', noBody, cancelEmail);
  action('restore', 'Take a cancel back (B7)', noBody, restoreEmail);
  action('send-now', 'Send a scheduled or held email at once (M18)', noBody, sendEmailNow);

  function action<Schema extends v.GenericSchema>(
    name: 'retry' | 'cancel' | 'restore' | 'send-now',
    summary: string,
    schema: Schema,
    transition: (sql: Sql, scope: ReadScope, id: string, body: v.InferOutput<Schema>) => Promise<boolean>,
  ): void {
    const { database } = dependencies;
    app.post(
      `/v1/emails/:id/${name}`,
      operation({
        summary,
        answers: { 200: answer },
        problems: ['not_found', 'being_sent', 'may_have_been_sent'],
      }),
      check('param', emailPath),
      emptyOrJson,
      checkBody(schema),
      async (c) => {
        const { id } = c.req.valid('param');
        const scope = { ...(await scopeOf(c, dependencies)), actBy: await actBy(database) };
        if (c.req.raw.signal.aborted) throw tooLate();
        for (let tries = 1; ; tries += 1) {
          const done = await transition(database, scope, id, c.req.valid('json'));
          const [email] = await readRows(database, scope, [id]);
          if (done) return c.json({ email: email ?? null });
          const now = await readDatabaseTime(database);
          if (now === null || now >= scope.actBy || tries === mostTries) throw tooLate();
          if (await isAlreadySo(database, scope, id, name, email ?? null)) {
            return c.json({ email: email ?? null });
          }
        }
      },
    );
  }
}

/** Of one action on a row that changes under it. */
const mostTries = 5;
/** Whether it was already so, which is no problem; `false`: it is possible now. Throws why it is not. */
async function isAlreadySo(
  sql: Sql,
  scope: ReadScope,
  id: string,
  name: 'retry' | 'cancel' | 'restore' | 'send-now',
  email: OutboxEmail | null,
): Promise<boolean> {
  const standing = await readStanding(sql, scope, id);
  if (standing === 'not_visible') throw notFound();
  if (name === 'restore') {
    if (email !== null) return true;
    throw new ProblemError('not_restorable', 'It can be restored for 24 hours after it was cancelled.');
  }
  if (standing === 'cancelled' && name === 'cancel') return true;
  if (standing === 'sent') throw refuse('already_sent', email);
  if (standing === 'cancelled' || email === null) throw refuse('already_cancelled', email);
  if (name === 'retry' && email.mayHaveBeenSent && email.can.retry === true) {
    const detail = 'The recipient may get it twice. Send {"acceptDuplicate": true} if a person has said so.';
    throw new ProblemError('may_have_been_sent', detail, { email });
  }
  const key = name === 'send-now' ? 'sendNow' : (name as keyof EmailActions);
  const allowed: Allowed = email.can[key];
  // Possible now, though not a moment ago: the row has changed in between.
  if (allowed === true) return false;
  if (refusalProblems[allowed] === null) return true;
  throw refuse(allowed, email);
}

function refuse(reason: Exclude<Allowed, true>, email: OutboxEmail | null): ProblemError {
  const detail = refusalReasons[reason].en.replace('{connector}', email?.connector.name ?? 'The connector');
  return new ProblemError(refusalProblems[reason] ?? 'invalid', detail, email === null ? {} : { email });
}
