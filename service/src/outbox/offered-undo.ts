import type { UndoChoice } from '@portal-outbox/contracts';

/**
 * The delay that holds for a user: the longest that the portal offers and that is not longer than what the user chose.
 * Its SQL is `undoUntil` of db/preferences.ts; a test compares the two.
 */
export function offeredUndo(chosen: UndoChoice | undefined, offered: readonly UndoChoice[]): UndoChoice {
  const within = offered.filter((seconds) => seconds <= (chosen ?? 0));
  return within.length === 0 ? 0 : (Math.max(...within) as UndoChoice);
}
