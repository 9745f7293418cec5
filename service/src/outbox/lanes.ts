import type { Importance } from '@portal-outbox/contracts';

/** Lanes of a connector: for each importance one for fresh mail and one for retries and bulk. */
export const lanes = [0, 1, 2, 3, 4, 5] as const;
export type Lane = (typeof lanes)[number];

const importanceRank: Record<Importance, 0 | 1 | 2> = { high: 0, normal: 1, low: 2 };
/** Share of the window for high, normal and low importance. */
const weights = [4, 2, 1] as const;

/** One round of turns: each lane as often as its weight, as evenly as can be. */
const turns: readonly Lane[] = [0, 1, 2, 0, 1, 3, 0, 1, 4, 2, 0, 1, 3, 5];

export function laneOf(importance: Importance, kind: 'fresh' | 'again'): Lane {
  return (importanceRank[importance] * 2 + (kind === 'again' ? 1 : 0)) as Lane;
}

/** A number of emails for each lane. */
export type LaneCounts = Record<Lane, number>;

export function noEmails(): LaneCounts {
  return { 0: 0, 1: 0, 2: 0, 3: 0, 4: 0, 5: 0 };
}

export function totalOf(counts: Readonly<LaneCounts>): number {
  return lanes.reduce<number>((total, lane) => total + counts[lane], 0);
}

/**
 * How many emails of each lane go now. Turns are dealt by weight, each importance half fresh and half again; what is in
 * flight already counts as a turn taken, so that a window refilled slot by slot serves every lane. What a lane cannot
 * use passes on, so that no slot stays empty. Where slots come one at a time and nothing is in flight, as under a low
 * rate, the deal begins where the last one ended, so that no lane waits for longer than a round.
 *
 * @param slots free places in the window
 * @param due how many emails of each lane are due (counting beyond `slots` changes nothing)
 * @param inFlight how many emails of each lane hold a place in the window
 * @param turn how many emails were dealt before
 */
export function shareSlots(
  slots: number,
  due: Readonly<LaneCounts>,
  inFlight: Readonly<LaneCounts> = noEmails(),
  turn = 0,
): LaneCounts {
  const share = noEmails();
  const first = turns[turn % turns.length] ?? 0;
  const order = [...lanes.slice(first), ...lanes.slice(0, first)];
  let left = slots;
  for (let dealt = 0; left > 0 && lanes.some((lane) => share[lane] < due[lane]); dealt += 1) {
    for (const lane of order) {
      const weight = weights[lane >> 1] ?? 1;
      const taken = Math.min(weight, Math.max(0, inFlight[lane] - dealt * weight));
      const turn = Math.min(weight - taken, left, due[lane] - share[lane]);
      share[lane] += turn;
      left -= turn;
    }
  }
  return share;
}
