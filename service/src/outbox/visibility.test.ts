import { describe, expect, it } from 'vitest';
import { nobody } from './scope-fixture.ts';
import { firstView, viewsOf, type ReadScope } from './visibility.ts';

const ourTeam: Partial<ReadScope> = { teamKeys: [4, 10], hasTeam: true };

describe('an email is in', () => {
  it.each<[string, Partial<ReadScope>, string | null, string | null, number[], string]>([
    ['my own', {}, 'me', null, [], 'all mine team'],
    ['my own, of a packet that I cannot see', {}, 'me', 'P', [6], 'all mine team'],
    ['a stranger’s', {}, 'stranger', null, [4], ''],
    ['a team mate’s, or of a packet that one works on', ourTeam, 'mate', null, [6, 10], 'all team'],
    ['a stranger’s, to a member of a team', ourTeam, 'stranger', 'P', [6, 12], ''],
    ['the leader’s, to a fellow member', ourTeam, 'leader', null, [5], ''],
    ['a stranger’s, of a packet I work on', { workedPacketRefs: ['P'] }, 'stranger', 'P', [], 'all team'],
    ['a stranger’s, of another packet', { workedPacketRefs: ['P'] }, 'stranger', 'Q', [], ''],
    ['a stranger’s, of a packet I may read', { readPacketRefs: ['P'] }, 'stranger', 'P', [], 'all'],
    ['that of a user whose mail I may read', { readUserIds: ['friend'] }, 'friend', null, [], 'all'],
    ['that of a team whose mail I may read', { readTeamKeys: [8] }, 'stranger', null, [8], 'all'],
    ['a system email of a packet my team works on', ourTeam, null, 'P', [4], 'all system team'],
    ['a system email of a packet I work on', { workedPacketRefs: ['P'] }, null, 'P', [], 'all system team'],
    ['a system email of a packet I may read', { readPacketRefs: ['P'] }, null, 'P', [], 'all system'],
    ['a system email of a team I may read', { readTeamKeys: [8] }, null, 'P', [8], 'all system'],
    ['a system email of another packet', { systemMail: true }, null, 'P', [], ''],
    ['a system email without a packet', {}, null, null, [], ''],
    ['a system email without a packet, to a leader', { systemMail: true }, null, null, [], 'all system'],
    ['a stranger’s, to a leader', { systemMail: true, leadsTeam: true }, 'stranger', null, [], ''],
    ['anything, to who was given all', { everything: true }, 'stranger', 'P', [4], 'all'],
    ['a system email, to who was given all', { everything: true }, null, null, [], 'all system'],
    ['my team’s, to who was given all too', { ...ourTeam, everything: true }, 'mate', null, [4], 'all team'],
  ])('%s: %s', (_, scope, authorId, packetRef, teamKeys, views) => {
    expect(
      viewsOf({ ...nobody, ...scope }, { authorId, packetRef, teamKeys })
        .toSorted()
        .join(' '),
    ).toBe(views);
  });
});

it('takes whoever leads a team to My Team Emails, everyone else to My Emails', () => {
  expect(firstView({ ...nobody, leadsTeam: true })).toBe('team');
  expect(firstView({ ...nobody, ...ourTeam })).toBe('mine');
  expect(firstView(nobody)).toBe('mine');
});
