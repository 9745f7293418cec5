import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again, 20 times a second, until `probe` gives something else than `undefined` or `null`.
 * Throws after `seconds`, naming `what` was waited for and the last error of `probe`, if it threw.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | null | Promise<T | undefined | null>,
  seconds = 20,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  let lastError: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== null) return found;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > end) {
      const why = lastError instanceof Error ? ` (${lastError.message})` : '';
      throw new Error(`Waited ${seconds} s in vain for ${what}${why}`);
    }
    await pause(50);
  }
}
