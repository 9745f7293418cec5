import { limits, preferences, preferencesPatch, readPreferences } from '@portal-outbox/contracts';
import { inTransaction } from '../db/database.ts';
import { lockPreferences, readUserSettings, writePreferences } from '../db/preferences.ts';
import { mergePatch } from '../outbox/merge-patch.ts';
import { offeredUndo } from '../outbox/offered-undo.ts';
import type { App, Dependencies } from './context.ts';
import { checkBody, demandJson, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

/** What the user chose, on any machine; a page changes only the fields that it knows (M13, M18). */
export function patchPreferences(app: App, { database }: Dependencies): void {
  app.patch(
    '/v1/preferences',
    operation({
      summary: 'Change one’s preferences (RFC 7396)',
      answers: { 200: preferences },
      problems: ['too_large'],
    }),
    demandJson,
    checkBody(preferencesPatch),
    async (c) => {
      const { portalId, userId } = c.get('identity');
      const patch = c.req.valid('json');
      const { undoChoices } = await readUserSettings(database, portalId, userId);
      if (patch.undoSeconds != null && !undoChoices.includes(patch.undoSeconds)) {
        const detail = `This portal offers ${undoChoices.join(', ')}.`;
        throw new ProblemError('invalid', 'Choose a delay that the portal offers.', {
          fields: [{ field: '/undoSeconds', detail }],
        });
      }
      const changed = await inTransaction(database, async (tx) => {
        const known = await lockPreferences(tx, portalId, userId);
        const next = mergePatch(known, patch);
        if (Buffer.byteLength(JSON.stringify(next)) > limits.preferencesBytes) {
          throw new ProblemError(
            'too_large',
            `Preferences have at most ${limits.preferencesBytes} bytes: remove fields with null.`,
          );
        }
        await writePreferences(tx, portalId, userId, next);
        return readPreferences(next);
      });
      return c.json({ ...changed, undoSeconds: offeredUndo(changed.undoSeconds, undoChoices) });
    },
  );
}
