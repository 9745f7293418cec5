import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { directoryKinds, directoryLine, directorySync, limits } from '@portal-outbox/contracts';
import { beginSync, endSync } from '../db/directory-sync.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { DirectoryRun } from './directory-run.ts';
import { LineReader } from './line-reader.ts';
import { demandNdjson, ndjson } from './ndjson.ts';
import { check, operation } from './operation.ts';

const batch = { batchLines: 500, batchBytes: limits.directoryEntryBytes };
const query = v.strictObject({
  /** Kinds of which everything is in the request: what it does not name is deleted. */
  complete: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(',')),
      v.array(v.picklist(directoryKinds, `Give some of: ${directoryKinds.join(',')}.`)),
    ),
  ),
});

/**
 * Brings any number of users, teams and packets in step, a line each. What is known already changes nothing, so a sync
 * that broke off is repeated whole.
 */
export function postDirectorySync(app: App, { database, logger }: Dependencies): void {
  app.post(
    '/v1/directory/sync',
    operation({
      summary: 'Bring the directory in step',
      request: { type: ndjson, schema: directoryLine },
      answers: { 200: directorySync },
      problems: ['forbidden'],
    }),
    demandRole('portal'),
    demandNdjson,
    check('query', query),
    async (c) => {
      const { portalId } = c.get('identity');
      const complete = new Set(c.req.valid('query').complete ?? []);
      const body = c.req.raw.body ?? new ReadableStream<Uint8Array>({ start: (it) => it.close() });
      const lines = new LineReader(body, { line: limits.directoryEntryBytes, ...batch });
      const run = new DirectoryRun(database, portalId);
      const syncId = randomUUID();
      if (complete.size > 0) await beginSync(database, portalId, syncId);
      try {
        for (let next = await lines.next(); next.length > 0; next = await lines.next()) await run.apply(next);
        if (complete.size > 0) await run.removeUnnamed(syncId, complete);
      } finally {
        await lines.cancel();
        // What is left behind is forgotten by a later sync.
        if (complete.size > 0) {
          await endSync(database, syncId).catch((error: unknown) =>
            logger.warn({ err: error, portalId }, 'directory sync left behind'),
          );
        }
      }
      logger.info({ portalId, ...run.summary, problems: undefined }, 'directory in step');
      return c.json(run.summary);
    },
  );
}
