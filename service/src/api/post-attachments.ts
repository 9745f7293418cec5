import { randomUUID } from 'node:crypto';
import { bodyLimit } from 'hono/body-limit';
import { limits, uploadedAttachment } from '@portal-outbox/contracts';
import { storeAttachment } from '../db/attachments.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

/** Takes a file as the raw body, streamed into the database. */
export function postAttachments(app: App, { database }: Dependencies): void {
  const tooLarge = (): never => {
    throw new ProblemError('too_large', `Send at most ${limits.attachmentBytes} bytes.`);
  };
  app.post(
    '/v1/attachments',
    operation({
      summary: 'Upload an attachment',
      answers: { 201: uploadedAttachment },
      problems: ['forbidden', 'too_large'],
    }),
    demandRole('portal'),
    bodyLimit({ maxSize: limits.attachmentBytes, onError: tooLarge }),
    async (c) => {
      const body = c.req.raw.body ?? new ReadableStream<Uint8Array>({ start: (it) => it.close() });
      const { portalId } = c.get('identity');
      const stored = await storeAttachment(
        database,
        portalId,
        randomUUID(),
        body as AsyncIterable<Uint8Array>,
      );
      return stored === null ? tooLarge() : c.json(stored, 201);
    },
  );
}
