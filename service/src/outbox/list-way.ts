import type { Sight } from './visibility.ts';

/**
 * Ways to read a page:
 * - `merge` takes the newest emails of each part of what is seen, `mergeGlance` looks at a few of them only;
 * - `walk` goes through an order that an index holds and asks each email, `glance` through a little of it;
 * - `gather` collects all that is seen and matches, and sorts it;
 * - `find` collects what the rarest condition of the filter matches, asks each email, and sorts.
 *
 * A way that gives up, since too few of the emails that it passes are seen or match, is followed by the next.
 */
export type ListWay = 'merge' | 'mergeGlance' | 'glance' | 'walk' | 'gather' | 'find';

export interface ListBounds {
  /** So many emails are gathered, asked and sorted about as fast as a walk fills a page. */
  few: number;
  /** So many emails a walk passes before it gives up. */
  walk: number;
  glance: number;
  /** So many parts are merged at once; whoever sees more parts sees so much that a walk soon fills a page. */
  parts: number;
  filteredParts: number;
}

export const listBounds: ListBounds = {
  few: 6000,
  walk: 20_000,
  glance: 1500,
  parts: 200,
  filteredParts: 40,
};

export interface PageFacts {
  sight: Sight;
  /** Newest or oldest submission first. */
  bySubmission: boolean;
  filtered: boolean;
  searched: boolean;
  /** Whether no more than a few emails are seen. `null`: not known yet. */
  seesFew: boolean | null;
  /** Whether no more than a few emails match the rarest condition of the filter. `null`: not known yet. */
  fewMatch: boolean | null;
}

/** Ways to try, one after the other; `ask` is to be found out when they have all given up, and no earlier. */
export interface ListWays {
  ways: ListWay[];
  ask?: 'seesFew' | 'fewMatch';
}

export function listWays(page: PageFacts, bounds: ListBounds = listBounds): ListWays {
  const { sight, bySubmission, filtered, searched, seesFew, fewMatch } = page;
  const parts = sight.authorIds.length + sight.packetRefs.length + sight.teamKeys.length;
  const mergeable = bySubmission && !sight.everything;
  if (mergeable && !filtered && parts <= bounds.parts) return { ways: ['merge'] };
  if (!sight.everything && seesFew === null) return { ways: [], ask: 'seesFew' };
  if (seesFew) return { ways: ['gather'] };
  const fewParts = mergeable && parts <= bounds.filteredParts;
  // What many emails contain is found at a glance, and would take long to count.
  if (filtered && fewMatch === null)
    return { ways: searched ? [fewParts ? 'mergeGlance' : 'glance'] : [], ask: 'fewMatch' };
  if (fewMatch) return { ways: ['find'] };
  if (fewParts) return { ways: ['merge'] };
  return { ways: ['walk', mergeable && !filtered ? 'merge' : 'gather'] };
}
