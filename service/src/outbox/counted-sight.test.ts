import { describe, expect, it } from 'vitest';
import { outboxViews } from '@portal-outbox/contracts';
import { countedSight } from './counted-sight.ts';
import { nobody } from './scope-fixture.ts';
import { sees, sightOf, type EmailOwnership, type ReadScope } from './visibility.ts';

const member: ReadScope = { ...nobody, teamKeys: [2], workedPacketRefs: ['worked on'], hasTeam: true };

it('is one for all members of a team, whatever each works on', () => {
  const mate = { ...member, userId: 'mate', workedPacketRefs: ['another'] };
  for (const view of ['team', 'all', 'system'] as const) {
    expect(countedSight(member, view)).toEqual(countedSight(mate, view));
  }
  expect(countedSight(member, 'mine')).not.toEqual(countedSight(mate, 'mine'));
});

it('is one for all who see everything', () => {
  const all = { ...member, everything: true };
  expect(countedSight(all, 'all')).toEqual(
    countedSight({ ...nobody, userId: 'other', everything: true }, 'all'),
  );
});

it('stays one’s own without a team, and with access of one’s own', () => {
  expect(countedSight(nobody, 'team')).not.toEqual(countedSight({ ...nobody, userId: 'other' }, 'team'));
  expect(countedSight({ ...member, readPacketRefs: ['P'] }, 'all')).not.toEqual(countedSight(member, 'all'));
});

describe('sees what the reader sees', () => {
  const scopes: Partial<ReadScope>[] = [
    {},
    { everything: true },
    { systemMail: true },
    { readUserIds: ['stranger'] },
    { readPacketRefs: ['P'] },
    { readTeamKeys: [8] },
  ];
  // Whoever has a team has its key, and so has everything that this person sends or works on.
  const emails: EmailOwnership[] = ['me', 'stranger', null].flatMap((authorId) =>
    ['worked on', 'P', null].flatMap((packetRef) =>
      [[], [8]].map((others) => ({ authorId, packetRef, teamKeys: others })),
    ),
  );
  it.each(outboxViews)('in %s', (view) => {
    for (const scope of [nobody, member].flatMap((base) => scopes.map((more) => ({ ...base, ...more })))) {
      for (const email of emails) {
        const isOfReader = email.authorId === 'me' || scope.workedPacketRefs.includes(email.packetRef ?? '');
        const kept = {
          ...email,
          teamKeys: isOfReader ? [...scope.teamKeys, ...email.teamKeys] : email.teamKeys,
        };
        expect(sees(countedSight(scope, view), kept)).toBe(sees(sightOf(scope, view), kept));
      }
    }
  });
});
