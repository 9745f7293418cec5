import type { Sight } from './visibility.ts';

/**
 * Ways to read a page: `merge` takes the newest emails of each part of what is seen; `walk` goes through an order that an
 * index holds and asks each email; `gather` collects all that is seen and matches, and sorts it.
 */
export type ListWay = 'merge' | 'walk' | 'gather';

/** Up to so many parts are merged at once; whoever sees more sees so much that a walk soon fills a page. */
const mostParts = 200;
/** So many emails are gathered and sorted at once as fast as others are walked. */
export const soonGathered = 6000;
/** So many emails a walk passes before it gives up. */
export const longestWalk = 12_000;

/**
 * The ways to try for a page, one after the other: the next one where a walk gives up, since too few of the emails that
 * it passes are seen or match.
 *
 * @param seen how many emails are seen, counted up to `soonGathered`
 */
export function listWays(page: {
  sight: Sight;
  /** Newest or oldest submission first. */
  bySubmission: boolean;
  filtered: boolean;
  seen: number;
}): ListWay[] {
  const { sight, bySubmission, filtered, seen } = page;
  const { everything, systemOnly, authorIds, packetRefs, teamKeys } = sight;
  if (everything) return ['walk', 'gather'];
  const mergeable = bySubmission && !filtered && !systemOnly;
  if (mergeable && authorIds.length + packetRefs.length + teamKeys.length <= mostParts) return ['merge'];
  if (seen < soonGathered) return ['gather'];
  return mergeable ? ['walk', 'merge'] : ['walk', 'gather'];
}
