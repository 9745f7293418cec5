import { setTimeout as pause } from 'node:timers/promises';
import type { StoredEmails } from './stored-emails.ts';

/**
 * Waits until every email is sent, failed or cancelled. Gives up when nothing at all has changed for `idleSeconds`,
 * longer than anything in the product waits, or after `mostSeconds`: what is left then is stuck. Returns the ids of that.
 */
export async function waitUntilQuiet(
  stored: StoredEmails,
  say: (text: string) => void,
  idleSeconds = 100,
  mostSeconds = 900,
): Promise<string[]> {
  let before = '';
  let changedAt = performance.now();
  let saidAt = 0;
  const end = performance.now() + mostSeconds * 1000;
  for (;;) {
    const unfinished = await stored.unfinished();
    if (unfinished.length === 0) return [];
    const now = JSON.stringify(unfinished);
    if (now !== before) changedAt = performance.now();
    before = now;
    const idle = performance.now() - changedAt > idleSeconds * 1000;
    if (idle || performance.now() > end) return unfinished.map(({ id }) => id);
    if (performance.now() - saidAt > 5000) {
      saidAt = performance.now();
      say(`${unfinished.length} emails under way`);
    }
    // Between two looks.
    await pause(250);
  }
}
