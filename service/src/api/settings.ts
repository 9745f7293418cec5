import { retryPattern, retryPreview, settings, settingsPatch } from '@portal-outbox/contracts';
import { readSettings, writeSettings } from '../db/settings.ts';
import { previewRetries } from '../outbox/retry-schedule.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { etagOf, matchesRevision } from './if-match.ts';
import { checkBody, demandJson, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

const administrator = demandRole('administrator');

/** The portal's retry pattern and limits (M10, M20). */
export function portalSettings(app: App, { database }: Dependencies): void {
  app.get(
    '/v1/settings',
    operation({ summary: 'Read settings', answers: { 200: settings }, problems: ['forbidden'] }),
    administrator,
    async (c) => {
      const current = await readSettings(database, c.get('identity').portalId);
      return c.json(current, 200, { ETag: etagOf(current.revision) });
    },
  );

  app.post(
    '/v1/settings/preview',
    operation({
      summary: 'Preview a retry pattern: when it tries again',
      answers: { 200: retryPreview },
      problems: ['forbidden'],
    }),
    administrator,
    demandJson,
    checkBody(retryPattern),
    (c) => c.json({ items: previewRetries(c.req.valid('json').retryDelaysSeconds) }),
  );

  app.patch(
    '/v1/settings',
    operation({
      summary: 'Change settings (RFC 7396)',
      answers: { 200: settings },
      problems: ['forbidden', 'version_conflict'],
    }),
    administrator,
    demandJson,
    checkBody(settingsPatch),
    async (c) => {
      const { portalId } = c.get('identity');
      const current = await readSettings(database, portalId);
      const patch = c.req.valid('json');
      const next = {
        retryDelaysSeconds: patch.retryDelaysSeconds ?? current.retryDelaysSeconds,
        maxEmailBytes: patch.maxEmailBytes ?? current.maxEmailBytes,
        undoChoices: patch.undoChoices ?? current.undoChoices,
      };
      const fits = matchesRevision(c.req.header('if-match'), current.revision);
      const written = fits ? await writeSettings(database, portalId, next, current.revision) : null;
      if (written === null)
        throw new ProblemError('version_conflict', 'Read the settings again, then change them.');
      return c.json(written, 200, { ETag: etagOf(written.revision) });
    },
  );
}
