import type { OutboxView } from '@portal-outbox/contracts';
import { sightOf, type ReadScope, type Sight } from './visibility.ts';

/**
 * What a reader sees in a view, without the parts that say nothing more: so that a whole team has one sight, and one count
 * serves all of it. Who belongs to a team or leads one has a team key, and an email by this person, or of a packet that
 * this person works on, has it too.
 */
export function countedSight(scope: ReadScope, view: OutboxView): Sight {
  const sight = sightOf(scope, view);
  if (sight.everything) return { ...sight, authorIds: [], packetRefs: [], teamKeys: [], systemMail: false };
  // Somebody else's email is never system-generated.
  const authorIds = sight.systemOnly ? [] : sight.authorIds;
  if (view === 'mine' || scope.teamKeys.length === 0) return { ...sight, authorIds };
  const workedOn = new Set(scope.workedPacketRefs);
  return {
    ...sight,
    authorIds: authorIds.filter((id) => id !== scope.userId),
    packetRefs: sight.packetRefs.filter((ref) => !workedOn.has(ref)),
  };
}
