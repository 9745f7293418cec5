import { importAnswer, importedEmail, limits } from '@portal-outbox/contracts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { ImportRun } from './import-run.ts';
import { LineReader } from './line-reader.ts';
import { demandNdjson, ndjson } from './ndjson.ts';
import { operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

const batch = { batchLines: 500, batchBytes: 2 * 1024 * 1024 };

/**
 * Takes emails of an older system, any number, a line each (M11), and answers each line while the next ones come. Who
 * does not read the answers is not read from either. An import that broke off can be repeated whole.
 */
export function postImport(app: App, { database, logger }: Dependencies): void {
  const running = new Map<string, number>();
  app.post(
    '/v1/import',
    operation({
      summary: 'Import migrated emails',
      request: { type: ndjson, schema: importedEmail },
      answers: { 200: importAnswer },
      answerType: ndjson,
      problems: ['forbidden'],
    }),
    demandRole('portal'),
    demandNdjson,
    (c) => {
      const { portalId } = c.get('identity');
      const atOnce = running.get(portalId) ?? 0;
      if (atOnce >= limits.importsAtOnce) {
        throw new ProblemError('rate_limited', 'Let the imports that are under way end first.', {
          retryAfterSeconds: 10,
        });
      }
      running.set(portalId, atOnce + 1);
      const body = c.req.raw.body ?? new ReadableStream<Uint8Array>({ start: (it) => it.close() });
      const lines = new LineReader(body, { line: limits.importLineBytes, ...batch });
      const run = new ImportRun(database, portalId);
      const encoder = new TextEncoder();
      let isOver = false;
      const end = async (): Promise<void> => {
        if (isOver) return;
        isOver = true;
        running.set(portalId, (running.get(portalId) ?? 1) - 1);
        await lines.cancel();
        await run.finish();
      };
      const answers = new ReadableStream<Uint8Array>({
        async pull(controller) {
          try {
            const next = await lines.next();
            if (next.length === 0) {
              await end();
              return controller.close();
            }
            const kept = await run.keep(next);
            if (!isOver) controller.enqueue(encoder.encode(kept.map(toLine).join('')));
          } catch (error) {
            // Without its proper end nobody takes the answer for a whole one.
            controller.error(error);
            logger.warn({ err: error, portalId }, 'import broken off');
            await end().catch(() => undefined);
          }
        },
        async cancel() {
          logger.info({ portalId }, 'import given up by its sender');
          await end().catch(() => undefined);
        },
      });
      return c.body(answers, 200, { 'Content-Type': ndjson, 'X-Accel-Buffering': 'no' });
    },
  );
}

const toLine = (answer: object): string => `${JSON.stringify(answer)}\n`;
