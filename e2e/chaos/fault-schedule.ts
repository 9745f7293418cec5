import { setTimeout as pause } from 'node:timers/promises';
import {
  faultKinds,
  faultNames,
  type Draw,
  type FaultKind,
  type FaultName,
  type Victims,
} from './fault-kinds.ts';
import type { SeededRandom } from './seeded-random.ts';

export interface PlannedFault {
  name: FaultName;
  draw: Draw;
  /** After the burst of emails that comes before it: mostly so short that these are under way. */
  waitMs: number;
}

/** Slow ones that would fill the run. */
const rare: readonly FaultName[] = ['freezePostgres'];

/** Every kind in turn, in an order that the seed decides, until there are enough. */
export function planFaults(
  count: number,
  random: SeededRandom,
  only: readonly FaultName[] = [],
): PlannedFault[] {
  const kinds = only.length > 0 ? only : faultNames;
  const frequent = kinds.filter((name) => only.length > 0 || !rare.includes(name));
  const names: FaultName[] = [];
  for (let round = 0; names.length < count; round += 1) {
    names.push(...random.shuffled(round === 0 ? kinds : frequent));
  }
  return names.slice(0, count).map((name) => ({
    name,
    draw: { which: random.integer(0, 1_000_000), size: random.next() },
    waitMs: random.chance(0.75) ? random.integer(50, 900) : random.integer(900, 3000),
  }));
}

/**
 * Strikes in order, at most `atOnce` at a time, those on one target one after the other. `before` is called before each,
 * with the share of the run that is over then. Resolves when everything runs again.
 */
export async function strikeAll(
  faults: readonly PlannedFault[],
  victims: Victims,
  before: (share: number) => void,
  say: (text: string) => void,
  atOnce = 4,
): Promise<void> {
  const busy = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for (const [index, { name, draw, waitMs }] of faults.entries()) {
    before((index + 1) / (faults.length + 1));
    // At random moments, drawn from the seed.
    await pause(waitMs);
    const kind: FaultKind = faultKinds[name];
    const targets = kind.targets(draw);
    for (const target of targets) await busy.get(target);
    while (running.size >= atOnce) await Promise.race(running);
    say(`fault ${index + 1}/${faults.length}: ${name} (${targets.join(', ')})`);
    const fault: Promise<void> = kind
      .strike(victims, draw)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(fault));
    running.add(fault);
    for (const target of targets) busy.set(target, fault);
  }
  // Some of them wait for something to hit.
  before(1);
  await Promise.all(running);
  if (failures.length > 0) throw new AggregateError(failures, 'What was broken does not run again.');
}
