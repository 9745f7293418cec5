import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { emailSubmissions, idempotencyKey, limits, submittedEmails } from '@portal-outbox/contracts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { newEmailIds } from './new-email-ids.ts';
import { limitBody } from './limit-body.ts';
import { checkBody, demandJson, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';
import { SubmissionDesk } from './submission-desk.ts';
import type { Logger } from '../runtime/logger.ts';
import { readTraceId } from '../runtime/trace-context.ts';

/** Takes 1 to 500 emails, all or none, once per key: the promise that none is lost begins with this 201. */
export function postEmails(app: App, { database, logger }: Dependencies): void {
  const desk = new SubmissionDesk(database);
  app.post(
    '/v1/emails',
    operation({
      summary: 'Submit emails',
      answers: { 201: submittedEmails, 200: submittedEmails },
      problems: ['forbidden', 'too_large', 'idempotency_key_reused'],
    }),
    demandRole('portal'),
    limitBody(
      limits.submissionBytes,
      `Send at most ${limits.submissionBytes} bytes: submit fewer emails at once.`,
    ),
    demandJson,
    checkBody(emailSubmissions),
    async (c) => {
      const key = v.safeParse(idempotencyKey, c.req.header('idempotency-key'));
      if (!key.success) {
        throw new ProblemError('invalid', 'Send a key that is unique to this submission, such as a UUID.', {
          fields: [
            { field: 'Idempotency-Key', detail: 'Give 1 to 200 printable ASCII characters without spaces.' },
          ],
        });
      }
      const body = await c.req.text();
      const emails = c.req
        .valid('json')
        .emails.map((submission) => ({ ...newEmailIds(submission.from.address), submission }));
      const { portalId } = c.get('identity');
      const bodySha256 = createHash('sha256').update(body).digest('hex');
      const bytes = Buffer.byteLength(body);
      const result = await desk.submit({ portalId, key: key.output, bodySha256, bytes, emails });
      switch (result.kind) {
        case 'created':
          noteTrace(logger, c.req.header('traceparent'), result.ids);
          return c.json({ ids: result.ids }, 201);
        case 'repeated':
          return c.json({ ids: result.ids }, 200);
        case 'key_reused':
          throw new ProblemError(
            'idempotency_key_reused',
            'This key was used for another body. Use a new key for a new submission.',
            { fields: [{ field: 'Idempotency-Key', detail: 'Already used with another body.' }] },
          );
        case 'invalid':
        case 'too_large':
          throw new ProblemError(result.kind, 'Correct the named fields and send the request again.', {
            fields: result.problems,
          });
      }
    },
  );
}

/** Ties the caller's trace to those of the emails, each of which is a trace of its own. */
function noteTrace(logger: Logger, traceparent: string | undefined, emailIds: readonly string[]): void {
  const traceId = traceparent === undefined ? null : readTraceId(traceparent);
  if (traceId !== null) logger.info({ traceId, emailIds }, 'submitted');
}
